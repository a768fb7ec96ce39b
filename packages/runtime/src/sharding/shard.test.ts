import { FakeClock, memoryLogger } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { ReconcileContext } from '../reconcile/reconciler.js';
import { describeCause } from '../workqueue/cause.js';
import type { Request } from '../reconcile/request.js';
import type { Membership, ShardTicket } from './membership.js';
import { Shard } from './shard.js';

/** A membership that owns what a test says. */
class FakeMembership {
  own = new Set<string>();
  expected = new Set<string>();
  readonly open: { key: string; abort: AbortController }[] = [];
  readonly #listeners = new Set<() => void>();
  mayStart = (key: string): boolean => this.own.has(key);
  isExpected = (key: string): boolean => this.own.has(key) || this.expected.has(key);
  begin = (key: string): ShardTicket | undefined => {
    if (!this.own.has(key)) return undefined;
    const ticket = { key, abort: new AbortController() };
    this.open.push(ticket);
    return { signal: ticket.abort.signal, end: () => void this.open.splice(this.open.indexOf(ticket), 1) };
  };
  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  change(...own: string[]): void {
    this.own = new Set(own);
    for (const listener of this.#listeners) listener();
  }
}

function setUp(names: string[], shardKeyOf?: (request: Request) => string) {
  const membership = new FakeMembership();
  const shard = new Shard<Request>({ membership: membership as unknown as Membership, requests: () => names.map((name) => ({ name })), ...(shardKeyOf && { shardKeyOf }) });
  const added: string[] = [];
  const why: string[][] = [];
  const stop = new AbortController();
  const started = shard.start({ add: ({ name }, options) => void (added.push(`${name} ${options?.priority}`), why.push((options?.causes ?? []).map(describeCause))) }, stop.signal);
  const seen: string[] = [];
  const reconciler = shard.guard({ reconcile: async ({ name }) => (seen.push(name), { requeueAfter: 5 }) });
  const clock = new FakeClock();
  const causes = [{ source: 'kind Widget', change: 'update', object: 'x', count: 1 }];
  const context = { signal: new AbortController().signal, log: memoryLogger(), clock, causes } as unknown as ReconcileContext;
  return { membership, shard, added, why, stop, started, seen, reconcile: (name: string) => reconciler.reconcile({ name }, context), context };
}

describe('Shard', () => {
  it('adds what the replica gains, each once for each time', async () => {
    const { membership, added, started, stop } = setUp(['a', 'b', 'c']);
    await started;
    membership.change('a');
    membership.change('a', 'b');
    expect(added).toEqual(['a -100', 'b -100']);
    membership.change();
    membership.change('a');
    expect(added).toEqual(['a -100', 'b -100', 'a -100']);
    stop.abort();
    membership.change('a', 'b', 'c');
    expect(added).toHaveLength(3);
  });

  it('lets only its own begin, and keeps what it will have soon', async () => {
    const { membership, added, why, seen, reconcile } = setUp(['a']);
    membership.expected = new Set(['gone']);
    expect([await reconcile('a'), await reconcile('gone'), await reconcile('theirs')]).toEqual([undefined, undefined, undefined]);
    expect(seen).toEqual([]);
    membership.change('a', 'gone');
    // What it refused before keeps what led to it.
    expect(why).toEqual([['takeover of shard'], ['update of kind Widget x', 'takeover of shard']]);
    expect(added.sort()).toEqual(['a -100', 'gone -100']);
    expect(await reconcile('a')).toEqual({ requeueAfter: 5 });
    expect([seen, membership.open]).toEqual([['a'], []]);
  });

  it('ends a reconcile by the signal of its right, and gives the right back whatever happens', async () => {
    const { membership, shard, context } = setUp(['a']);
    membership.change('a');
    const failing = shard.guard({
      reconcile: (_request, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    }).reconcile({ name: 'a' }, context);
    membership.open[0]!.abort.abort(new Error('lost'));
    await expect(failing).rejects.toThrow('lost');
    expect(membership.open).toEqual([]);
  });

  it('keeps together what has one shard key', async () => {
    const { membership, added } = setUp(['a-1', 'a-2', 'b-1'], ({ name }) => name.split('-')[0]!);
    membership.change('a');
    expect(added).toEqual(['a-1 -100', 'a-2 -100']);
  });
});
