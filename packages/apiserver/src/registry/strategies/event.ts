import type { FieldError, KubeObject } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { invalidValue } from '../object-meta.js';
import { required } from './field-checks.js';
import { isFields } from './pod-spec-defaults.js';

/** Names of the fields of core/v1 Events and what events.k8s.io/v1 calls them; all others are the same. */
const RENAMED = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
] as const;

/** Turns Events of the one group into Events of the other. */
export function convertEvents(objects: readonly KubeObject[], apiVersion: string): readonly KubeObject[] {
  const toCore = apiVersion === 'v1';
  return objects.map((object) => {
    if (object.apiVersion === apiVersion) return object;
    const converted = { ...object, apiVersion } as Fields;
    // The newer group leaves out what nobody has set, the older one does not.
    if (!toCore) for (const field of ['reportingComponent', 'reportingInstance']) if (converted[field] === '') delete converted[field];
    for (const [core, other] of RENAMED) {
      const [from, to] = toCore ? [other, core] : [core, other];
      const value = converted[from];
      delete converted[from];
      if (value !== undefined) converted[to] = value;
    }
    if (toCore) {
      converted.reportingComponent ??= '';
      converted.reportingInstance ??= '';
    }
    return converted;
  });
}

/** v1 Event. */
export const coreEventRules: KindRules = {
  allowCreateOnUpdate: true,
  prepareForCreate: (object) => nullTimes(object, CORE_TIMES),
  prepareForUpdate: (object) => nullTimes(object, CORE_TIMES),
  defaultPropagation: 'unsupported',
  validate: (object) => validateNamespace(object, 'involvedObject'),
};

/** events.k8s.io/v1 Event: the newer, stricter one. */
export const eventRules: KindRules = {
  allowCreateOnUpdate: true,
  prepareForCreate: (object) => nullTimes(object, NEW_TIMES),
  prepareForUpdate: (object) => nullTimes(object, NEW_TIMES),
  defaultPropagation: 'unsupported',
  validate: (object) => [...validateNamespace(object, 'regarding'), ...validateNew(object)],
  validateUpdate: (object) => validateNamespace(object, 'regarding'),
};

const CORE_TIMES = ['eventTime', 'firstTimestamp', 'lastTimestamp'];
const NEW_TIMES = ['eventTime', 'deprecatedFirstTimestamp', 'deprecatedLastTimestamp'];

/** Times that Go writes even where there are none; nobody owns them. */
function nullTimes(object: Fields, fields: readonly string[]): void {
  for (const field of fields) object[field] ??= null;
}

function validateNamespace(object: Fields, field: 'involvedObject' | 'regarding'): FieldError[] {
  const about = isFields(object[field]) ? object[field] : {};
  const of = String(about.namespace ?? '');
  const namespace = object.metadata.namespace ?? '';
  if (of === '') return namespace === 'default' || namespace === '' ? [] : [invalidValue('involvedObject.namespace', of, 'does not match event.namespace')];
  return of === namespace ? [] : [invalidValue('involvedObject.namespace', of, 'does not match event.namespace')];
}

function validateNew(object: Fields): FieldError[] {
  const errors: FieldError[] = [];
  if (!object.eventTime) errors.push(required('eventTime'));
  if (object.type !== 'Normal' && object.type !== 'Warning') errors.push(invalidValue('type', object.type ?? '', `has invalid value: ${String(object.type ?? '')}`));
  if (!object.reportingController) errors.push(required('reportingController'));
  if (!object.reportingInstance) errors.push(required('reportingInstance'));
  if (!object.action) errors.push(required('action'));
  if (!object.reason) errors.push(required('reason'));
  return errors;
}
