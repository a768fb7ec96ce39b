import type { Container, Pod, Probe } from '@kubewright/api/core/v1';
import type { Clock, Random, Timer } from '@kubewright/platform';

import type { ContainerExit, ContainerProcess, ContainerRole, ContainerRuntime, ExecResult, LogOptions, PodSandbox } from './container-runtime.js';

/** How a simulated container behaves. All times are milliseconds. */
export interface SimulatedRuntimeOptions {
  /** From the order to start a container until it runs: pulling its image, above all. @default 50 */
  readonly startTime?: number;
  /** From the start until startup and readiness probes succeed; a longer initialDelaySeconds counts. @default 200 */
  readonly readyAfter?: number;
  /** How long an init container runs. @default 20 */
  readonly initTime?: number;
  /** From SIGTERM to the end. @default 1000 */
  readonly stopAfter?: number;
  /** Containers that end by themselves, by their image. Others run until they are stopped, init containers aside. */
  readonly exits?: Readonly<Record<string, { readonly after: number; readonly exitCode: number }>>;
}

const DEFAULTS = { startTime: 50, readyAfter: 200, initTime: 20, stopAfter: 1000 } as const;

/** Pretends to run containers: nothing but timers. */
export class SimulatedRuntime implements ContainerRuntime {
  readonly name = 'simulated';
  readonly version = '1.0.0';
  readonly #processes = new WeakMap<ContainerProcess, SimulatedProcess>();
  readonly #running = new Set<SimulatedProcess>();
  readonly #closing = new AbortController();
  readonly #options: SimulatedRuntimeOptions & typeof DEFAULTS;

  constructor(private readonly clock: Clock, private readonly random: Random, options: SimulatedRuntimeOptions = {}) {
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = { ...DEFAULTS, ...given };
  }

  async prepare(): Promise<PodSandbox> {
    return {};
  }

  async start(pod: Pod, container: Container, role: ContainerRole): Promise<ContainerProcess> {
    const { startTime, initTime, exits } = this.#options;
    if (startTime > 0) await this.clock.sleep(startTime, this.#closing.signal);
    const process = new SimulatedProcess(this.clock, Buffer.from(this.random.bytes(32)).toString('hex'), pod, container);
    this.#processes.set(process, process);
    this.#running.add(process);
    void process.exited.then(() => this.#running.delete(process));
    const end = exits?.[container.image ?? ''] ?? (role === 'init' ? { after: initTime, exitCode: 0 } : undefined);
    if (end) process.endIn(end.after, { exitCode: end.exitCode, reason: end.exitCode === 0 ? 'Completed' : 'Error' });
    return process;
  }

  probe(process: ContainerProcess, _kind: 'startup' | 'readiness', probe: Probe, report: (isHealthy: boolean) => void): { cancel(): void } {
    const delay = Math.max(this.#options.readyAfter, (probe.initialDelaySeconds ?? 0) * 1000);
    const timer = this.clock.timer(delay, () => report(true));
    void process.exited.then(() => timer.cancel());
    return timer;
  }

  async stop(process: ContainerProcess, graceSeconds: number): Promise<void> {
    const simulated = this.#processes.get(process);
    if (!simulated) return;
    const grace = graceSeconds * 1000;
    const isKilled = grace < this.#options.stopAfter;
    simulated.endIn(Math.min(grace, this.#options.stopAfter), isKilled ? { exitCode: 137, reason: 'Error' } : { exitCode: 0, reason: 'Completed' });
    await process.exited;
  }

  async release(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort(new Error('the runtime is closed'));
    const running = [...this.#running];
    for (const process of running) process.endIn(0, { exitCode: 137, reason: 'Error' });
    await Promise.all(running.map(({ exited }) => exited));
  }

  async *logs(process: ContainerProcess, options: LogOptions): AsyncGenerator<string> {
    const simulated = this.#processes.get(process);
    if (!simulated) throw new Error(`container ${process.id} is not known to the simulated runtime`);
    const lines = simulated.lines(options.timestamps ?? false);
    yield* options.tailLines === undefined ? lines : lines.slice(Math.max(lines.length - options.tailLines, 0));
    if (options.follow) await process.exited;
  }

  async exec(_process: ContainerProcess, command: readonly string[]): Promise<ExecResult> {
    return { exitCode: 126, stdout: '', stderr: `the simulated runtime runs no commands: ${command.join(' ')}\n` };
  }
}

class SimulatedProcess implements ContainerProcess {
  readonly imageID: string;
  readonly exited: Promise<ContainerExit>;
  readonly #started: number;
  #settle: (exit: ContainerExit) => void = () => {};
  #ending: { due: number; timer: Timer } | undefined;

  constructor(private readonly clock: Clock, readonly id: string, private readonly pod: Pod, private readonly container: Container) {
    this.imageID = container.image ?? '';
    this.#started = clock.now();
    this.exited = new Promise((resolve) => (this.#settle = resolve));
  }

  /** The earliest end counts; one without delay needs no clock. */
  endIn(delay: number, exit: ContainerExit): void {
    const due = this.clock.monotonic() + delay;
    if (this.#ending && this.#ending.due < due) return;
    this.#ending?.timer.cancel();
    if (delay <= 0) this.#settle(exit);
    else this.#ending = { due, timer: this.clock.timer(delay, () => this.#settle(exit)) };
  }

  lines(withTime: boolean): string[] {
    const { namespace, name } = this.pod.metadata;
    const time = withTime ? `${new Date(this.#started).toISOString()} ` : '';
    return [`${time}simulated container ${this.container.name} of pod ${namespace}/${name}\n`, `${time}image ${this.container.image}\n`];
  }
}
