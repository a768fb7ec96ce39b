import { formatTime } from '@kubewright/api';
import type { Pod, PodCondition, PodStatus } from '@kubewright/api/core/v1';

import { containerStatus, type ContainerRecord } from './container-state.js';

/** What a kubelet knows of a pod. */
export interface PodFacts {
  readonly init: readonly ContainerRecord[];
  readonly app: readonly ContainerRecord[];
  readonly startTime: number;
  readonly podIP: string | undefined;
  readonly hostIP: string;
  readonly runtime: string;
}

/** The status of a pod as its kubelet reports it; conditions of others are not in it. */
export function podStatus(pod: Pod, facts: PodFacts, now: number): PodStatus {
  const { init, app, podIP, hostIP, runtime } = facts;
  const phase = podPhase(pod, facts);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const incomplete = init.filter((record) => !isInitialized(record)).map(({ container }) => container.name);
  const initialized = incomplete.length === 0 || (isOver && phase === 'Succeeded');
  const serving = [...app, ...init.filter(({ role }) => role === 'sidecar')];
  const unready = serving.filter(({ phase: state }) => !(state.kind === 'running' && state.isReady)).map(({ container }) => container.name);
  const containersReady = unready.length === 0 && !isOver && initialized;
  const gates = (pod.spec.readinessGates ?? []).filter(({ conditionType }) => !pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'));
  const completed = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const notReady: [string, string?] = isOver ? [completed] : ['ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`];
  const gateProblem: [string, string?] = ['ReadinessGatesNotReady', gates.map(({ conditionType }) => `corresponding condition of pod readiness gate "${conditionType}" does not exist.`).join(' ')];
  const set = (type: string, isTrue: boolean, problem: [string, string?] = ['']): PodCondition => condition(pod, type, isTrue, problem, now);
  return {
    observedGeneration: pod.metadata.generation ?? 0,
    phase,
    conditions: [
      set('PodReadyToStartContainers', podIP !== undefined && !isOver),
      set('Initialized', initialized, initialized ? (phase === 'Succeeded' ? ['PodCompleted'] : ['']) : ['ContainersNotInitialized', `containers with incomplete status: [${incomplete.join(' ')}]`]),
      set('Ready', containersReady && gates.length === 0, containersReady ? gateProblem : notReady),
      set('ContainersReady', containersReady, notReady),
      set('PodScheduled', true),
    ],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP && { podIP, podIPs: [{ ip: podIP }] }),
    startTime: formatTime(new Date(facts.startTime)),
    ...(init.length > 0 && { initContainerStatuses: init.map((record) => containerStatus(record, runtime)) }),
    containerStatuses: app.map((record) => containerStatus(record, runtime)),
  };
}

/** Whether the containers behind an init container may start. */
export function isInitialized({ role, phase, restarts }: ContainerRecord): boolean {
  if (role === 'sidecar') return (phase.kind === 'running' && phase.isStarted) || (restarts > 0 && phase.kind !== 'waiting');
  return phase.kind === 'terminated' && phase.exit.exitCode === 0;
}

/** Whether a container is started again after it has ended like this. */
export function restarts(pod: Pod, { role, phase }: ContainerRecord): boolean {
  if (pod.metadata.deletionTimestamp) return false;
  if (role === 'sidecar') return true;
  if (phase.kind !== 'terminated') return true;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (phase.exit.exitCode === 0) return role === 'app' && policy === 'Always';
  return policy !== 'Never';
}

function podPhase(pod: Pod, { init, app }: PodFacts): string {
  const hasFailed = (record: ContainerRecord): boolean => record.phase.kind === 'terminated' && record.phase.exit.exitCode !== 0 && !restarts(pod, record);
  if (init.some((record) => record.role === 'init' && hasFailed(record))) return 'Failed';
  const isOver = app.every((record) => record.phase.kind === 'terminated' && !restarts(pod, record));
  const sidecarsRun = init.some(({ role, phase }) => role === 'sidecar' && phase.kind === 'running');
  if (isOver && app.length > 0 && !sidecarsRun) return app.some(hasFailed) ? 'Failed' : 'Succeeded';
  const hasStarted = app.some(({ phase, last }) => phase.kind === 'running' || phase.kind === 'terminated' || last !== undefined);
  return hasStarted && init.every((record) => record.role === 'sidecar' || isInitialized(record)) ? 'Running' : 'Pending';
}

function condition(pod: Pod, type: string, isTrue: boolean, [reason, message]: [string, string?], now: number): PodCondition {
  const status = isTrue ? 'True' : 'False';
  const known = pod.status?.conditions?.find((present) => present.type === type);
  const lastTransitionTime = known?.status === status && known.lastTransitionTime ? known.lastTransitionTime : formatTime(new Date(now));
  // Null takes away what an earlier state has left: the status is written as a patch.
  const cleared = null as unknown as undefined;
  const told = !isTrue || reason === 'PodCompleted' ? reason : '';
  return { type, status, lastTransitionTime, reason: (told || cleared), message: ((told && message) || cleared) };
}
