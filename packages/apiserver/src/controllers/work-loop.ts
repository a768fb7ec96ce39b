import type { Clock, Logger, Scheduler, Timer } from '@kubewright/platform';

/** What a {@link WorkLoop} needs. */
export interface WorkLoopOptions {
  /** Names its tasks and log lines. */
  readonly name: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Brings the world of one key to where it should be. A failure is tried again, later each time. A number is milliseconds until the next look. */
  readonly process: (key: string) => Promise<number | void>;
  /** Keys that are worked on at the same time; one key never is. @default 4 */
  readonly concurrency?: number;
}

const FIRST_RETRY = 5;
const LAST_RETRY = 60_000;

/** Calls a function for keys that were added: once however often a key was added meanwhile, and again when it was added during the call. */
export class WorkLoop {
  readonly #ready = new Set<string>();
  readonly #active = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { timer: Timer; due: number }>();
  readonly #failures = new Map<string, number>();
  readonly #idle: (() => void)[] = [];
  #isScheduled = false;
  #isRunning = false;
  #isStopped = false;

  constructor(private readonly options: WorkLoopOptions) {}

  /** Works off what was added before. */
  start(): void {
    this.#isRunning = true;
    this.#wake();
  }

  /** Resolves when nothing is ready and nothing is under way; keys that wait for their time do not count. */
  idle(): Promise<void> {
    return this.#ready.size === 0 && this.#active.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Resolves when the calls under way have ended. Later additions are ignored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#ready.clear();
    this.#again.clear();
    for (const resolve of this.#idle.splice(0)) resolve();
    await Promise.all(this.#active.values());
  }

  add(key: string): void {
    if (this.#isStopped) return;
    this.#timers.get(key)?.timer.cancel();
    this.#timers.delete(key);
    if (this.#active.has(key)) this.#again.add(key);
    else {
      this.#ready.add(key);
      this.#wake();
    }
  }

  /** The earliest of several delays counts. */
  addAfter(key: string, delay: number): void {
    if (this.#isStopped) return;
    if (delay <= 0) return this.add(key);
    const { clock } = this.options;
    const due = clock.monotonic() + delay;
    const waiting = this.#timers.get(key);
    if (waiting && waiting.due <= due) return;
    waiting?.timer.cancel();
    this.#timers.set(key, { due, timer: clock.timer(delay, () => this.add(key)) });
  }

  #wake(): void {
    if (!this.#isRunning || this.#isScheduled || this.#ready.size === 0 || this.#active.size >= (this.options.concurrency ?? 4)) return;
    this.#isScheduled = true;
    this.options.scheduler.schedule(this.options.name, () => {
      this.#isScheduled = false;
      const key = this.#ready.values().next().value;
      if (key === undefined) return;
      this.#ready.delete(key);
      // Active first: what the call adds before its first wait must count as added meanwhile.
      this.#active.set(key, Promise.resolve().then(() => this.#work(key)));
      this.#wake();
    });
  }

  async #work(key: string): Promise<void> {
    const { name, log, process } = this.options;
    try {
      const delay = await process(key);
      this.#failures.delete(key);
      if (typeof delay === 'number') this.#addAfterWork(key, delay);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      log.debug('sync failed', { controller: name, key, failures, error });
      this.#addAfterWork(key, Math.min(FIRST_RETRY * 2 ** (failures - 1), LAST_RETRY));
    }
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
    this.#wake();
    if (this.#ready.size === 0 && this.#active.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #addAfterWork(key: string, delay: number): void {
    if (delay <= 0) this.#again.add(key);
    else this.addAfter(key, delay);
  }
}
