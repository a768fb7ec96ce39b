import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition } from '../crd/definition.js';
import { generate } from '../generate.js';
import { importDefinitions } from './import-definition.js';
import { definitionDifferences } from './same-definition.js';

const folder = mkdtempSync(join(tmpdir(), 'crdgen-round-trip-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Texts that comments, strings and YAML stumble over. */
const nasty = fc.constantFrom(
  'plain', "it's", 'a\\b', 'back\\', '`code`', '${x}', '*/ ends', '/** opens', '@tag', '@minimum 3', 'mail a@b.example.com', '---', 'one\n---\ntwo', 'TODO: no', 'a\nTODO', 'a\n\nb', 'a\n\n\nb',
  ' lead', 'trail ', '  deep\n    deeper', '```\nTODO\n@x\n```', '```', 'tab\there', 'é “quoted” 日本', '\u2028', 'a\r\nb', '* list\n* list', '*', '"', '{"a":1}', '{@link X}', 'true', 'null', '12', '', '// slashes', '<b>', '\u0007bell', '\\u0041', '{ open', 'a\n@default 3\nb',
);
const description = fc.option(nasty.filter((text) => text !== ''), { nil: undefined });
const name = fc.constantFrom('a', 'b', 'name', 'spec', 'kind', 'metadata', 'apiVersion', 'type', 'default', 'class', 'constructor', 'toString', 'a-b', 'a.b', 'a/b', "it's", 'with space', '1st', '$ref', '__proto', 'items', 'x_y', 'Object', 'String', 'description', 'properties', 'required', 'enum', 'ünï');

function compact(schema: Record<string, unknown>): JSONSchemaProps {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined)) as JSONSchemaProps;
}

const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined, freq: 3 });
const common = { description, title: maybe(nasty), nullable: maybe(fc.constant(true)), externalDocs: maybe(fc.record({ url: fc.constantFrom('https://x.example.com', 'not a url') })) };
const text = fc.oneof(
  fc.record({ ...common, type: fc.constant('string'), format: maybe(fc.constantFrom('date-time', 'byte', 'uuid', 'password', 'hostname')), example: maybe(nasty) }),
  fc.record({ ...common, type: fc.constant('string'), minLength: maybe(fc.constantFrom(0, 1)), maxLength: maybe(fc.constantFrom(20, 300)), pattern: maybe(fc.constantFrom('^a|b$', '\\d+\\.\\w', '^[*/]+$', '*/'.replace('*', 'x*'), "^it's$", ' ', '^$|^a ', '(?i)yes', '^"q"$', '\\/\\*')) }),
  fc.record({ ...common, type: fc.constant('string'), default: nasty }),
  fc.record({ description, type: fc.constant('string'), enum: fc.uniqueArray(nasty, { minLength: 1, maxLength: 4 }) }),
);
const number = fc.oneof(
  fc.record({ ...common, type: fc.constant('integer'), format: maybe(fc.constantFrom('int32', 'int64')), minimum: maybe(fc.constantFrom(-5, 0)), maximum: maybe(fc.constantFrom(10, 4294967295)), multipleOf: maybe(fc.constant(5)), default: maybe(fc.constantFrom(5, 10)), example: maybe(fc.constant(3)) }),
  fc.record({ ...common, type: fc.constant('number'), format: maybe(fc.constantFrom('double', 'float')), minimum: maybe(fc.constant(0.5)), exclusiveMinimum: maybe(fc.constant(true)), default: maybe(fc.constantFrom(2.5, 7)) }).map(({ exclusiveMinimum, ...rest }) => ({ ...rest, ...(rest.minimum === undefined ? {} : { exclusiveMinimum }) })),
  fc.record({ description, type: fc.constant('integer'), enum: fc.uniqueArray(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 3 }) }),
);
const other = fc.oneof(
  fc.record({ ...common, type: fc.constant('boolean'), default: maybe(fc.boolean()) }),
  fc.record({ ...common, 'x-kubernetes-preserve-unknown-fields': fc.constant(true), default: maybe(fc.constantFrom<unknown>({ a: [1] }, 'x', 3)) }),
  fc.record({ ...common, type: fc.constant('object'), 'x-kubernetes-preserve-unknown-fields': maybe(fc.constant(true)), 'x-kubernetes-embedded-resource': fc.constant(undefined) }),
  fc.record({ description, type: fc.constant('object'), 'x-kubernetes-preserve-unknown-fields': fc.constant(true), 'x-kubernetes-embedded-resource': fc.constant(true) }),
  fc.record({ ...common, 'x-kubernetes-int-or-string': fc.constant(true), anyOf: maybe(fc.constant([{ type: 'integer' }, { type: 'string' }])), pattern: maybe(fc.constant('^\\d+%?$')), default: maybe(fc.constant(1)) }),
);
const leaf = fc.oneof(text, number, other).map((one) => compact(one));

