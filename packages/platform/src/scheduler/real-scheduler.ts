import type { Scheduler } from './scheduler.js';

/** Runs tasks in the order in which they were queued, a batch in each turn of the event loop. */
export class RealScheduler implements Scheduler {
  #ready: (() => void)[] = [];

  schedule(_name: string, task: () => void): void {
    if (this.#ready.push(task) === 1) setImmediate(() => this.#run());
  }

  #run(): void {
    const batch = this.#ready;
    this.#ready = [];
    for (const task of batch) task();
  }
}

/** The scheduler for production; one instance serves the whole process. */
export const realScheduler: Scheduler = new RealScheduler();
