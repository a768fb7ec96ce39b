import { invalid, type FieldError } from '@kubewright/api';

import type { Query } from '../request/query.js';

/** Options of a write that travel as query parameters. */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** Empty when it was not given. */
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly force: boolean;
}

const LONGEST_MANAGER = 128;
const LEVELS = ['', 'Ignore', 'Warn', 'Strict'];

/** @param kind of the options object, for errors @throws ApiError Invalid */
export function parseWriteOptions(query: Query, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions', isApply = false): WriteOptions {
  const fieldManager = query.text('fieldManager');
  const level = query.text('fieldValidation');
  const force = query.flag('force');
  const errors = [
    ...validateDryRun(query.all('dryRun')),
    ...(kind === 'DeleteOptions' ? [] : validateManager(fieldManager)),
    ...(LEVELS.includes(level) ? [] : [notSupported('fieldValidation', JSON.stringify(level), ['', 'Ignore', 'Strict', 'Warn'])]),
  ];
  if (isApply && fieldManager === '') errors.push({ type: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' });
  if (kind === 'PatchOptions' && !isApply && force !== undefined) {
    errors.push({ type: 'FieldValueForbidden', field: 'force', message: 'Forbidden: may not be specified for non-apply patch' });
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return { dryRun: query.all('dryRun').length > 0, fieldManager, fieldValidation: (level || 'Warn') as WriteOptions['fieldValidation'], force: force ?? false };
}

/** Who writes when nobody says so: the first part of the user agent (kubectl/v1.32 gives kubectl). */
export function managerOf(userAgent: string): string {
  const name = userAgent.split('/')[0]!.slice(0, LONGEST_MANAGER);
  return name === '' ? 'unknown' : [...name].filter((character) => /[^\p{C}]/u.test(character)).join('');
}

/** Problems of `dryRun`. */
export function validateDryRun(values: readonly string[]): FieldError[] {
  const isKnown = values.every((value) => value === 'All');
  return isKnown ? [] : [notSupported('dryRun', `[${values.map((value) => JSON.stringify(value)).join(',')}]`, ['All'])];
}

function validateManager(manager: string): FieldError[] {
  if (Buffer.byteLength(manager) > LONGEST_MANAGER) {
    return [{ type: 'FieldValueTooLong', field: 'fieldManager', message: `Too long: may not be more than ${LONGEST_MANAGER} bytes` }];
  }
  const characters = [...manager];
  const position = characters.findIndex((character) => /\p{C}/u.test(character) || (/\s/u.test(character) && character !== ' '));
  if (position < 0) return [];
  const code = characters[position]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  const message = `Invalid value: ${JSON.stringify(manager)}: invalid character U+${code} (at position ${position})`;
  return [{ type: 'FieldValueInvalid', field: 'fieldManager', message }];
}

function notSupported(field: string, quoted: string, supported: readonly string[]): FieldError {
  return { type: 'FieldValueNotSupported', field, message: `Unsupported value: ${quoted}: supported values: ${supported.map((value) => JSON.stringify(value)).join(', ')}` };
}
