import { isForbidden, type KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { readList } from './list-stream.js';

const request = { method: 'GET', path: '/api/v1/pods', headers: {} };
const items = [{ metadata: { name: 'a"]}\\' }, list: [1, [2, { x: '[' }]] }, { metadata: { name: 'ü…😀' } }, { metadata: { name: '"items":[' } }];
const lists = [
  { kind: 'PodList', metadata: { resourceVersion: '7', annotations: { items: ['x'] } }, items },
  { items, metadata: { continue: '"items":[' }, kind: 'PodList' },
  { metadata: {}, items: [] },
];

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function read(status: number, ...parts: (string | Uint8Array)[]): Promise<{ items: KubeObject[] }> {
  const seen: KubeObject[] = [];
  const body = chunks(...parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const envelope = await readList(request, { status, headers: {}, body }, (item) => void seen.push(item));
  return { ...envelope, items: seen };
}

describe('readList', () => {
  it.each(lists)('gives the same list wherever the bytes are cut: %#', async (list) => {
    for (const text of [JSON.stringify(list), JSON.stringify(list, null, 2)]) {
      const bytes = Buffer.from(text);
      for (let cut = 0; cut <= bytes.length; cut++) expect(await read(200, bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(list);
      expect(await read(200, ...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(list);
    }
  });

  it('takes null and nothing for no items', async () => {
    expect(await read(200, '{"metadata":{},"items":null}')).toEqual({ metadata: {}, items: [] });
    expect(await read(200, '{"metadata":{}}')).toEqual({ metadata: {}, items: [] });
  });

  it('never takes a list that is cut off for a complete one', async () => {
    const text = JSON.stringify(lists[0]);
    for (let end = 0; end < text.length; end++) await expect(read(200, Buffer.from(text).subarray(0, end))).rejects.toSatisfy((error) => hasCode(error, 'KW_RESPONSE_DECODE'));
  });

  it('refuses what is no list, and throws what the server says', async () => {
    for (const body of ['<html>', '{"items":[{"a":}]}', 'null ]']) await expect(read(200, body)).rejects.toSatisfy((error) => hasCode(error, 'KW_RESPONSE_DECODE'));
    await expect(read(403, '{"kind":"Status","reason":"Forbidden","code":403}')).rejects.toSatisfy(isForbidden);
  });
});
