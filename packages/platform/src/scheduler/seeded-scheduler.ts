import type { Random } from '../random/random.js';
import type { Scheduler } from './scheduler.js';

/**
 * Runs one task a step, chosen by a {@link Random} among the names that have work; equal seeds give equal orders. Nothing runs until
 * {@link step} or {@link drain} is called.
 */
export class SeededScheduler implements Scheduler {
  readonly #queues = new Map<string, (() => void)[]>();

  constructor(private readonly random: Random) {}

  schedule(name: string, task: () => void): void {
    const queue = this.#queues.get(name);
    if (queue) queue.push(task);
    else this.#queues.set(name, [task]);
  }

  /** Runs one task and then every promise that it settled. Resolves to false when no task was ready. */
  async step(): Promise<boolean> {
    const names = [...this.#queues.keys()];
    const name = names[Math.floor(this.random.float() * names.length)];
    if (name === undefined) return false;
    const queue = this.#queues.get(name)!;
    const task = queue.shift()!;
    if (queue.length === 0) this.#queues.delete(name);
    task();
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  /** Steps until no task is ready. */
  async drain(): Promise<void> {
    while (await this.step());
  }
}
