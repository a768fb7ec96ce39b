import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { decodeJson, isRecord, type KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { encodeProtobuf, openEnvelope, readRaw } from './envelope.js';
import { messageOf } from './message.js';

/** Written by k8s.io/apimachinery 0.36: an object as JSON, its envelope in hexadecimal, and what Go reads from it where that is not the same. */
interface Vector {
  readonly json: KubeObject;
  readonly protobuf: string;
  readonly decoded?: KubeObject;
}

const FIXTURE = new URL('../../../../test/fixtures/protobuf-vectors.ndjson.gz', import.meta.url);
const vectors = gunzipSync(readFileSync(FIXTURE)).toString().split('\n').map((line) => decodeJson(line) as Vector);
const byKind = new Map<string, Vector[]>();
for (const vector of vectors) {
  const kind = `${vector.json.apiVersion ?? ''} ${vector.json.kind ?? ''}`;
  byKind.set(kind, [...(byKind.get(kind) ?? []), vector]);
}

describe('the protobuf form of built-in types', () => {
  it('is tested with all of them', () => expect(byKind.size).toBeGreaterThan(90));

  it.each([...byKind.keys()])('of %s is written byte for byte as Go writes it', (kind) => {
    for (const { json, protobuf } of byKind.get(kind)!) expect(encodeProtobuf(json)?.toString('hex')).toBe(protobuf);
  });

  it.each([...byKind.keys()])('of %s is read as Go reads it', (kind) => {
    for (const { json, protobuf, decoded } of byKind.get(kind)!) {
      const { raw, ...typeMeta } = openEnvelope(Buffer.from(protobuf, 'hex'));
      const object = { ...typeMeta, ...readRaw(raw, messageOf(typeMeta.apiVersion, typeMeta.kind)!) };
      // Go's JSON has null for lists and maps that nobody set; the bytes do not mention them.
      expect(withoutNulls(object)).toEqual(withoutNulls(decoded ?? json));
    }
  });
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, withoutNulls(item)]));
}
