import { deepEqual, type FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { labelProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { forbiddenField, nonNegative } from './field-checks.js';
import { isFields, listOf } from './pod-spec-defaults.js';
import { defaultTemplate, specOf, validateRunsForEver, validateSelectorAndTemplate } from './workload.js';

const CHANGEABLE = ['replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy', 'minReadySeconds'];

/** apps/v1 StatefulSet. */
export const statefulSetRules: KindRules = {
  hasGeneration: true,
  // Pods are named after it and an ordinal, and their names are host names.
  validateName: (name, prefix) => (name.length > 63 ? ['must be no more than 63 characters'] : labelProblems(name, prefix)),
  defaults(object) {
    const spec = specOf(object);
    spec.podManagementPolicy ??= 'OrderedReady';
    const strategy = (spec.updateStrategy ??= {}) as Record<string, unknown>;
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') ((strategy.rollingUpdate ??= {}) as Record<string, unknown>).partition ??= 0;
    const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {}) as Record<string, unknown>;
    retention.whenDeleted ??= 'Retain';
    retention.whenScaled ??= 'Retain';
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.serviceName ??= '';
    for (const claim of listOf(spec.volumeClaimTemplates)) {
      claim.apiVersion ??= 'v1';
      claim.kind ??= 'PersistentVolumeClaim';
      ((claim.spec ??= {}) as Record<string, unknown>).volumeMode ??= 'Filesystem';
      ((claim.status ??= {}) as Record<string, unknown>).phase ??= 'Pending';
    }
    defaultTemplate(object);
  },
  validate,
  validateUpdate(object, old, subresource) {
    if (subresource === 'status') return [];
    const fixed = (spec: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(spec).filter(([field]) => !CHANGEABLE.includes(field)));
    const isFixed = deepEqual(fixed(specOf(object)), fixed(specOf({ ...old })));
    const names = `${CHANGEABLE.slice(0, -1).map((field) => `'${field}'`).join(', ')} and '${CHANGEABLE[CHANGEABLE.length - 1]}'`;
    return [...validate(object), ...(isFixed ? [] : [forbiddenField('spec', `updates to statefulset spec for fields other than ${names} are forbidden`)])];
  },
};

function validate(object: Fields): FieldError[] {
  const spec = specOf(object);
  const policy = spec.podManagementPolicy;
  return [
    ...(policy === 'OrderedReady' || policy === 'Parallel' ? [] : [invalidValue('spec.podManagementPolicy', policy ?? '', "must be 'OrderedReady' or 'Parallel'")]),
    ...validateStrategy(spec.updateStrategy),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', isFields(spec.ordinals) ? spec.ordinals.start : undefined),
    ...validateSelectorAndTemplate(object, 'statefulset'),
    ...validateRunsForEver(object, 'StatefulSet'),
  ];
}

function validateStrategy(strategy: unknown): FieldError[] {
  const { type, rollingUpdate } = (strategy ?? {}) as { type?: string; rollingUpdate?: { partition?: number; maxUnavailable?: unknown } };
  const at = 'spec.updateStrategy';
  if (type === 'OnDelete') {
    if (!rollingUpdate) return [];
    const shown = { Partition: rollingUpdate.partition ?? null, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
    return [invalidValue(`${at}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type === 'RollingUpdate') return nonNegative(`${at}.rollingUpdate.partition`, rollingUpdate?.partition);
  return [invalidValue(at, { Type: type ?? '', RollingUpdate: null }, "must be 'RollingUpdate' or 'OnDelete'")];
}

function validateRetention(policy: unknown): FieldError[] {
  if (!isFields(policy)) return [];
  return ['whenDeleted', 'whenScaled'].flatMap((field) => {
    const value = policy[field];
    if (value === 'Retain' || value === 'Delete') return [];
    const supported = '"Delete", "Retain"';
    return [{ type: 'FieldValueNotSupported' as const, field: `spec.persistentVolumeClaimRetentionPolicy.${field}`, message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}` }];
  });
}
