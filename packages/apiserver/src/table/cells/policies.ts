import type {
  MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration,
} from '@kubewright/api/admissionregistration/v1';
import type { FlowSchema, PriorityLevelConfiguration } from '@kubewright/api/flowcontrol/v1';
import type { PodDisruptionBudget } from '@kubewright/api/policy/v1';
import type { RoleBinding } from '@kubewright/api/rbac/v1';
import type { ResourceClaim, ResourceSlice } from '@kubewright/api/resource/v1';

import { ageOf } from '../age.js';
import { cellsOf, nameCell, NONE, UNSET } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

const budget = cellsOf<PodDisruptionBudget>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', `${spec?.minAvailable ?? 'N/A'}`, `${spec?.maxUnavailable ?? 'N/A'}`, status?.disruptionsAllowed ?? 0,
  ageOf(metadata?.creationTimestamp, now),
]);

const binding = cellsOf<RoleBinding>(({ metadata, roleRef, subjects = [] }, now) => {
  const named = (wanted: string) => subjects.filter(({ kind }) => kind === wanted);
  return [
    metadata?.name ?? '', `${roleRef?.kind}/${roleRef?.name}`, ageOf(metadata?.creationTimestamp, now),
    named('User').map(({ name }) => name).join(', '), named('Group').map(({ name }) => name).join(', '),
    named('ServiceAccount').map(({ namespace, name }) => `${namespace ?? ''}/${name}`).join(', '),
  ];
});

/** Mutating and validating ones. */
const webhooks = cellsOf<ValidatingWebhookConfiguration>(({ metadata, webhooks: list = [] }, now) => [
  metadata?.name ?? '', list.length, ageOf(metadata?.creationTimestamp, now),
]);

const validatingPolicy = cellsOf<ValidatingAdmissionPolicy>(({ metadata, spec }, now) => [
  metadata?.name ?? '', spec?.validations?.length ?? 0, kindText(spec?.paramKind), ageOf(metadata?.creationTimestamp, now),
]);

const mutatingPolicy = cellsOf<MutatingAdmissionPolicy>(({ metadata, spec }, now) => [
  metadata?.name ?? '', spec?.mutations?.length ?? 0, kindText(spec?.paramKind), ageOf(metadata?.creationTimestamp, now),
]);

function kindText(kind: { apiVersion?: string; kind?: string } | undefined): string {
  return kind === undefined ? UNSET : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`;
}

/** Mutating and validating ones. */
const policyBinding = cellsOf<ValidatingAdmissionPolicyBinding & MutatingAdmissionPolicyBinding>(({ metadata, spec }, now) => {
  const parameters = spec?.paramRef;
  const reference = parameters === undefined ? UNSET : parameters.namespace ? `${parameters.namespace}/${parameters.name ?? '*'}` : (parameters.name ?? '*');
  return [metadata?.name ?? '', spec?.policyName ?? '', reference, ageOf(metadata?.creationTimestamp, now)];
});

const flowSchema = cellsOf<FlowSchema>(({ metadata, spec, status }, now) => {
  const dangling = status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?';
  return [
    metadata?.name ?? '', spec?.priorityLevelConfiguration?.name ?? '', spec?.matchingPrecedence ?? 0, spec?.distinguisherMethod?.type ?? NONE,
    ageOf(metadata?.creationTimestamp, now), dangling,
  ];
});

const priorityLevel = cellsOf<PriorityLevelConfiguration>(({ metadata, spec }, now) => {
  const limited = spec?.limited;
  const queuing = limited?.limitResponse?.queuing;
  const shares = limited?.nominalConcurrencyShares ?? spec?.exempt?.nominalConcurrencyShares;
  return [
    metadata?.name ?? '', spec?.type ?? '', shares ?? NONE, queuing?.queues ?? NONE, queuing?.handSize ?? NONE, queuing?.queueLengthLimit ?? NONE,
    ageOf(metadata?.creationTimestamp, now),
  ];
});

const resourceClaim = cellsOf<ResourceClaim>((claim, now) => [nameCell(claim), claimState(claim), ageOf(claim.metadata?.creationTimestamp, now)]);

function claimState({ metadata, status }: Stored<ResourceClaim>): string {
  const states = metadata?.deletionTimestamp === undefined ? [] : ['deleted'];
  if (status?.allocation === undefined) return states.join(',') || 'pending';
  states.push('allocated');
  if (status.reservedFor?.length) states.push('reserved');
  return states.join(',');
}

const resourceSlice = cellsOf<ResourceSlice>(({ metadata, spec }, now) => [
  metadata?.name ?? '', spec?.nodeName ?? '', spec?.driver ?? '', spec?.pool?.name ?? '', ageOf(metadata?.creationTimestamp, now),
]);

/** Kinds of which the table shows the age alone. */
const agedCells: CellFunction = (object, now) => [nameCell(object), ageOf(object.metadata.creationTimestamp, now)];

export const POLICY_CELLS: Readonly<Record<string, CellFunction>> = {
  'policy/v1 poddisruptionbudgets': budget,
  'rbac.authorization.k8s.io/v1 rolebindings': binding,
  'rbac.authorization.k8s.io/v1 clusterrolebindings': binding,
  'admissionregistration.k8s.io/v1 mutatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/v1 validatingwebhookconfigurations': webhooks,
  'admissionregistration.k8s.io/v1 validatingadmissionpolicies': validatingPolicy,
  'admissionregistration.k8s.io/v1 validatingadmissionpolicybindings': policyBinding,
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicies': mutatingPolicy,
  'admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings': policyBinding,
  'flowcontrol.apiserver.k8s.io/v1 flowschemas': flowSchema,
  'flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations': priorityLevel,
  'resource.k8s.io/v1 resourceclaims': resourceClaim,
  'resource.k8s.io/v1 resourceslices': resourceSlice,
  'resource.k8s.io/v1 deviceclasses': agedCells,
  'resource.k8s.io/v1 resourceclaimtemplates': agedCells,
};
