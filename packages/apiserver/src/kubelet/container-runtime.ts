import type { Container, Pod, Probe } from '@kubewright/api/core/v1';

/** How a container ended. */
export interface ContainerExit {
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, … */
  readonly reason: string;
  readonly message?: string;
}

/** One run of a container. */
export interface ContainerProcess {
  /** Without a scheme. */
  readonly id: string;
  /** Digest or name of what it was made from. */
  readonly imageID: string;
  /** Settles when it has ended, however it did; never rejects. */
  readonly exited: Promise<ContainerExit>;
}

/** What a container is for its pod. */
export type ContainerRole = 'init' | 'sidecar' | 'app';

/** What a pod got before its first container. */
export interface PodSandbox {
  /** Undefined: the kubelet gives it one of its own range. */
  readonly podIP?: string;
}

/** Which part of a container's output is wanted. */
export interface LogOptions {
  /** Stays open for what is still to come. */
  readonly follow?: boolean;
  readonly tailLines?: number;
  /** The run before the present one. */
  readonly previous?: boolean;
  readonly timestamps?: boolean;
}

/** What a command that was run in a container has left. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs containers for a kubelet, which decides what runs when. simulated-runtime.ts pretends, in the Clock's time; a runtime with real
 * processes implements the same. The kubelet calls in this order: prepare, start for each container (again after an exit), stop for each
 * that runs, release; close at the end of all.
 */
export interface ContainerRuntime {
  /** The scheme of container ids. */
  readonly name: string;
  readonly version: string;

  /** Makes the place where a pod's containers run. @throws Error when it can not; tried again */
  prepare(pod: Pod): Promise<PodSandbox>;

  /** Resolves when the container runs. @throws Error when it can not be started; tried again after a while */
  start(pod: Pod, container: Container, role: ContainerRole): Promise<ContainerProcess>;

  /** Calls `report` with the probe's first verdict and each later change of it, until cancelled. */
  probe(process: ContainerProcess, kind: 'startup' | 'readiness', probe: Probe, report: (isHealthy: boolean) => void): { cancel(): void };

  /** Asks the process to end, and kills it after `graceSeconds`. Resolves when it has ended. */
  stop(process: ContainerProcess, graceSeconds: number): Promise<void>;

  /** The pod is gone, and its containers have ended. */
  release(pod: Pod): Promise<void>;

  /** Ends all containers at once, also those that are being started, and leaves nothing behind. The kubelet goes. */
  close(): Promise<void>;

  /** @throws Error for a process that the runtime does not know, any more */
  logs(process: ContainerProcess, options: LogOptions): AsyncIterable<string>;

  /** @throws Error where commands can not be run */
  exec(process: ContainerProcess, command: readonly string[]): Promise<ExecResult>;
}
