import type { FieldError } from '../status/field-error.js';

import { goQuote, goValue } from './go-text.js';

/**
 * Makes {@link FieldError}s with the texts of k8s.io/apimachinery's field package. A path is `spec.list[0].name`, or `spec.map[key]` where a
 * definition is talked about; the object itself is {@link NO_FIELD}.
 */
export const NO_FIELD = '<nil>';

/** The path of a property below `path`. */
export function childPath(path: string, name: string): string {
  return path === '' || path === NO_FIELD ? name : `${path}.${name}`;
}

export function fieldRequired(field: string, detail = ''): FieldError {
  return make('FieldValueRequired', field, 'Required value', detail);
}

export function fieldInvalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueInvalid', field, `Invalid value: ${goValue(value)}`, detail);
}

export function fieldTypeInvalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueTypeInvalid', field, `Invalid value: ${goValue(value)}`, detail);
}

export function fieldNotSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(goQuote).join(', ')}`;
  return make('FieldValueNotSupported', field, `Unsupported value: ${goValue(value)}`, detail);
}

export function fieldDuplicate(field: string, value: unknown): FieldError {
  return make('FieldValueDuplicate', field, `Duplicate value: ${goValue(value)}`, '');
}

export function fieldForbidden(field: string, detail: string): FieldError {
  return make('FieldValueForbidden', field, 'Forbidden', detail);
}

export function fieldTooLong(field: string, max: number): FieldError {
  return make('FieldValueTooLong', field, 'Too long', `may not be more than ${max} ${max === 1 ? 'byte' : 'bytes'}`);
}

export function fieldTooMany(field: string, actual: number, max: number): FieldError {
  return make('FieldValueTooMany', field, `Too many: ${actual}`, `must have at most ${max} ${max === 1 ? 'item' : 'items'}`);
}

function make(type: FieldError['type'], field: string, head: string, detail: string): FieldError {
  return { type, field: field === '' ? NO_FIELD : field, message: detail === '' ? head : `${head}: ${detail}` };
}
