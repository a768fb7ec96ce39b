import type { APIService } from '@kubewright/api/apiregistration/v1';
import type { CertificateSigningRequest } from '@kubewright/api/certificates/v1';
import type { Lease } from '@kubewright/api/coordination/v1';
import type { ConfigMap, Namespace, Node, ResourceQuota, Secret, ServiceAccount } from '@kubewright/api/core/v1';
import type { RuntimeClass } from '@kubewright/api/node/v1';
import type { PriorityClass } from '@kubewright/api/scheduling/v1';

import { ageOf, humanDuration } from '../age.js';
import { cellsOf, createdAt, nameCell, NONE } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

const namespace = cellsOf<Namespace>(({ metadata, status }, now) => [metadata?.name ?? '', status?.phase ?? '', ageOf(metadata?.creationTimestamp, now)]);

const configMap = cellsOf<ConfigMap>(({ metadata, data, binaryData }, now) => [
  metadata?.name ?? '', Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length, ageOf(metadata?.creationTimestamp, now),
]);

const secret = cellsOf<Secret>(({ metadata, type, data }, now) => [
  metadata?.name ?? '', type ?? '', Object.keys(data ?? {}).length, ageOf(metadata?.creationTimestamp, now),
]);

const serviceAccount = cellsOf<ServiceAccount>(({ metadata }, now) => [metadata?.name ?? '', ageOf(metadata?.creationTimestamp, now)]);

const node = cellsOf<Node>((object, now) => {
  const { metadata, status } = object;
  const { kubeletVersion = '', osImage, kernelVersion, architecture, containerRuntimeVersion } = status?.nodeInfo ?? {};
  const address = (type: string) => status?.addresses?.find((candidate) => candidate.type === type)?.address ?? NONE;
  return [
    metadata?.name ?? '', nodeStatus(object), nodeRoles(metadata?.labels ?? {}), ageOf(metadata?.creationTimestamp, now), kubeletVersion,
    address('InternalIP'), address('ExternalIP'), osImage || '<unknown>',
    kernelVersion ? (architecture ? `${kernelVersion} (${architecture})` : kernelVersion) : '<unknown>', containerRuntimeVersion || '<unknown>',
  ];
});

function nodeStatus({ spec, status }: Stored<Node>): string {
  const ready = status?.conditions?.findLast(({ type }) => type === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function nodeRoles(labels: Readonly<Record<string, string | undefined>>): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value) roles.add(value);
  }
  return [...roles].sort().join(',') || NONE;
}

const resourceQuota = cellsOf<ResourceQuota>(({ metadata, status }, now) => {
  const [requests, limits]: [string[], string[]] = [[], []];
  for (const [name, hard] of Object.entries(status?.hard ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    (name.startsWith('limits.') ? limits : requests).push(`${name}: ${status?.used?.[name] ?? 0}/${hard}`);
  }
  return [metadata?.name ?? '', requests.join(', '), limits.join(', '), ageOf(metadata?.creationTimestamp, now)];
});

const lease = cellsOf<Lease>(({ metadata, spec }, now) => [metadata?.name ?? '', spec?.holderIdentity ?? '', ageOf(metadata?.creationTimestamp, now)]);

const priorityClass = cellsOf<PriorityClass>(({ metadata, value, globalDefault, preemptionPolicy }, now) => [
  metadata?.name ?? '', value ?? 0, globalDefault ?? false, ageOf(metadata?.creationTimestamp, now), preemptionPolicy ?? '',
]);

const runtimeClass = cellsOf<RuntimeClass>(({ metadata, handler }, now) => [metadata?.name ?? '', handler ?? '', ageOf(metadata?.creationTimestamp, now)]);

const apiService = cellsOf<APIService>(({ metadata, spec, status }, now) => {
  const available = status?.conditions?.find(({ type }) => type === 'Available');
  const text = available === undefined ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
  const target = spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local';
  return [metadata?.name ?? '', target, text, ageOf(metadata?.creationTimestamp, now)];
});

const signingRequest = cellsOf<CertificateSigningRequest>(({ metadata, spec, status }, now) => {
  const has = (wanted: string) => (status?.conditions ?? []).some(({ type }) => type === wanted);
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  const condition = `${verdict}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
  return [
    metadata?.name ?? '', ageOf(metadata?.creationTimestamp, now), spec?.signerName || '<none>', spec?.username ?? '',
    spec?.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000), condition,
  ];
});

/** Kinds of which the table shows when they were made. */
const createdCells: CellFunction = (object) => [nameCell(object), createdAt(object)];

export const CORE_CELLS: Readonly<Record<string, CellFunction>> = {
  'v1 namespaces': namespace,
  'v1 configmaps': configMap,
  'v1 secrets': secret,
  'v1 serviceaccounts': serviceAccount,
  'v1 nodes': node,
  'v1 resourcequotas': resourceQuota,
  'v1 limitranges': createdCells,
  'coordination.k8s.io/v1 leases': lease,
  'scheduling.k8s.io/v1 priorityclasses': priorityClass,
  'node.k8s.io/v1 runtimeclasses': runtimeClass,
  'apiregistration.k8s.io/v1 apiservices': apiService,
  'certificates.k8s.io/v1 certificatesigningrequests': signingRequest,
  'apiextensions.k8s.io/v1 customresourcedefinitions': createdCells,
  'rbac.authorization.k8s.io/v1 roles': createdCells,
  'rbac.authorization.k8s.io/v1 clusterroles': createdCells,
  'storage.k8s.io/v1 csistoragecapacities': createdCells,
};
