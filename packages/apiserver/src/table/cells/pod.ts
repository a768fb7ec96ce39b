import type { Container, ContainerStatus, Pod } from '@kubewright/api/core/v1';

import { ageOf } from '../age.js';
import { cellsOf, nameCell, NONE } from './cells.js';
import type { Stored } from './cells.js';

/** NAME READY STATUS RESTARTS AGE IP NODE NOMINATED-NODE READINESS-GATES */
export const podCells = cellsOf<Pod>((pod, now) => {
  const { ready, total, reason, restarts, lastRestart } = summarize(pod);
  const count = restarts !== 0 && lastRestart !== undefined ? `${restarts} (${ageOf(lastRestart, now)} ago)` : `${restarts}`;
  return [
    nameCell(pod), `${ready}/${total}`, reason, count, ageOf(pod.metadata?.creationTimestamp, now),
    pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || NONE, pod.spec?.nodeName || NONE, pod.status?.nominatedNodeName || NONE, gates(pod),
  ];
});

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  lastRestart: string | undefined;
}

function summarize(pod: Stored<Pod>): Summary {
  const sidecars = new Set((pod.spec?.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  const summary: Summary = {
    ready: 0, total: (pod.spec?.containers?.length ?? 0) + sidecars.size, reason: phaseOf(pod), restarts: 0, lastRestart: undefined,
  };
  const ofSidecars: Restarts = { restarts: 0, lastRestart: undefined };
  const isInitializing = addInitContainers(summary, ofSidecars, pod, sidecars);
  if (!isInitializing || hasCondition(pod, 'Initialized')) {
    Object.assign(summary, ofSidecars);
    addContainers(summary, pod);
  }
  if (pod.metadata?.deletionTimestamp !== undefined) {
    if (pod.status?.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (!['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) summary.reason = 'Terminating';
  }
  return summary;
}

function phaseOf({ status }: Stored<Pod>): string {
  const isGated = (status?.conditions ?? []).some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  return isGated ? 'SchedulingGated' : status?.reason || status?.phase || '';
}

/** Whether one of the init containers has not done its part; the first that has not gives the reason. */
function addInitContainers(summary: Summary, ofSidecars: Restarts, { spec, status }: Stored<Pod>, sidecars: ReadonlySet<string | undefined>): boolean {
  for (const [index, container] of (status?.initContainerStatuses ?? []).entries()) {
    addRestarts(summary, container);
    const isRestartable = sidecars.has(container.name);
    if (isRestartable) addRestarts(ofSidecars, container);
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isRestartable && container.started === true) {
      if (container.ready) summary.ready++;
      continue;
    }
    if (terminated !== undefined) summary.reason = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') summary.reason = `Init:${waiting.reason}`;
    else summary.reason = `Init:${index}/${spec?.initContainers?.length ?? 0}`;
    return true;
  }
  return false;
}

/** The first container that is not well gives the reason. */
function addContainers(summary: Summary, pod: Stored<Pod>): void {
  let hasRunning = false;
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    addRestarts(summary, container);
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) summary.reason = waiting.reason;
    else if (terminated !== undefined) summary.reason = terminated.reason || exitText(terminated);
    else if (container.ready && running !== undefined) {
      hasRunning = true;
      summary.ready++;
    }
  }
  // Some containers are through and others still run.
  if (summary.reason === 'Completed' && hasRunning) summary.reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

interface Restarts {
  restarts: number;
  lastRestart: string | undefined;
}

function addRestarts(sum: Restarts, { restartCount = 0, lastState }: Stored<ContainerStatus>): void {
  sum.restarts += restartCount;
  const finished = lastState?.terminated?.finishedAt;
  if (finished && (sum.lastRestart === undefined || finished > sum.lastRestart)) sum.lastRestart = finished;
}

function exitText({ signal, exitCode }: { signal?: number; exitCode?: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function isSidecar({ restartPolicy }: Stored<Container>): boolean {
  return restartPolicy === 'Always';
}

function hasCondition({ status }: Stored<Pod>, type: string): boolean {
  return (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

function gates(pod: Stored<Pod>): string {
  const list = pod.spec?.readinessGates ?? [];
  return list.length === 0 ? NONE : `${list.filter(({ conditionType }) => hasCondition(pod, conditionType ?? '')).length}/${list.length}`;
}
