import { deepEqual, isNotFound } from '@kubewright/api';
import { Pod, type PodStatus } from '@kubewright/api/core/v1';
import type { Clock, Logger } from '@kubewright/platform';

import type { ControllerClient } from '../controllers/client.js';
import type { EventRecorder } from '../controllers/event-recorder.js';
import type { AddressPool } from './address-pool.js';
import type { ContainerRuntime } from './container-runtime.js';
import { newRecord, type ContainerPhase, type ContainerRecord } from './container-state.js';
import { environmentProblem, mountProblem, type ReferenceLookup } from './pod-references.js';
import { isInitialized, podStatus, restarts } from './pod-status.js';

/** What a {@link PodWorker} works with. */
export interface PodWorkerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly client: ControllerClient;
  readonly events: EventRecorder;
  readonly runtime: ContainerRuntime;
  readonly addresses: AddressPool;
  readonly hostIP: string;
  readonly find: ReferenceLookup;
  /** Asks for another {@link PodWorker.sync}. */
  readonly wake: () => void;
}

const FIRST_BACKOFF = 10_000;
const LAST_BACKOFF = 300_000;
/** A container that ran for this long starts with a clean slate. */
const BACKOFF_FORGOTTEN = 600_000;

type Running = Extract<ContainerPhase, { kind: 'running' }>;

/** One pod on a node, from its first sight to its end. It acts on what is, not on what has happened: each sync takes the next steps. */
export class PodWorker {
  readonly #init: ContainerRecord[];
  readonly #app: ContainerRecord[];
  readonly #startTime: number;
  readonly #starting = new Set<Promise<void>>();
  #podIP: string | undefined;
  #ownsAddress = false;
  #isPrepared = false;
  #isWaitingForVolumes = false;
  #isReleased = false;
  #reported: PodStatus | undefined;
  #lastMountProblem = '';

  constructor(private pod: Pod, private readonly options: PodWorkerOptions) {
    const waiting = pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
    this.#init = (pod.spec.initContainers ?? []).map((container) => newRecord(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init', waiting));
    this.#app = pod.spec.containers.map((container) => newRecord(container, 'app', waiting));
    this.#startTime = options.clock.now();
  }

  /** Whether a Secret or a ConfigMap that appears may help. */
  get isWaitingForReferences(): boolean {
    return this.#isWaitingForVolumes || [...this.#init, ...this.#app].some(({ phase }) => phase.kind === 'waiting' && phase.reason === 'CreateContainerConfigError');
  }

  /** A container by its name; the app's first one without. */
  record(name?: string): ContainerRecord | undefined {
    return name === undefined ? this.#app[0] : [...this.#app, ...this.#init].find(({ container }) => container.name === name);
  }

