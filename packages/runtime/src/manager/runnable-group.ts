import { setMaxListeners } from 'node:events';

import type { Runnable } from './runnable.js';

/** Runnables that start and stop together. What is added while the group runs starts at once. */
export class RunnableGroup {
  readonly #stop = new AbortController();
  readonly #waiting: Runnable[] = [];
  readonly #running = new Map<Runnable, Promise<void>>();
  #isStarted = false;

  /** @param onFailure called when a runnable rejects, at most once for each */
  constructor(readonly name: string, private readonly onFailure: (runnable: Runnable, error: unknown) => void) {
    setMaxListeners(0, this.#stop.signal); // everything that runs listens to it
  }

  add(runnable: Runnable): void {
    if (this.#isStarted) this.#run(runnable);
    else this.#waiting.push(runnable);
  }

  /** Starts what was added, in order, and resolves when each is ready or has ended. */
  async start(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#isStarted = true;
    for (const runnable of this.#waiting.splice(0)) this.#run(runnable);
    await Promise.all([...this.#running].map(([runnable, ended]) => Promise.race([this.#ready(runnable), ended])));
  }

  /** Stops all members at once and resolves when the last one has ended. A group that never started never will. */
  async stop(reason?: unknown): Promise<void> {
    this.#stop.abort(reason);
    this.#waiting.length = 0;
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Names of what still runs. */
  get running(): string[] {
    return [...this.#running.keys()].map((runnable) => runnable.name);
  }

  #run(runnable: Runnable): void {
    if (this.#stop.signal.aborted) return;
    const ended = start(runnable, this.#stop.signal)
      .catch((error: unknown) => {
        const { aborted, reason } = this.#stop.signal;
        if (!aborted || error !== reason) this.onFailure(runnable, error); // a wait that was ended by the signal rejects with its reason
      })
      .finally(() => this.#running.delete(runnable));
    this.#running.set(runnable, ended);
  }

  async #ready(runnable: Runnable): Promise<void> {
    try {
      await runnable.ready?.();
    } catch (error) {
      if (!this.#stop.signal.aborted) this.onFailure(runnable, error);
    }
  }
}

/** A start that throws instead of rejecting is a rejection too. */
async function start(runnable: Runnable, signal: AbortSignal): Promise<void> {
  await runnable.start(signal);
}
