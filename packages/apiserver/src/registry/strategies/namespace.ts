import type { FieldError } from '@kubewright/api';

import type { KindRules } from '../builtin-strategy.js';
import { labelProblems, qualifiedNameProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { isFields } from './pod-spec-defaults.js';
import { specOf } from './workload.js';

const NAME_LABEL = 'kubernetes.io/metadata.name';

/** v1 Namespace. Its own finalizers, in the spec, hold it until the namespace controller has emptied it. */
export const namespaceRules: KindRules = {
  validateName: labelProblems,
  returnsDeletedObject: true,
  defaults(object) {
    if (object.metadata.name) object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name };
  },
  prepareForCreate(object) {
    object.status = { phase: 'Active' };
    const spec = specOf(object);
    const finalizers = Array.isArray(spec.finalizers) ? spec.finalizers : [];
    spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'];
    if (object.metadata.name) object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: object.metadata.name };
  },
  prepareForUpdate(object, old, subresource) {
    if (subresource === 'finalize') {
      object.status = old.status;
      return;
    }
    // Only the finalize subresource changes these.
    const before = isFields(old.spec) ? old.spec.finalizers : undefined;
    if (before === undefined) delete specOf(object).finalizers;
    else specOf(object).finalizers = before;
  },
  holdsDeletion: (object) => {
    const { spec } = object as { spec?: { finalizers?: readonly string[] } };
    return (spec?.finalizers?.length ?? 0) > 0;
  },
  prepareForDeletion(object) {
    (object as { status?: { phase?: string } }).status = { ...(object as { status?: object }).status, phase: 'Terminating' };
  },
  validate(object) {
    const label = object.metadata.labels?.[NAME_LABEL];
    const { finalizers } = specOf(object);
    return [
      ...(label === undefined || label === object.metadata.name ? [] : [invalidValue(`metadata.labels[${NAME_LABEL}]`, label, `must be ${object.metadata.name ?? ''}`)]),
      ...(Array.isArray(finalizers) ? (finalizers as string[]) : []).flatMap(validateFinalizer),
    ];
  },
  validateUpdate: () => [],
};

function validateFinalizer(finalizer: string): FieldError[] {
  const field = 'spec.finalizers';
  const isStandard = finalizer.includes('/') || finalizer === 'kubernetes';
  return [
    ...qualifiedNameProblems(finalizer).map((problem) => invalidValue(field, finalizer, problem)),
    ...(isStandard ? [] : [invalidValue(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]),
  ];
}
