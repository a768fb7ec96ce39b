import type { Clock, Timer } from '@kubewright/platform';

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
  #silence: Timer | undefined;
  #marked = false;

  constructor(private readonly clock: Clock, private readonly name: string, options: { readonly timeoutSeconds: number; readonly initialEvents: boolean }, private readonly parent: AbortSignal) {
    this.#deadline = clock.timer(options.timeoutSeconds * 1_000 + GRACE_MS, this.#expire);
    if (options.initialEvents) this.#silence = clock.timer(STREAM_SILENCE_MS, this.#expire);
    parent.addEventListener('abort', this.#stop, { once: true });
    if (parent.aborted) this.#stop();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** @param initial whether the initial events still come */
  saw(frame: { readonly type: string }, initial: boolean): void {
    this.#marked ||= frame.type === 'BOOKMARK';
    this.#silence?.cancel();
    this.#silence = initial || this.#marked ? this.clock.timer(initial ? STREAM_SILENCE_MS : BOOKMARK_SILENCE_MS, this.#expire) : undefined;
  }

  end(): void {
    this.#deadline.cancel();
    this.#silence?.cancel();
    this.parent.removeEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => this.#controller.abort(this.parent.reason);
  readonly #expire = (): void => this.#controller.abort(new KubewrightError('KW_WATCH_SILENT', `watch of ${this.name}: nothing came any more`));
}
