import type { KubeObject } from '@kubewright/api';
import type { Clock, Scheduler, Timer } from '@kubewright/platform';

import { keyOf, type Storage } from './storage.js';
import type { Version } from './version.js';

/** What a {@link Watcher} reports. */
export type WatchItem =
  /** `previous` is the state before the write; it is kept here because a slow reader may outlive the log. */
  | { readonly kind: 'event'; readonly version: Version; readonly previous: KubeObject | undefined }
  | { readonly kind: 'bookmark'; readonly revision: number; /** The initial events are complete. */ readonly initialEventsEnd: boolean }
  /** The last item: who watches has to start over. */
  | { readonly kind: 'expired'; readonly revision: number };

/** What to follow. */
export interface WatcherOptions {
  readonly group: string;
  readonly plural: string;
  /** All namespaces when undefined. */
  readonly namespace?: string;
  /** One object only. */
  readonly name?: string;
  /** Events after this revision; undefined: first what is there, then what follows. */
  readonly since: number | undefined;
  /** Whether a bookmark ends the initial state. */
  readonly marksInitialEnd: boolean;
  /** Whether bookmarks come about every minute and before the end. */
  readonly bookmarks: boolean;
  /** Milliseconds after which the watch ends; undefined: it does not end by itself. */
  readonly timeout: number | undefined;
}

const BOOKMARK_INTERVAL = 60_000;
/** The last bookmark comes this long before the end, so that the client goes on from there. */
const BOOKMARK_LEAD = 2_000;
/** A watcher that falls further behind is ended; its client lists again. */
const QUEUE_LIMIT = 50_000;

/**
 * Follows one resource: an ordered queue that writes fill and one reader empties. Writes never wait for the reader; waking it up is a named
 * task of the Scheduler, so that in simulation the moment of delivery is explored like everything else.
 */
export class Watcher {
  readonly #queue: WatchItem[] = [];
  readonly #subscription: { cancel(): void };
  readonly #timers = new Set<Timer>();
  #wake: (() => void) | undefined;
  #broken: Error | undefined;
  #ended = false;

  constructor(
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    /** The name of this watcher's tasks. */
    private readonly task: string,
    private readonly options: WatcherOptions,
  ) {
    const { group, plural } = options;
    if (options.since === undefined) this.#queueState();
    else for (const version of storage.eventsSince(group, plural, options.since)) this.#queueEvent(version);
    this.#subscription = storage.onCommit(group, plural, (version) => {
      if (version.revision > (options.since ?? 0)) this.#queueEvent(version);
    });
    if (options.timeout !== undefined) this.#after(options.timeout, () => this.stop());
    if (options.bookmarks) this.#armBookmarks();
  }

  /** The next item; waits for one. Undefined when the watch has ended and everything was read. One reader at a time. @throws what it was broken off by */
  async next(): Promise<WatchItem | undefined> {
    while (this.#queue.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    const keeping = this.storage.settle();
    if (keeping) await keeping;
    if (this.#broken) throw this.#broken;
    return this.#queue.shift();
  }

  /** Ends the watch in the middle, as a connection that is lost: what is queued is not read any more. */
  breakOff(reason: Error): void {
    if (this.#ended) return;
    this.#broken = reason;
    this.#queue.length = 0;
    this.stop();
  }

  /** Ends the watch and lets its client know that it has to start over: what it has seen is not what led to the present. */
  expire(): void {
    if (this.#ended) return;
    this.#queue.splice(0, this.#queue.length, { kind: 'expired', revision: this.storage.revision });
    this.stop();
  }

  /** Ends the watch; what is queued can still be read. */
  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription.cancel();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#notify();
  }

  #queueState(): void {
    const { group, plural, namespace, name, marksInitialEnd } = this.options;
    for (const object of this.storage.scan(group, plural, { ...(namespace && { namespace }), ...(name !== undefined && { name }) }).objects) {
      const { namespace: of = '', name: called = '', resourceVersion = '0' } = object.metadata;
      const version: Version = { revision: Number(resourceVersion), key: keyOf(of, called), object, deleted: false, created: true, previous: undefined, time: 0 };
      this.#queue.push({ kind: 'event', version, previous: undefined });
    }
    if (marksInitialEnd) this.#queue.push({ kind: 'bookmark', revision: this.storage.revision, initialEventsEnd: true });
  }

  #queueEvent(version: Version): void {
    const { namespace, name } = this.options;
    const of = version.object.metadata;
    if ((namespace && of.namespace !== namespace) || (name !== undefined && of.name !== name)) return;
    this.#queue.push({ kind: 'event', version, previous: version.created ? undefined : version.previous?.object });
    if (this.#queue.length > QUEUE_LIMIT) this.stop();
    else this.#notify();
  }

  #armBookmarks(): void {
    const { timeout } = this.options;
    const bookmark = (): void => {
      // What is queued is older than the current revision, so the bookmark may say that everything up to here was seen.
      if (this.storage.revision > 0) this.#queue.push({ kind: 'bookmark', revision: this.storage.revision, initialEventsEnd: false });
      this.#notify();
    };
    const everyMinute = (): void => {
      bookmark();
      this.#after(BOOKMARK_INTERVAL, everyMinute);
    };
    this.#after(BOOKMARK_INTERVAL, everyMinute);
    if (timeout !== undefined && timeout > BOOKMARK_LEAD) this.#after(timeout - BOOKMARK_LEAD, bookmark);
  }

  #after(delay: number, action: () => void): void {
    const timer = this.clock.timer(delay, () => {
      this.#timers.delete(timer);
      action();
    });
    this.#timers.add(timer);
  }

  #notify(): void {
    const wake = this.#wake;
    if (!wake) return;
    this.#wake = undefined;
    this.scheduler.schedule(this.task, wake);
  }
}
