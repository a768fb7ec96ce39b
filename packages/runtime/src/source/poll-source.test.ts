import { FakeClock, memoryLogger, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { AddOptions } from '../workqueue/work-queue.js';
import { PollSource, type PollSourceOptions } from './poll-source.js';

interface Bucket {
  readonly id: string;
  readonly size: number;
  readonly owner: string;
}

function setUp(answers: (readonly Bucket[] | Error | 'hang')[], options: Partial<PollSourceOptions<string, Bucket>> = {}) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const stop = new AbortController();
  const added: [string, string, number | undefined][] = [];
  const sink = { add: (item: string, { causes = [], priority }: AddOptions = {}) => void added.push([item, `${causes[0]?.change} ${causes[0]?.object}`, priority]) };
  let polls = 0;
  const source = new PollSource<string, Bucket>({
    name: 'buckets',
    poll: async () => {
      const answer = answers[Math.min(polls++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer === 'hang' ? new Promise(() => {}) : answer;
    },
    idOf: ({ id }) => id, requestsFor: ({ owner }) => [owner], every: 60_000, jitter: 0, clock, random: new SeededRandom(), log, ...options,
  });
  return { clock, log, stop, added, sink, source, polls: () => polls };
}

const bucket = (id: string, size = 1, owner = id): Bucket => ({ id, size, owner });

describe('PollSource', () => {
  it('tells what is new, changed and gone, and nothing else, to those who have it and had it', async () => {
    const test = setUp([[bucket('a'), bucket('b')], [bucket('a'), bucket('b', 2)], [bucket('b', 2, 'c')], [bucket('b', 2, 'c')]]);
    await test.source.start(test.sink, test.stop.signal);
    expect(test.added.splice(0)).toEqual([['a', 'initial a', -100], ['b', 'initial b', -100]]);
    await test.clock.advance(60_000);
    expect(test.added.splice(0)).toEqual([['b', 'update b', undefined], ['b', 'update b', undefined]]);
    await test.clock.advance(60_000);
    expect(test.added.splice(0)).toEqual([['b', 'update b', undefined], ['c', 'update b', undefined], ['a', 'delete a', undefined]]);
    await test.clock.advance(60_000);
    expect(test.added).toEqual([]);
    expect([test.source.get('a'), test.source.list()]).toEqual([undefined, [bucket('b', 2, 'c')]]);
    test.stop.abort();
    await test.clock.advance(0);
    expect(test.clock.pending).toBe(0);
  });

  it('has started when a poll succeeds, tells why not until then, and keeps what it has when one fails later', async () => {
    const test = setUp([new Error('down'), [bucket('a')], new Error('down again')]);
    let started = false;
    const starting = test.source.start(test.sink, test.stop.signal).then(() => (started = true));
    await test.clock.advance(0);
    expect([started, test.source.lastFailure?.message]).toEqual([false, 'down']);
    await test.clock.advance(60_000);
    await starting;
    await test.clock.advance(60_000);
    expect(test.source.get('a')).toBeDefined();
    expect(test.source.lastFailure?.message).toBe('down again');
    expect(test.log.lines.map(({ message }) => message)).toEqual(['a poll failed', 'a poll failed']);
    test.stop.abort();
    await test.clock.advance(0);
  });

  it('gives up on a poll that does not answer, and never has two under way', async () => {
    const test = setUp(['hang', [bucket('a')]], { timeout: 5_000 });
    const starting = test.source.start(test.sink, test.stop.signal);
    await test.clock.advance(64_999);
    expect(test.polls()).toBe(1);
    await test.clock.advance(1);
    await starting;
    expect(test.polls()).toBe(2);
    test.stop.abort();
    await test.clock.advance(0);
    expect(test.clock.pending).toBe(0);
  });

  it('asks by a schedule', async () => {
    const hour = 3_600_000;
    const test = setUp([[]], { every: (now) => hour - (now % hour) });
    await test.source.start(test.sink, test.stop.signal);
    await test.clock.advance(hour / 2);
    await test.clock.advance(hour * 2);
    expect(test.polls()).toBe(3);
    test.stop.abort();
    await test.clock.advance(0);
  });

  it('refuses to ask without a pause', () => {
    expect(() => setUp([[]], { every: 0, timeout: -1 })).toThrow(/every \(0 ms\).*timeout \(-1 ms\)/);
  });
});
