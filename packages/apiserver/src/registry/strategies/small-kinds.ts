/** Kinds that need a line or two beside what is true of all. */
import type { KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { required } from './field-checks.js';
import { listOf } from './pod-spec-defaults.js';
import { specOf } from './workload.js';

/** A spec that is counted, and nothing else. */
export const countedRules: KindRules = { hasGeneration: true };

/** Kinds whose deletion answers with the object. */
export const returningRules: KindRules = { returnsDeletedObject: true };

/** coordination.k8s.io/v1 Lease. */
export const leaseRules: KindRules = {
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  validate(object) {
    const { leaseDurationSeconds, leaseTransitions } = specOf(object);
    return [
      ...(typeof leaseDurationSeconds === 'number' && leaseDurationSeconds <= 0 ? [invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')] : []),
      ...(typeof leaseTransitions === 'number' && leaseTransitions < 0 ? [invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')] : []),
    ];
  },
};

/** v1 PersistentVolumeClaim. */
export const claimRules: KindRules = {
  returnsDeletedObject: true,
  defaults(object) {
    specOf(object).volumeMode ??= 'Filesystem';
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending' };
  },
};

/** v1 PersistentVolume. */
export const volumeRules: KindRules = {
  returnsDeletedObject: true,
  defaults(object) {
    const spec = specOf(object);
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending' };
  },
};

/** networking.k8s.io/v1 NetworkPolicy. */
export const networkPolicyRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    const spec = specOf(object);
    if (!Array.isArray(spec.policyTypes) || spec.policyTypes.length === 0) spec.policyTypes = listOf(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    for (const rule of [...listOf(spec.ingress), ...listOf(spec.egress)]) for (const port of listOf(rule.ports)) port.protocol ??= 'TCP';
  },
};

/** storage.k8s.io/v1 StorageClass. */
export const storageClassRules: KindRules = {
  defaults(object) {
    object.reclaimPolicy ??= 'Delete';
    object.volumeBindingMode ??= 'Immediate';
  },
};

/** scheduling.k8s.io/v1 PriorityClass. */
export const priorityClassRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
};

/** v1 Endpoints and discovery.k8s.io/v1 EndpointSlice. */
export const endpointsRules: KindRules = {
  allowCreateOnUpdate: true,
  defaults(object) {
    for (const subset of listOf(object.subsets)) for (const port of listOf(subset.ports)) port.protocol ??= 'TCP';
  },
};
export const endpointSliceRules: KindRules = {
  hasGeneration: true,
  defaults(object) {
    for (const port of listOf(object.ports)) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  validate: (object) => (object.addressType ? [] : [required('addressType')]),
};
