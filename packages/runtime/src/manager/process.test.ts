import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FakeClock, memoryLogger, ScriptedTransport } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createManager } from './create-manager.js';
import { checkHeapLimit, heapAdvice, memoryLimitOf } from './heap-limit.js';
import { watchRejections, type RejectionPolicy } from './unhandled-rejections.js';

const GIB = 2 ** 30;

describe('the limit of the heap', () => {
  it.each<[number, number, string | undefined]>([
    [0.5, 1, undefined],
    [0.9, 1, undefined],
    [1, 1, 'NODE_OPTIONS=--max-old-space-size=864, or a larger memory limit'],
    [4, 0.125, 'NODE_OPTIONS=--max-old-space-size=57, or a larger memory limit'],
  ])('a heap of %s GiB in a container of %s GiB: %s', (heap, memory, advice) => expect(heapAdvice(heap * GIB, memory * GIB)).toBe(advice));

  it('is compared with what cgroup v2 or v1 says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubewright-'));
    const log = memoryLogger();
    expect(await memoryLimitOf(folder)).toBeUndefined();
    await mkdir(join(folder, 'memory'));
    await writeFile(join(folder, 'memory', 'memory.limit_in_bytes'), '9223372036854771712\n');
    expect(await memoryLimitOf(folder)).toBeUndefined();
    await writeFile(join(folder, 'memory', 'memory.limit_in_bytes'), '268435456\n');
    expect(await memoryLimitOf(folder)).toBe(256 * 2 ** 20);
    await writeFile(join(folder, 'memory.max'), 'max\n');
    expect(await memoryLimitOf(folder)).toBeUndefined();
    await checkHeapLimit(log, folder, 8 * GIB);
    expect(log.lines).toEqual([]);
    await writeFile(join(folder, 'memory.max'), `${GIB}\n`);
    await checkHeapLimit(log, folder, 8 * GIB);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { heapLimitMiB: 8192, memoryLimitMiB: 1024, try: expect.stringContaining('--max-old-space-size=864') } }]);
    await rm(folder, { recursive: true });
  });
});

describe('a rejection that nobody handled', () => {
  it.each<[RejectionPolicy, number]>([['crash', 0], ['stop', 1], ['count', 1]])('under "%s" is listened to by %s', (policy, listeners) => {
    const process = new EventEmitter();
    const seen: unknown[] = [];
    const end = watchRejections(policy, (reason) => void seen.push(reason), process);
    process.emit('unhandledRejection', 'x');
    expect([process.listenerCount('unhandledRejection'), seen.length]).toEqual([listeners, listeners]);
    end();
    expect(process.listenerCount('unhandledRejection')).toBe(0);
  });

  it.each<[RejectionPolicy, unknown]>([['stop', { code: 'KW_UNHANDLED_REJECTION', cause: new Error('forgotten') }], ['count', 'ended']])('under "%s" a manager ends with %o', async (unhandledRejections, outcome) => {
    const clock = new FakeClock();
    const log = memoryLogger();
    const manager = await createManager({ transport: new ScriptedTransport(() => ({ status: 200 })), clock, log, unhandledRejections });
    const others = process.listeners('unhandledRejection');
    const stop = new AbortController();
    const ended = manager.start(stop.signal).then(() => 'ended', (error: unknown) => error);
    await clock.advance(0);
    const [own] = process.listeners('unhandledRejection').filter((listener) => !others.includes(listener));
    own!(new Error('forgotten'), Promise.resolve());
    await clock.advance(0);
    if (unhandledRejections === 'count') stop.abort();
    expect(await ended).toEqual(typeof outcome === 'string' ? outcome : expect.objectContaining(outcome as object));
    expect(log.lines.some(({ level, fields }) => level === 'error' && String(fields['error']).includes('forgotten'))).toBe(true);
    expect(process.listeners('unhandledRejection')).toEqual(others);
  });
});
