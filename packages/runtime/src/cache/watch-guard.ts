import type { Clock, Timer } from '@kubewright/platform';

import { IdleTimer } from '../client/idle-timer.js';
import { KubewrightError } from '../errors/kubewright-error.js';

/** Servers send bookmarks about once a minute. A watch that has shown one owes the next. */
const BOOKMARK_SILENCE_MS = 90_000;
/** Between the events of an initial stream there is no reason to pause. */
const STREAM_SILENCE_MS = 10_000;
/** What a server may be late with its own end. */
const GRACE_MS = 30_000;

/**
 * Notices that the connection of a watch is dead although nobody closed it (a load balancer that forgot it): the server's own time limit
 * has long passed, or the bookmarks that it used to send stay away. `signal` aborts then, by KW_WATCH_SILENT, and with the parent.
 */
export class WatchGuard {
  readonly #controller = new AbortController();
  readonly #deadline: Timer;
  #silence: IdleTimer | undefined;
  /** What the silence is measured against. */
  #phase: 'initial' | 'events' | 'bookmarks';

  constructor(private readonly clock: Clock, private readonly name: string, options: { readonly timeoutSeconds: number; readonly initialEvents: boolean }, private readonly parent: AbortSignal) {
    this.#deadline = clock.timer(options.timeoutSeconds * 1_000 + GRACE_MS, this.#expire);
    this.#phase = options.initialEvents ? 'initial' : 'events';
    if (options.initialEvents) this.#silence = new IdleTimer(clock, STREAM_SILENCE_MS, this.#expire);
    parent.addEventListener('abort', this.#stop, { once: true });
    if (parent.aborted) this.#stop();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Frames came. @param initial whether the initial events still come */
  saw(frames: readonly { readonly type: string }[], initial: boolean): void {
    this.#silence?.touch();
    const marked = this.#phase === 'bookmarks' || frames.some(({ type }) => type === 'BOOKMARK');
    const phase = initial ? 'initial' : marked ? 'bookmarks' : 'events';
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#silence?.cancel();
    this.#silence = phase === 'events' ? undefined : new IdleTimer(this.clock, phase === 'initial' ? STREAM_SILENCE_MS : BOOKMARK_SILENCE_MS, this.#expire);
  }

  end(): void {
    this.#deadline.cancel();
    this.#silence?.cancel();
    this.parent.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => this.#controller.abort(this.parent.reason);
  readonly #expire = (): void => this.#controller.abort(new KubewrightError('KW_WATCH_SILENT', `watch of ${this.name}: nothing came any more`));
}