const { schema } = fc.letrec<{ schema: JSONSchemaProps; object: JSONSchemaProps; list: JSONSchemaProps; map: JSONSchemaProps }>((tie) => ({
  schema: fc.oneof({ maxDepth: 4, depthSize: 'small' }, { arbitrary: leaf, weight: 4 }, { arbitrary: tie('object'), weight: 2 }, { arbitrary: tie('list'), weight: 2 }, { arbitrary: tie('map'), weight: 1 }),
  object: fc
    .record({
      properties: fc.dictionary(name, tie('schema'), { minKeys: 1, maxKeys: 5 }),
      shared: fc.record({ ...common, 'x-kubernetes-map-type': maybe(fc.constantFrom('atomic', 'granular')), 'x-kubernetes-preserve-unknown-fields': maybe(fc.constant(true)), minProperties: maybe(fc.constant(1)) }),
      required: fc.array(fc.nat(9), { maxLength: 2 }),
      one: maybe(fc.constantFrom('oneOf', 'anyOf', 'not')),
    })
    .map(({ properties, shared, required, one }) => {
      const names = Object.keys(properties);
      const wanted = [...new Set(required.map((index) => names[index % names.length] ?? ''))].sort();
      const branch = { required: [names[0] ?? ''] };
      const junctor = one === undefined || names.includes('metadata') ? {} : { [one]: one === 'not' ? { required: names } : [branch, { required: names.slice(-1) }] };
      return compact({ type: 'object', properties, ...shared, ...(wanted.length > 0 ? { required: wanted } : {}), ...junctor });
    }),
  list: fc
    .record({ items: tie('schema'), shared: fc.record({ ...common, minItems: maybe(fc.constant(1)), maxItems: maybe(fc.constant(40)) }), type: fc.constantFrom(undefined, 'atomic', 'set', 'map') })
    .map(({ items, shared, type }) => {
      const isScalar = items.type === 'string' || items.type === 'integer' || items.type === 'boolean';
      const key = Object.entries(items.properties ?? {}).find(([property, child]) => (child.type === 'string' || child.type === 'integer') && !child.nullable && (items.required?.includes(property) ?? false))?.[0];
      const topology =
        type === 'atomic' || (type === 'set' && isScalar && !items.nullable)
          ? { 'x-kubernetes-list-type': type }
          : type === 'map' && key !== undefined && !items.nullable
            ? { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': [key] }
            : {};
      return compact({ type: 'array', items, ...shared, ...topology });
    }),
  map: fc
    .record({ additionalProperties: tie('schema'), shared: fc.record({ ...common, maxProperties: maybe(fc.constant(9)), 'x-kubernetes-map-type': maybe(fc.constant('atomic')) }) })
    .map(({ additionalProperties, shared }) => compact({ type: 'object', additionalProperties, ...shared })),
}));

function definition(spec: JSONSchemaProps, index: number): Definition {
  const kind = `Thing${index}`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `thing${index}s.demo.example.com` },
    spec: {
      group: 'demo.example.com',
      names: { kind, listKind: `${kind}List`, plural: `thing${index}s`, singular: kind.toLowerCase() },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } }],
    },
  };
}

it('schemas made at random come back from their types, whatever their texts and names', () => {
  const all = fc.sample(schema, { numRuns: 150, seed: 20 }).map(definition);
  const files = importDefinitions(all);
  for (const { path, content } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { definitions, diagnostics } = generate({ cwd: folder, entries: ['**/*.ts'], rbac: 'explicit' });
  expect(diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.file}:${one.line} ${one.code} ${one.message}`)).toEqual([]);
  const differences = all.flatMap((one) => {
    const again = definitions.find(({ metadata }) => metadata.name === one.metadata.name);
    return again ? definitionDifferences(one, again).map((text) => `${one.metadata.name}${text}`) : [`${one.metadata.name} is gone`];
  });
  expect(differences).toEqual([]);
});
