import type { KindRef } from '@kubewright/api';

import type { Cache } from '../cache/cache.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { requestKey, type Request } from '../reconcile/request.js';
import { mergeCauses, type Cause } from '../workqueue/cause.js';
import { LOW_PRIORITY, type AddOptions } from '../workqueue/work-queue.js';
import { eitherSignal } from './either-signal.js';
import type { Membership } from './membership.js';

/** What of a controller is divided, and how. */
export interface ShardOptions<R> {
  readonly membership: Membership;
  /** Everything that there is to reconcile, as the cache has it now; what this replica gains is found among it. */
  readonly requests: () => Iterable<R>;
  /** What belongs together: requests of equal shard keys are always on one replica. @default the request's own key */
  readonly shardKeyOf?: (request: R) => string;
  /** Tells requests apart. @default that of Request */
  readonly keyOf?: (request: R) => string;
}

/** Fills queues; the same as that of a source. */
interface Sink<R> {
  add(request: R, options?: AddOptions): void;
}

const TAKEOVER: readonly Cause[] = [{ source: 'shard', change: 'takeover', count: 1 }];

/** A request that came before it was this replica's, and all that led to it. */
interface Refused<R> {
  readonly request: R;
  readonly causes: readonly Cause[];
}

/**
 * One replica's share of a controller: a source that adds what the replica gains, and a guard around the reconciler that lets only the replica's own
 * requests begin. The controller itself runs on every replica (`needsLeaderElection: false`) and may hear of every object.
 */
export class Shard<R = Request> {
  readonly name = 'shard';
  #sink: Sink<R> | undefined;
  #held = new Set<string>();
  readonly #refused = new Map<string, Refused<R>>();
  readonly #keyOf: (request: R) => string;
  readonly #shardKeyOf: (request: R) => string;

  constructor(private readonly options: ShardOptions<R>) {
    this.#keyOf = options.keyOf ?? (requestKey as (request: unknown) => string);
    this.#shardKeyOf = options.shardKeyOf ?? this.#keyOf;
  }

  /** Adds what this replica may act for, now and whenever that grows. */
  async start(sink: Sink<R>, signal: AbortSignal): Promise<void> {
    this.#sink = sink;
    this.#held = new Set();
    const end = this.options.membership.onChange(() => this.#takeOver());
    signal.addEventListener('abort', end, { once: true });
    this.#takeOver();
  }

  /** The reconciler, asked only for requests that are this replica's. Its signal aborts when the replica may not act any more. */
  guard(reconciler: Reconciler<R>): Reconciler<R> {
    return {
      reconcile: async (request, context) => {
        const shardKey = this.#shardKeyOf(request);
        const ticket = this.options.membership.begin(shardKey);
        if (!ticket) {
          // It comes back when it is ours. What is another replica's is that one's to know.
          if (this.options.membership.isExpected(shardKey)) this.#refuse(request, context.causes);
          return undefined;
        }
        const either = eitherSignal([context.signal, ticket.signal]);
        try {
          return await reconciler.reconcile(request, { ...context, signal: either.signal });
        } finally {
          either.end();
          ticket.end();
        }
      },
    };
  }

  #refuse(request: R, causes: readonly Cause[]): void {
    const key = this.#keyOf(request);
    this.#refused.set(key, { request, causes: mergeCauses(this.#refused.get(key)?.causes ?? [], causes) });
  }

  #takeOver(): void {
    const { membership, requests } = this.options;
    const held = new Set<string>();
    for (const request of [...requests(), ...Array.from(this.#refused.values(), (refused) => refused.request)]) {
      if (!membership.mayStart(this.#shardKeyOf(request))) continue;
      const key = this.#keyOf(request);
      const refused = this.#refused.get(key);
      // What was gained can wait behind what happens now.
      if ((!this.#held.has(key) || refused) && !held.has(key)) this.#sink?.add(request, { priority: LOW_PRIORITY, causes: mergeCauses(refused?.causes ?? [], TAKEOVER) });
      held.add(key);
    }
    this.#held = held;
    for (const [key, { request }] of this.#refused) {
      if (held.has(key) || !membership.isExpected(this.#shardKeyOf(request))) this.#refused.delete(key);
    }
  }
}

/** Requests for all objects of a kind that the cache holds. */
export function requestsFor(cache: Pick<Cache, 'informerFor'>, kind: KindRef<never> | KindRef): () => Iterable<Request> {
  return () => cache.informerFor(kind).store.list().map(({ namespace, name }) => (namespace ? { namespace, name } : { name }));
}
