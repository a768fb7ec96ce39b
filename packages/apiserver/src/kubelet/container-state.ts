import type { Container, ContainerState as ContainerStateV1, ContainerStatus, ContainerStateTerminated } from '@kubewright/api/core/v1';
import { formatTime } from '@kubewright/api';

import type { ContainerExit, ContainerProcess, ContainerRole } from './container-runtime.js';

/** Where one container of a pod is. */
export type ContainerPhase =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  /** The runtime was told to start it. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly process: ContainerProcess; readonly since: number; readonly isStarted: boolean; readonly isReady: boolean; readonly isStopping: boolean }
  | { readonly kind: 'terminated'; readonly process: ContainerProcess; readonly since: number; readonly until: number; readonly exit: ContainerExit };

/** What a kubelet knows of a container beyond its specification. */
export interface ContainerRecord {
  readonly container: Container;
  readonly role: ContainerRole;
  phase: ContainerPhase;
  restarts: number;
  /** The run before. */
  last: Extract<ContainerPhase, { kind: 'terminated' }> | undefined;
  /** When it may be started again; monotonic milliseconds. */
  notBefore: number;
}

export function newRecord(container: Container, role: ContainerRole, waitingReason: string): ContainerRecord {
  return { container, role, phase: { kind: 'waiting', reason: waitingReason }, restarts: 0, last: undefined, notBefore: 0 };
}

/** The part of the pod's status that is about this container. */
export function containerStatus(record: ContainerRecord, runtime: string): ContainerStatus {
  const { container, phase } = record;
  const process = 'process' in phase ? phase.process : record.last?.process;
  const isReady = phase.kind === 'running' ? phase.isReady : record.role === 'init' && phase.kind === 'terminated' && phase.exit.exitCode === 0;
  return {
    name: container.name,
    state: stateOf(phase, runtime),
    lastState: record.last ? { terminated: terminatedState(record.last, runtime) } : {},
    ready: isReady,
    restartCount: record.restarts,
    image: container.image ?? '',
    imageID: process?.imageID ?? '',
    ...(process && { containerID: `${runtime}://${process.id}` }),
    started: phase.kind === 'running' && phase.isStarted,
  };
}

function stateOf(phase: ContainerPhase, runtime: string): ContainerStateV1 {
  switch (phase.kind) {
    case 'waiting':
      return { waiting: { reason: phase.reason, ...(phase.message && { message: phase.message }) } };
    case 'starting':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'running':
      return { running: { startedAt: formatTime(new Date(phase.since)) } };
    case 'terminated':
      return { terminated: terminatedState(phase, runtime) };
  }
}

function terminatedState({ process, since, until, exit }: Extract<ContainerPhase, { kind: 'terminated' }>, runtime: string): ContainerStateTerminated {
  return {
    exitCode: exit.exitCode,
    reason: exit.reason,
    ...(exit.message && { message: exit.message }),
    startedAt: formatTime(new Date(since)),
    finishedAt: formatTime(new Date(until)),
    containerID: `${runtime}://${process.id}`,
  };
}
