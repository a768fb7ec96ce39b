import { encodeJson, formatApiVersion, isRecord, type JSONSchemaProps, type TypedSchema } from '@kubewright/api';
import { SeededRandom, type Random } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { builtinDiscovery } from '../schemas/builtin-discovery.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { encodeProtobuf, openEnvelope, readRaw } from './envelope.js';
import { messageOf } from './message.js';
import { ProtobufError } from './wire-reader.js';

const kinds = builtinDiscovery().flatMap(({ group, version, resources }) => resources.map(({ kind }) => [formatApiVersion(group, version), kind, builtinSchema(group, version, kind)] as const));

describe('random objects of the OpenAPI documents', () => {
  it.each(kinds)('of %s %s come back as they were', (apiVersion, kind, schema) => {
    for (let seed = 1; seed <= 8; seed++) {
      const object = { ...(randomValue(schema!.root, schema!, new SeededRandom(seed), 0) as object), apiVersion, kind };
      const bytes = encodeProtobuf(object)!;
      const again = decode(bytes);
      // Structs that are no pointers come back empty where there were none; nothing else may be added.
      expect(again).toEqual(expect.objectContaining({ apiVersion, kind }));
      expect(missing(object, again, '')).toEqual([]);
      expect(encodeProtobuf(again)!.equals(bytes)).toBe(true);
    }
  });

  it('that were cut off or changed are read or refused, never more', () => {
    const random = new SeededRandom(7);
    const schema = builtinSchema('', 'v1', 'Pod')!;
    const bytes = encodeProtobuf({ ...(randomValue(schema.root, schema, random, 0) as object), apiVersion: 'v1', kind: 'Pod' })!;
    for (let round = 0; round < 3000; round++) {
      const broken = Buffer.from(bytes.subarray(0, round % 3 === 0 ? Math.floor(random.float() * bytes.length) : bytes.length));
      for (let change = 0; change < 4 && round % 3 !== 0; change++) broken[4 + Math.floor(random.float() * (broken.length - 4))] = Math.floor(random.float() * 256);
      try {
        decode(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }
  });
});

function decode(bytes: Uint8Array): Record<string, unknown> {
  const { raw, ...typeMeta } = openEnvelope(bytes);
  const message = messageOf(typeMeta.apiVersion, typeMeta.kind);
  return { ...typeMeta, ...(message && readRaw(raw, message)) };
}

/** Paths of what `again` does not have as `value` has it. */
function missing(value: unknown, again: unknown, path: string): string[] {
  if (Array.isArray(value) && Array.isArray(again) && value.length === again.length) return value.flatMap((item, index) => missing(item, again[index], `${path}[${index}]`));
  if (isRecord(value) && isRecord(again)) return Object.entries(value).flatMap(([key, item]) => missing(item, again[key], `${path}.${key}`));
  return Object.is(value, again) ? [] : [`${path}: ${encodeJson(value)} became ${encodeJson(again ?? null)}`];
}

const TEXTS = ['a', 'nginx:1.27', 'größe 日本語 😀', 'x'.repeat(200), 'app.kubernetes.io/name'];

function randomValue(property: JSONSchemaProps, schema: TypedSchema, random: Random, depth: number): unknown {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random.float() * values.length)]!;
  const reference = property.$ref ?? property.allOf?.[0]?.$ref ?? '';
  const node = schema.resolve(property);
  if (reference.endsWith('.Quantity')) return pick(['100m', '2Gi', '1']);
  if (reference.endsWith('.MicroTime')) return pick(['2026-01-02T03:04:05.000006Z', '1969-12-31T23:59:59.500000Z']);
  if (reference.endsWith('.JSONSchemaProps')) return depth > 6 ? { type: 'string' } : { type: 'object', minimum: 0.5, properties: { 'a': { type: 'string', default: 'x' } }, additionalProperties: true, enum: [1, 'a'] };
  if (reference.endsWith('.JSONSchemaPropsOrBool')) return pick([true, false, { type: 'string' }]);
  if (reference.endsWith('.JSONSchemaPropsOrArray')) return pick([[{ type: 'string' }, { title: 'b' }], { type: 'string' }]);
  if (reference.endsWith('.JSONSchemaPropsOrStringArray')) return pick([['a', 'b'], { type: 'string' }]);
  if (node['x-kubernetes-int-or-string']) return pick([80, -1, 'http', '25%']);
  if (node['x-kubernetes-preserve-unknown-fields']) return { 'f:a': { '.': {} }, list: [1, 'x', null, true], big: 9007199254740993n };
  switch (node.type) {
    case 'string':
      if (node.format === 'byte') return Buffer.from(random.bytes(5)).toString('base64');
      return node.format === 'date-time' ? pick(['2026-01-02T03:04:05Z', '1969-01-01T00:00:00Z']) : pick(TEXTS);
    case 'boolean':
      return true;
    case 'integer':
      return node.format === 'int32' ? pick([1, -1, 2 ** 31 - 1, -(2 ** 31)]) : pick([1, -1, 300, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n)]);
    case 'number':
      return pick([1.5, -0.25, 1e21]);
    case 'array':
      return Array.from({ length: 1 + Math.floor(random.float() * 2) }, () => randomValue(node.items!, schema, random, depth + 1));
    default:
      break;
  }
  if (isRecord(node.additionalProperties)) return { [pick(TEXTS)]: randomValue(node.additionalProperties, schema, random, depth + 1), ['__proto__']: randomValue(node.additionalProperties, schema, random, depth + 1) };
  const share = depth > 4 ? 0.3 : 0.6;
  // Objects inside of others lose what they say of their type, on the real server as well.
  const isTypeMeta = (name: string): boolean => node.properties?.metadata !== undefined && (name === 'apiVersion' || name === 'kind');
  return Object.fromEntries(Object.entries(node.properties ?? {}).filter(([name]) => !isTypeMeta(name) && (node.required?.includes(name) || random.float() < share))
    .map(([name, item]) => [name, randomValue(item, schema, random, depth + 1)]));
}