  /** Takes the next steps towards `pod`. Returns in how many milliseconds to look again, if nothing happens before. */
  async sync(pod: Pod): Promise<number | void> {
    this.pod = pod;
    const isOver = this.#status().phase === 'Succeeded' || this.#status().phase === 'Failed';
    let delay: number | undefined;
    if (pod.metadata.deletionTimestamp) this.#stopAll(this.#graceLeft(), 'Stopping container');
    else if (!isOver) delay = await this.#advance();
    if (this.#app.every(({ phase }) => phase.kind === 'terminated') && this.#app.every((record) => !restarts(pod, record))) this.#stopSidecars();
    await this.#report();
    if (pod.metadata.deletionTimestamp && !this.#isAnythingRunning()) await this.#finish();
    return delay;
  }

  /** Ends everything at once: the pod is gone. What is just being started is ended when it runs. */
  async abandon(): Promise<void> {
    this.#isReleased = true;
    await Promise.all(this.#running().map(({ process }) => this.options.runtime.stop(process, 0)));
    await this.#release();
  }

  /** Resolves when nothing is under way any more; the runtime has been closed. */
  async ended(): Promise<void> {
    this.#isReleased = true;
    await Promise.all(this.#starting);
  }

  async #advance(): Promise<number | undefined> {
    if (!this.#isPrepared && !(await this.#prepare())) return undefined;
    let delay: number | undefined;
    const soon = (wait: number | undefined): void => {
      if (wait !== undefined) delay = Math.min(delay ?? wait, wait);
    };
    for (const record of this.#init) {
      if (isInitialized(record) && record.phase.kind !== 'terminated') continue;
      if (record.phase.kind === 'terminated' && !restarts(this.pod, record)) {
        if (record.phase.exit.exitCode === 0) continue;
        return delay;
      }
      soon(this.#ensureStarted(record));
      if (!isInitialized(record)) return delay;
    }
    for (const record of this.#app) soon(this.#ensureStarted(record));
    return delay;
  }

  /** Volumes and an address. False when something is missing that may still come. */
  async #prepare(): Promise<boolean> {
    const { events, runtime, addresses, find, hostIP } = this.options;
    const problem = mountProblem(this.pod, find);
    this.#isWaitingForVolumes = problem !== undefined;
    if (problem) {
      if (problem !== this.#lastMountProblem) events.record(this.pod, 'Warning', 'FailedMount', problem);
      this.#lastMountProblem = problem;
      return false;
    }
    const sandbox = await runtime.prepare(this.pod);
    this.#ownsAddress = !sandbox.podIP && !this.pod.spec.hostNetwork;
    this.#podIP = sandbox.podIP ?? (this.pod.spec.hostNetwork ? hostIP : addresses.take());
    this.#isPrepared = true;
    return true;
  }

  /** Starts a container that should run and does not, unless it has to wait: then says how long. */
  #ensureStarted(record: ContainerRecord): number | undefined {
    const { clock, find } = this.options;
    if (record.phase.kind === 'starting' || record.phase.kind === 'running') return undefined;
    if (record.phase.kind === 'terminated') {
      if (!restarts(this.pod, record)) return undefined;
      this.#prepareRestart(record, record.phase);
    }
    const wait = record.notBefore - clock.monotonic();
    if (wait > 0) return wait;
    const problem = environmentProblem(this.pod, record.container, find);
    if (problem) record.phase = { kind: 'waiting', reason: 'CreateContainerConfigError', message: problem };
    else {
      record.phase = { kind: 'starting' };
      const starting = this.#start(record).finally(() => this.#starting.delete(starting));
      this.#starting.add(starting);
    }
    return undefined;
  }

  /** The first restart comes at once, the next ones after 10, 20, 40, … seconds. */
  #prepareRestart(record: ContainerRecord, phase: Extract<ContainerPhase, { kind: 'terminated' }>): void {
    const { clock } = this.options;
    const isFresh = phase.until - phase.since >= BACKOFF_FORGOTTEN;
    const backoff = record.restarts === 0 || isFresh ? 0 : Math.min(FIRST_BACKOFF * 2 ** (record.restarts - 1), LAST_BACKOFF);
    record.last = phase;
    record.restarts++;
    record.notBefore = clock.monotonic() + backoff;
    const { namespace, name, uid } = this.pod.metadata;
    const message = `back-off ${duration(backoff)} restarting failed container=${record.container.name} pod=${name}_${namespace}(${uid})`;
    record.phase = backoff > 0 ? { kind: 'waiting', reason: 'CrashLoopBackOff', message } : { kind: 'waiting', reason: 'ContainerCreating' };
    if (backoff > 0) this.options.events.record(this.pod, 'Warning', 'BackOff', `Back-off restarting failed container ${record.container.name} in pod ${name}_${namespace}(${uid})`);
  }

  async #start(record: ContainerRecord): Promise<void> {
    const { runtime, clock, events, wake, log } = this.options;
    try {
      const process = await runtime.start(this.pod, record.container, record.role);
      record.phase = { kind: 'running', process, since: clock.now(), isStarted: !record.container.startupProbe, isReady: false, isStopping: false };
      if (this.#isReleased) return await runtime.stop(process, 0);
      events.record(this.pod, 'Normal', 'Pulled', `Container image ${JSON.stringify(record.container.image)} already present on machine`);
      events.record(this.pod, 'Normal', 'Created', `Created container: ${record.container.name}`);
      events.record(this.pod, 'Normal', 'Started', `Started container ${record.container.name}`);
      this.#watchProbes(record, record.phase);
      void process.exited.then((exit) => {
        const { since } = record.phase as Running;
        record.phase = { kind: 'terminated', process, since, until: clock.now(), exit };
        wake();
      });
    } catch (error) {
      if (this.#isReleased) return;
      record.phase = { kind: 'waiting', reason: 'CreateContainerError', message: (error as Error).message };
      record.notBefore = clock.monotonic() + FIRST_BACKOFF;
      log.debug('container did not start', { pod: this.pod.metadata.name, container: record.container.name, error });
    }
    wake();
  }

  #watchProbes(record: ContainerRecord, running: Running): void {
    const { runtime, wake } = this.options;
    const { startupProbe, readinessProbe } = record.container;
    const set = (change: Partial<Running>): void => {
      if (record.phase.kind !== 'running' || record.phase.process !== running.process) return;
      record.phase = { ...record.phase, ...change };
      wake();
    };
    const watchReadiness = (): void => {
      if (!readinessProbe) return set({ isReady: true });
      const probe = runtime.probe(running.process, 'readiness', readinessProbe, (isReady) => set({ isReady }));
      void running.process.exited.then(() => probe.cancel());
    };
    if (!startupProbe) return watchReadiness();
    const probe = runtime.probe(running.process, 'startup', startupProbe, (isStarted) => {
      if (!isStarted) return;
      probe.cancel();
      set({ isStarted });
      watchReadiness();
    });
    void running.process.exited.then(() => probe.cancel());
  }

  #stopAll(graceSeconds: number, text: string): void {
    for (const record of [...this.#app, ...this.#init]) this.#stop(record, graceSeconds, text);
  }

  /** Sidecars outlive the containers that they serve, and no longer. */
  #stopSidecars(): void {
    for (const record of this.#init) if (record.role === 'sidecar') this.#stop(record, this.pod.spec.terminationGracePeriodSeconds ?? 30, 'Stopping container');
  }

  #stop(record: ContainerRecord, graceSeconds: number, text: string): void {
    if (record.phase.kind !== 'running' || record.phase.isStopping) return;
    record.phase = { ...record.phase, isStopping: true };
    this.options.events.record(this.pod, 'Normal', 'Killing', `${text} ${record.container.name}`);
    void this.options.runtime.stop(record.phase.process, graceSeconds);
  }

  /** The deadline stands in the object; what is left of it counts, however late we are. */
  #graceLeft(): number {
    const { deletionTimestamp = '', deletionGracePeriodSeconds = 0 } = this.pod.metadata;
    // The timestamp is when the grace period ends.
    return Math.min(Math.max((Date.parse(deletionTimestamp) - this.options.clock.now()) / 1000, 0), deletionGracePeriodSeconds);
  }

  #running(): Running[] {
    return [...this.#init, ...this.#app].map(({ phase }) => phase).filter((phase) => phase.kind === 'running');
  }

  #isAnythingRunning(): boolean {
    return this.#starting.size > 0 || this.#running().length > 0;
  }

  #status(): PodStatus {
    const { clock, hostIP, runtime } = this.options;
    return podStatus(this.pod, { init: this.#init, app: this.#app, startTime: this.#startTime, podIP: this.#podIP, hostIP, runtime: runtime.name }, clock.now());
  }

  async #report(): Promise<void> {
    const status = this.#status();
    if (this.#reported && deepEqual(status, this.#reported)) return;
    try {
      this.pod = await this.options.client.patch<Pod>(Pod, this.pod, 'strategic', { metadata: { uid: this.pod.metadata.uid }, status }, 'status');
      this.#reported = status;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Tells the server that the pod has ended; with that the object goes. */
  async #finish(): Promise<void> {
    if (this.#isReleased) return;
    const { namespace = '', name = '', uid } = this.pod.metadata;
    await this.#release();
    try {
      await this.options.client.delete(Pod, namespace, name, { gracePeriodSeconds: 0, ...(uid && { preconditions: { uid } }) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#isReleased = true;
  }

  async #release(): Promise<void> {
    if (!this.#isPrepared) return;
    this.#isPrepared = false;
    await this.options.runtime.release(this.pod);
    if (this.#podIP && this.#ownsAddress) this.options.addresses.free(this.#podIP);
    this.#ownsAddress = false;
  }
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
