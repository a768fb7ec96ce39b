import type { Worker } from 'node:worker_threads';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Runnable } from './runnable.js';

/** What a {@link WorkerPool} runs. */
export interface WorkerPoolOptions {
  /** For logs and errors. @default 'worker pool' */
  readonly name?: string;
  /** The module whose exported functions are run: `new URL('./render.js', import.meta.url)`. It must be JavaScript that Node loads as it is. */
  readonly module: URL;
  /** Threads at most; each loads the module and has a heap of its own. @default 1 */
  readonly size?: number;
}

interface Job {
  readonly call: { readonly name: string; readonly input: unknown };
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
  isDropped: boolean;
}

/** What a thread runs: one call at a time, errors as values. */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads');
const loading = import(workerData);
parentPort.on('message', async ({ name, input }) => {
  try {
    const work = (await loading)[name];
    if (typeof work !== 'function') throw new TypeError('the module exports no function ' + name);
    parentPort.postMessage({ output: await work(input) });
  } catch (error) {
    parentPort.postMessage({ error });
  }
});`;

/**
 * Runs pure functions beside the event loop: a render that takes longer than some tens of milliseconds holds up every watch, probe and lease
 * renewal of its process. Input and output are copied, so the functions get plain data and give plain data back. Threads start with the first
 * calls that need them and end with the manager.
 *
 * @example
 * const pool = new WorkerPool({ module: new URL('./render.js', import.meta.url), size: 2 });
 * manager.add(pool);
 * const config = await pool.run<string>('renderConfig', { monitors }, context.signal);
 */
export class WorkerPool implements Runnable {
  readonly name: string;
  readonly needsLeaderElection = false;
  readonly #waiting: Job[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  #starting = 0;
  #isOver = false;

  constructor(private readonly options: WorkerPoolOptions) {
    this.name = options.name ?? 'worker pool';
    const { size = 1 } = options;
    if (!(Number.isInteger(size) && size >= 1)) throw new KubewrightError('KW_INVALID_OPTIONS', `${this.name}: size (${size}) must be a whole number, at least 1`);
  }

  /**
   * Runs one exported function. @throws what the function throws; KubewrightError KW_WORKER when its thread died; the signal's reason, after which
   * a call that was begun still occupies its thread to its end
   */
  run<T>(name: string, input: unknown, signal?: AbortSignal): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isOver) return reject(new KubewrightError('KW_WORKER', `${this.name}: ${name}: the pool has ended`, { retry: 'never' }));
      if (signal?.aborted) return reject(signal.reason as Error);
      const job: Job = { call: { name, input }, isDropped: false, resolve: (output) => (end(), resolve(output)), reject: (error) => (end(), reject(error as Error)) };
      const onAbort = (): void => {
        job.isDropped = true;
        job.reject(signal?.reason);
      };
      const end = (): void => signal?.removeEventListener('abort', onAbort);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(job);
      void this.#next();
      return undefined;
    }) as Promise<T>;
  }

  /** Ends the threads when the signal aborts; what they had not done is rejected. */
  async start(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.#isOver = true;
    const over = new KubewrightError('KW_WORKER', `${this.name}: the pool has ended`, { retry: 'never' });
    for (const job of [...this.#waiting.splice(0), ...this.#busy.values()]) job.reject(over);
    await Promise.all([...this.#idle.splice(0), ...this.#busy.keys()].map((worker) => worker.terminate()));
  }

  async #next(): Promise<void> {
    const worker = this.#idle.pop();
    if (worker) return this.#give(worker);
    if (this.#busy.size + this.#starting >= (this.options.size ?? 1)) return;
    this.#starting++;
    const { Worker } = await import('node:worker_threads');
    this.#starting--;
    if (!this.#isOver) this.#give(this.#watched(new Worker(BOOTSTRAP, { eval: true, workerData: this.options.module.href })));
  }

  #give(worker: Worker): void {
    let job = this.#waiting.shift();
    while (job?.isDropped) job = this.#waiting.shift();
    if (!job) return void this.#idle.push(worker);
    this.#busy.set(worker, job);
    worker.ref();
    try {
      worker.postMessage(job.call);
    } catch (error) {
      this.#busy.delete(worker); // the input can not be copied
      job.reject(error);
      this.#give(worker);
    }
  }

  #watched(worker: Worker): Worker {
    worker.on('message', (answer: { readonly output?: unknown; readonly error?: unknown }) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      worker.unref(); // an idle thread keeps no process alive
      if ('error' in answer) job?.reject(answer.error);
      else job?.resolve(answer.output);
      this.#give(worker);
    });
    const died = (cause: unknown): void => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      if (this.#idle.includes(worker)) this.#idle.splice(this.#idle.indexOf(worker), 1);
      job?.reject(new KubewrightError('KW_WORKER', `${this.name}: the thread of ${job.call.name} died`, { cause }));
      if (!this.#isOver && this.#waiting.length > 0) void this.#next();
    };
    worker.once('error', died);
    worker.once('exit', (code) => died(new Error(`exit code ${code}`)));
    return worker;
  }
}
