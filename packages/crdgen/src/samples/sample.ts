/**
 * @module samples: objects that a server takes, made from schemas: a minimal one with what is required, and a full one with every field.
 * sample.ts walks the schema, text-sample.ts finds texts for patterns and formats, satisfy.ts values for rules. A value that can not be found is reported, not invented.
 */
import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition, DefinitionVersion } from '../crd/definition.js';
import type { GeneratedFile } from '../emit/write.js';
import { yamlFile } from '../emit/yaml.js';
import { valueProblems } from '../schema/validate-value.js';
import { brokenRules, satisfied } from './satisfy.js';
import { textSample } from './text-sample.js';

/** What is filled in: required fields without a default, or everything. */
export type SampleExtent = 'minimal' | 'full';

/** `GROUP_VERSION_KIND.yaml` and `GROUP_VERSION_KIND_full.yaml` for each version that is served. */
export function sampleFiles(definitions: readonly Definition[], folder: string): GeneratedFile[] {
  return definitions.flatMap((definition) =>
    definition.spec.versions
      .filter((version) => version.served)
      .flatMap((version) => {
        const base = `${folder}/${definition.spec.group}_${version.name}_${definition.spec.names.kind.toLowerCase()}`;
        return [
          { path: `${base}.yaml`, content: sampleFile(definition, version, 'minimal') },
          { path: `${base}_full.yaml`, content: sampleFile(definition, version, 'full') },
        ];
      }),
  );
}

/** A sample as a file; rules that no search found a value for are named at its beginning. */
function sampleFile(definition: Definition, version: DefinitionVersion, extent: SampleExtent): string {
  const sample = sampleObject(definition, version, extent);
  const broken = brokenRules(sample, version.schema.openAPIV3Schema, { isResource: true });
  const note = ['# No values were found for which these rules hold; change the sample before it is applied.', ...broken.map((one) => `#   ${one.replaceAll('\n', ' ')}`), ''];
  return `${broken.length > 0 ? note.join('\n') : ''}${yamlFile([sample])}`;
}

/** An object of a kind, without status. */
export function sampleObject(definition: Definition, version: DefinitionVersion, extent: SampleExtent): Record<string, unknown> {
  const { spec } = definition;
  const { properties = {}, ...rest } = version.schema.openAPIV3Schema;
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(name)));
  const name = `${spec.names.singular || spec.names.kind.toLowerCase()}-sample`;
  const { 'x-kubernetes-validations': _rules, ...bare } = rest;
  const body = sampleValue({ ...bare, properties: own }, extent, 'object') as Record<string, unknown>;
  const sample = { apiVersion: `${spec.group}/${version.name}`, kind: spec.names.kind, metadata: { name, ...(spec.scope === 'Namespaced' ? { namespace: 'default' } : {}) }, ...body };
  return withRootRules(sample, version.schema.openAPIV3Schema);
}

/** Rules on the whole object may look at its name. */
function withRootRules(sample: Record<string, unknown>, root: JSONSchemaProps): Record<string, unknown> {
  const text: JSONSchemaProps = { type: 'string' };
  const metadata: JSONSchemaProps = { type: 'object', properties: { name: { ...text, pattern: '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$' }, namespace: text } };
  const { status: _status, ...properties } = root.properties ?? {};
  const known = { ...root, properties: { ...properties, apiVersion: { ...text, enum: [sample.apiVersion as string] }, kind: { ...text, enum: [sample.kind as string] }, metadata } };
  return satisfied(sample, known, sampleValue) as Record<string, unknown>;
}

/** A value that a schema allows and whose rules hold, as far as a search finds one; the example or the default where there is one. */
export function sampleValue(schema: JSONSchemaProps, extent: SampleExtent, name: string): unknown {
  return satisfied(plainValue(schema, extent, name), schema, sampleValue);
}

function plainValue(schema: JSONSchemaProps, extent: SampleExtent, name: string): unknown {
  for (const given of [schema.example, schema.default]) if (given !== undefined && given !== null && !isEmpty(given) && valueProblems(given, schema).length === 0) return structuredClone(given);
  if (schema.enum) return schema.enum.find((one) => one !== '') ?? schema.enum[0];
  if (schema['x-kubernetes-int-or-string']) return mixedSample(schema, name);
  switch (schema.type) {
    case 'string':
      return textSample(schema, name);
    case 'integer':
    case 'number':
      return numberSample(schema);
    case 'boolean':
      return true;
    case 'array':
      return listSample(schema, extent, name);
    case 'object':
      return objectSample(schema, extent);
    default:
      return {};
  }
}

function mixedSample(schema: JSONSchemaProps, name: string): unknown {
  if (valueProblems(1, schema).length === 0) return 1;
  return textSample({ ...schema, type: 'string' }, name);
}

