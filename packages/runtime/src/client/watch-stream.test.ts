import { isExpired } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { readWatch, type WatchFrame } from './watch-stream.js';

const frames = [
  { type: 'ADDED', object: { metadata: { name: 'ü…😀', resourceVersion: '9' } } },
  { type: 'BOOKMARK', object: { metadata: { resourceVersion: '10' } } },
  { type: 'DELETED', object: { metadata: { name: 'b', resourceVersion: '11' }, big: 1 } },
];
const text = frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function collect(body: AsyncIterable<Uint8Array>, maxLineBytes?: number): Promise<WatchFrame[]> {
  const seen: WatchFrame[] = [];
  for await (const frame of readWatch(body, { name: 'widgets', ...(maxLineBytes && { maxLineBytes }) })) seen.push(frame);
  return seen;
}

describe('readWatch', () => {
  it('#60 gives the same frames wherever the bytes are cut, also inside a character', async () => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) expect(await collect(chunks(bytes.subarray(0, cut), bytes.subarray(cut)))).toEqual(frames);
    expect(await collect(chunks(...Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(frames);
  });

  it('#60 gives frames of several megabytes, in whatever pieces they come', async () => {
    const frame = { type: 'ADDED', object: { metadata: { name: 'a', annotations: { big: '😀ü'.repeat(700_000) } } } };
    const bytes = Buffer.from(`${JSON.stringify(frame)}\n${JSON.stringify(frames[1])}\n`);
    for (const size of [16_383, 65_536, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
      const [first, second] = await collect(chunks(...pieces));
      expect(first!.object.metadata.annotations!['big'] === frame.object.metadata.annotations.big).toBe(true);
      expect(second).toEqual(frames[1]);
    }
  });

  it('gives every complete frame of a body that ends anywhere, and ends normally', async () => {
    const bytes = Buffer.from(text);
    for (let end = 0; end <= bytes.length; end++) {
      const complete = bytes.subarray(0, end).toString().split('\n').length - 1;
      expect(await collect(chunks(bytes.subarray(0, end)))).toEqual(frames.slice(0, complete));
    }
  });

  it('keeps integers that a double can not hold', async () => {
    const [frame] = await collect(chunks('{"type":"ADDED","object":{"metadata":{},"n":9007199254740993}}\n'));
    expect((frame!.object as unknown as { n: bigint }).n).toBe(9007199254740993n);
  });

  it('throws what an ERROR frame says', async () => {
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
    await expect(collect(chunks(`${JSON.stringify({ type: 'ERROR', object: status })}\n`))).rejects.toSatisfy(isExpired);
    await expect(collect(chunks(`${JSON.stringify({ type: 'ERROR', object: { ...status, reason: 'Gone' } })}\n`))).rejects.toSatisfy(isExpired);
  });

  it.each(['{"type":\n', '<html>\n', '{"type":"WHAT","object":{"metadata":{}}}\n', '{"type":"ADDED"}\n', 'null\n', '7\n'])('refuses the frame %j with a code', async (line) => {
    await expect(collect(chunks(line))).rejects.toSatisfy((error) => hasCode(error, 'KW_WATCH_DECODE'));
  });

  it('refuses a frame above the limit, whether or not its end has come', async () => {
    const long = `{"type":"ADDED","object":{"metadata":{"name":"${'x'.repeat(200)}"}}}`;
    await expect(collect(chunks(long), 100)).rejects.toSatisfy((error) => hasCode(error, 'KW_WATCH_LINE_TOO_LONG'));
    await expect(collect(chunks(`${long}\n`), 100)).rejects.toSatisfy((error) => hasCode(error, 'KW_WATCH_LINE_TOO_LONG'));
  });

  it('passes on that the connection broke', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(text);
      throw new Error('reset');
    }
    await expect(collect(broken())).rejects.toThrow('reset');
  });
});
