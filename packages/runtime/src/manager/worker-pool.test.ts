import { describe, expect, it } from 'vitest';

import { WorkerPool, type WorkerPoolOptions } from './worker-pool.js';

const MODULE = new URL(`data:text/javascript,${encodeURIComponent(`
import { threadId } from 'node:worker_threads';
export const double = ({ n }) => n * 2;
export const thread = async () => { for (let i = 0; i < 5e7; i++); return threadId; };
export const fail = () => { throw new RangeError('too much'); };
export const die = () => process.exit(3);
`)}`);

async function using<T>(options: Partial<WorkerPoolOptions>, work: (pool: WorkerPool) => Promise<T>): Promise<T> {
  const pool = new WorkerPool({ module: MODULE, ...options });
  const stop = new AbortController();
  const ended = pool.start(stop.signal);
  try {
    return await work(pool);
  } finally {
    stop.abort();
    await ended;
    await expect(pool.run('double', { n: 1 })).rejects.toMatchObject({ code: 'KW_WORKER' });
  }
}

describe('WorkerPool', () => {
  it('runs exported functions on copies, on as many threads as it has', () =>
    using({ size: 2 }, async (pool) => {
      expect(await Promise.all([1, 2, 3, 4].map((n) => pool.run('double', { n })))).toEqual([2, 4, 6, 8]);
      const threads = await Promise.all(Array.from({ length: 6 }, () => pool.run<number>('thread', undefined)));
      expect(new Set(threads).size).toBe(2);
      expect(threads).not.toContain(0);
    }));

  it('hands errors on, survives a thread that dies, and says what can not be', () =>
    using({}, async (pool) => {
      await expect(pool.run('fail', {})).rejects.toThrow('too much');
      await expect(pool.run('nothing', {})).rejects.toThrow('exports no function nothing');
      await expect(pool.run('double', { n: () => 1 })).rejects.toThrow(/could not be cloned/);
      await expect(pool.run('die', {})).rejects.toMatchObject({ code: 'KW_WORKER' });
      expect(await pool.run('double', { n: 4 })).toBe(8);
    }));

  it('does not begin what was given up while it waited', () =>
    using({}, async (pool) => {
      const stop = new AbortController();
      const [first, second] = [pool.run('thread', undefined), pool.run('die', undefined, stop.signal)];
      stop.abort(new Error('enough'));
      await expect(second).rejects.toThrow('enough');
      expect(await first).toBeGreaterThan(0);
      expect(await pool.run('double', { n: 1 })).toBe(2);
    }));

  it('refuses a size that is none', () => expect(() => new WorkerPool({ module: MODULE, size: 0 })).toThrow(/size \(0\)/));
});