function numberSample(schema: JSONSchemaProps): number {
  const step = schema.multipleOf ?? (schema.type === 'integer' ? 1 : 0.5);
  const { minimum, maximum } = schema;
  for (const value of [1, 0, minimum, minimum === undefined ? undefined : Math.ceil(minimum / step) * step, minimum === undefined ? undefined : (Math.floor(minimum / step) + 1) * step, maximum, maximum === undefined ? undefined : Math.floor(maximum / step) * step, maximum === undefined ? undefined : (Math.ceil(maximum / step) - 1) * step])
    if (value !== undefined && valueProblems(value, schema).length === 0) return value;
  return minimum !== undefined && maximum !== undefined ? (minimum + maximum) / 2 : 0;
}

function listSample(schema: JSONSchemaProps, extent: SampleExtent, name: string): unknown[] {
  const count = Math.max(schema.minItems ?? 0, extent === 'full' || (schema.minItems ?? 0) > 0 ? 1 : 0);
  const { items } = schema;
  if (!items) return [];
  const isDistinct = schema['x-kubernetes-list-type'] === 'set' || schema['x-kubernetes-list-type'] === 'map';
  return Array.from({ length: Math.min(count, schema.maxItems ?? count) }, (_unused, index) => {
    const item = sampleValue(items, extent, name);
    return isDistinct && index > 0 ? varied(item, items, schema['x-kubernetes-list-map-keys'], index) : item;
  });
}

/** Another value of the same kind, for lists that have no item twice. */
function varied(item: unknown, schema: JSONSchemaProps, keys: readonly string[] | undefined, index: number): unknown {
  if (keys && typeof item === 'object' && item !== null) {
    const [key = ''] = keys;
    const own = schema.properties?.[key];
    return own ? { ...item, [key]: varied((item as Record<string, unknown>)[key], own, undefined, index) } : item;
  }
  const candidates = [schema.enum?.[index], typeof item === 'number' ? item + index : undefined, typeof item === 'string' ? `${item}${index + 1}` : undefined];
  return candidates.find((one) => one !== undefined && valueProblems(one, schema).length === 0) ?? item;
}

function objectSample(schema: JSONSchemaProps, extent: SampleExtent): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const excluded = exclusions(schema, extent);
  const required = new Set([...(schema.required ?? []), ...excluded.needed]);
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    const isNeeded = required.has(name) && (child.default === undefined || extent === 'full');
    if (!isNeeded && (extent === 'minimal' || excluded.left.has(name))) continue;
    Object.defineProperty(out, name, { value: sampleValue(child, extent, name), enumerable: true, writable: true, configurable: true });
  }
  if (schema['x-kubernetes-embedded-resource']) return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sample' }, ...out };
  if (typeof schema.additionalProperties === 'object') {
    const count = Math.max(schema.minProperties ?? 0, extent === 'full' ? 1 : 0);
    for (let index = 0; index < count; index++) out[index === 0 ? 'key' : `key${index + 1}`] = sampleValue(schema.additionalProperties, extent, 'value');
  } else if (schema.minProperties !== undefined) {
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      if (Object.keys(out).length >= schema.minProperties) break;
      out[name] ??= sampleValue(child, extent, name);
    }
  }
  return out;
}

/**
 * What rules of the one-of family, as the generator words them, and `oneOf` with required fields say: of some fields one at most, or one at
 * least. Other rules are not understood.
 */
function exclusions(schema: JSONSchemaProps, extent: SampleExtent): { left: Set<string>; needed: Set<string> } {
  const [left, needed] = [new Set<string>(), new Set<string>()];
  const choose = (names: readonly string[], isNeeded: boolean, isExclusive: boolean) => {
    const known = names.filter((name) => schema.properties?.[name]);
    const [first, ...others] = known;
    if (first === undefined) return;
    if (isNeeded && (extent === 'minimal' || isExclusive) && !known.some((name) => schema.required?.includes(name))) needed.add(first);
    if (isExclusive) for (const name of others) left.add(name);
  };
  for (const { rule } of schema['x-kubernetes-validations'] ?? []) {
    const names = [...rule.matchAll(/has\(self\.(\w+)\)/g)].map((match) => match[1] ?? '');
    if (/^(?:\(has\(self\.\w+\)\?1:0\)\+?)+ (?:==|<=) 1$/.test(rule)) choose(names, rule.endsWith('== 1'), true);
    else if (/^has\(self\.\w+\)(?:\|\|has\(self\.\w+\))*$/.test(rule)) choose(names, true, false);
  }
  const branches = schema.oneOf?.map((one) => one.required ?? []);
  if (branches?.every((one) => one.length === 1)) choose(branches.flat(), true, true);
  return { left, needed };
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
