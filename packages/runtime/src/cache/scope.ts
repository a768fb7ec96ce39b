import { setMaxListeners } from 'node:events';

import { onAbort } from '../client/on-abort.js';
import type { Reflector } from './reflector.js';

/** A part of a kind that an informer holds by a list and a watch of its own: one namespace, or (the empty name) all of them. */
export class Scope {
  /** Up to which version the store shows it; undefined before its first list. */
  version: string | undefined;
  /** Why it is not held although it should be: the server's 403. */
  refusal: Error | undefined;
  /** Resolves when its watch has ended. */
  ended: Promise<void> = Promise.resolve();
  readonly #stop = new AbortController();

  constructor(readonly name: string, readonly reflector: Pick<Reflector, 'run' | 'lastFailure'>) {
    setMaxListeners(0, this.#stop.signal);
  }

  /** Lists and watches until the signal aborts or {@link end} is called. */
  start(signal: AbortSignal): void {
    const forget = onAbort(signal, () => this.#stop.abort(signal.reason));
    this.ended = this.reflector.run(this.#stop.signal).finally(forget);
  }

  end(reason: Error): void {
    this.#stop.abort(reason);
  }
}
