import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from '@kubewright/api/apps/v1';
import type { CronJob, Job } from '@kubewright/api/batch/v1';
import type { PodTemplate, ReplicationController } from '@kubewright/api/core/v1';

import { ageOf, humanDuration } from '../age.js';
import { cellsOf, containerCells, formatLabels, formatSelector, nameCell, NONE } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

const deployment = cellsOf<Deployment>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0,
  ageOf(metadata?.creationTimestamp, now), ...containerCells(spec?.template?.spec?.containers), formatSelector(spec?.selector),
]);

const replicaSet = cellsOf<ReplicaSet>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', spec?.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0, ageOf(metadata?.creationTimestamp, now),
  ...containerCells(spec?.template?.spec?.containers), formatSelector(spec?.selector),
]);

const replicationController = cellsOf<ReplicationController>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', spec?.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0, ageOf(metadata?.creationTimestamp, now),
  ...containerCells(spec?.template?.spec?.containers), formatLabels(spec?.selector),
]);

const statefulSet = cellsOf<StatefulSet>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`, ageOf(metadata?.creationTimestamp, now),
  ...containerCells(spec?.template?.spec?.containers),
]);

const daemonSet = cellsOf<DaemonSet>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', status?.desiredNumberScheduled ?? 0, status?.currentNumberScheduled ?? 0, status?.numberReady ?? 0,
  status?.updatedNumberScheduled ?? 0, status?.numberAvailable ?? 0, formatLabels(spec?.template?.spec?.nodeSelector),
  ageOf(metadata?.creationTimestamp, now), ...containerCells(spec?.template?.spec?.containers), formatSelector(spec?.selector),
]);

const controllerRevision = cellsOf<ControllerRevision>(({ metadata, revision }, now) => {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  const group = owner?.apiVersion?.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  const controller = owner === undefined ? NONE : `${owner.kind?.toLowerCase()}${group}/${owner.name}`;
  return [metadata?.name ?? '', controller, revision ?? 0, ageOf(metadata?.creationTimestamp, now)];
});

const job = cellsOf<Job>((object, now) => {
  const { metadata, spec } = object;
  return [
    metadata?.name ?? '', jobStatus(object), jobCompletions(object), jobDuration(object, now), ageOf(metadata?.creationTimestamp, now),
    ...containerCells(spec?.template?.spec?.containers), formatSelector(spec?.selector),
  ];
});

function jobStatus({ metadata, status }: Stored<Job>): string {
  const has = (type: string) => (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
  if (has('Complete')) return 'Complete';
  if (has('Failed')) return 'Failed';
  if (metadata?.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(has) ?? 'Running';
}

function jobCompletions({ spec, status }: Stored<Job>): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: Stored<Job>, now: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  return humanDuration(end - Date.parse(status.startTime));
}

const cronJob = cellsOf<CronJob>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', spec?.schedule ?? '', spec?.timeZone ?? NONE, spec?.suspend ? 'True' : 'False', status?.active?.length ?? 0,
  status?.lastScheduleTime ? ageOf(status.lastScheduleTime, now) : NONE, ageOf(metadata?.creationTimestamp, now),
  ...containerCells(spec?.jobTemplate?.spec?.template?.spec?.containers), formatSelector(spec?.jobTemplate?.spec?.selector),
]);

const podTemplate = cellsOf<PodTemplate>((object) => [
  nameCell(object), ...containerCells(object.template?.spec?.containers), formatLabels(object.template?.metadata?.labels),
]);

export const WORKLOAD_CELLS: Readonly<Record<string, CellFunction>> = {
  'apps/v1 deployments': deployment,
  'apps/v1 replicasets': replicaSet,
  'apps/v1 statefulsets': statefulSet,
  'apps/v1 daemonsets': daemonSet,
  'apps/v1 controllerrevisions': controllerRevision,
  'batch/v1 jobs': job,
  'batch/v1 cronjobs': cronJob,
  'v1 podtemplates': podTemplate,
  'v1 replicationcontrollers': replicationController,
};
