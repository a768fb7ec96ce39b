/** Checks that many kinds share, with the texts of the real server (k8s.io/apimachinery/pkg/util/validation/field). */
import { deepEqual, type FieldError, type LabelSelector } from '@kubewright/api';

import { labelValueProblems, qualifiedNameProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, message: detail === '' ? 'Required value' : `Required value: ${detail}` };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, message: `Forbidden: ${detail}` };
}

/** `shown` is quoted as JSON. */
export function notSupported(field: string, shown: unknown, supported: readonly string[]): FieldError {
  return { type: 'FieldValueNotSupported', field, message: `Unsupported value: ${JSON.stringify(shown)}: supported values: ${supported.map((value) => JSON.stringify(value)).join(', ')}` };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, message: `Duplicate value: ${JSON.stringify(value)}` };
}

/** Numbers that count something. */
export function nonNegative(field: string, value: unknown): FieldError[] {
  return typeof value === 'number' && value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
}

/** @param value undefined passes: what is required is checked elsewhere */
export function oneOf(field: string, value: unknown, supported: readonly string[]): FieldError[] {
  return value === undefined || supported.includes(String(value)) ? [] : [notSupported(field, value, supported)];
}

/** A field that only create may set. */
export function immutable(field: string, value: unknown, old: unknown): FieldError[] {
  return deepEqual(value, old) ? [] : [invalidValue(field, value, 'field is immutable')];
}

/** Problems of a label selector. */
export function validateSelector(selector: LabelSelector, field: string): FieldError[] {
  const errors = Object.entries(selector.matchLabels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(`${field}.matchLabels`, key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(`${field}.matchLabels`, value, problem)),
  ]);
  (selector.matchExpressions ?? []).forEach(({ key, operator, values = [] }, index) => {
    const at = `${field}.matchExpressions[${index}]`;
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else errors.push(invalidValue(`${at}.operator`, operator, 'not a valid selector operator'));
    errors.push(...qualifiedNameProblems(key).map((problem) => invalidValue(`${at}.key`, key, problem)));
  });
  return errors;
}
