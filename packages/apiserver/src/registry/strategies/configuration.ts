import { deepEqual, type FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { subdomainProblems } from '../names.js';
import { invalidValue } from '../object-meta.js';
import { forbiddenField, immutable, required } from './field-checks.js';

const LIMIT = 1024 * 1024;
const KEY = /^[-._a-zA-Z0-9]+$/;

/** v1 ConfigMap. */
export const configMapRules: KindRules = {
  validate: (object) => [...validateKeys(object, 'data'), ...validateKeys(object, 'binaryData'), ...validateOverlap(object), ...validateSize(object, '[]')],
  validateUpdate(object, old) {
    return [...validateImmutable(object, old, ['data', 'binaryData']), ...this.validate!(object)];
  },
};

/** v1 Secret. */
export const secretRules: KindRules = {
  defaults(object) {
    object.type ??= 'Opaque';
    mergeStringData(object);
  },
  validate: (object) => [...validateKeys(object, 'data'), ...validateSize(object, 'data'), ...validateTypedData(object)],
  validateUpdate(object, old) {
    return [...immutable('type', object.type, old.type), ...validateImmutable(object, old, ['data']), ...this.validate!(object)];
  },
};

/** Texts are a convenience of the API: what is stored is base64. */
function mergeStringData(object: Fields): void {
  const { stringData } = object as { stringData?: Record<string, string> };
  if (!stringData) return;
  const data = (object.data ??= {}) as Record<string, string>;
  for (const [key, value] of Object.entries(stringData)) data[key] = Buffer.from(value, 'utf8').toString('base64');
  delete object.stringData;
}

function validateKeys(object: Fields, field: string): FieldError[] {
  return Object.keys((object[field] ?? {})).flatMap((key) => {
    const at = `${field}[${key}]`;
    if (key.length > 253) return [invalidValue(at, key, 'must be no more than 253 bytes')];
    if (key === '.' || key === '..') return [invalidValue(at, key, `must not be '${key}'`)];
    if (key.startsWith('..')) return [invalidValue(at, key, "must not start with '..'")];
    if (KEY.test(key)) return [];
    return [invalidValue(at, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")];
  });
}

function validateOverlap(object: Fields): FieldError[] {
  const { data = {}, binaryData = {} } = object as { data?: object; binaryData?: object };
  return Object.keys(binaryData).filter((key) => key in data).map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
}

function validateSize(object: Fields, field: string): FieldError[] {
  const { data = {}, binaryData = {} } = object as { data?: Record<string, string>; binaryData?: Record<string, string> };
  const isEncoded = object.kind === 'Secret';
  const size = Object.values(data).reduce((sum, value) => sum + (isEncoded ? decodedLength(value) : Buffer.byteLength(value)), 0) + Object.values(binaryData).reduce((sum, value) => sum + decodedLength(value), 0);
  return size > LIMIT ? [{ type: 'FieldValueTooLong', field, message: `Too long: may not be more than ${LIMIT} bytes` }] : [];
}

function decodedLength(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}

function validateImmutable(object: Fields, old: Fields, fields: readonly string[]): FieldError[] {
  if (old.immutable !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  return [
    ...(object.immutable === true ? [] : [forbiddenField('immutable', detail)]),
    ...fields.filter((field) => !deepEqual(object[field] ?? {}, old[field] ?? {})).map((field) => forbiddenField(field, detail)),
  ];
}

const NEEDED: ReadonlyMap<string, readonly string[]> = new Map(Object.entries({
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
}));

function validateTypedData(object: Fields): FieldError[] {
  const { data = {}, type = '' } = object as { data?: Record<string, string>; type?: string };
  if (type === 'kubernetes.io/service-account-token') {
    const account = object.metadata.annotations?.['kubernetes.io/service-account.name'] ?? '';
    const field = 'metadata.annotations[kubernetes.io/service-account.name]';
    return account === '' ? [required(field)] : subdomainProblems(account).map((problem) => invalidValue(field, account, problem));
  }
  if (type === 'kubernetes.io/basic-auth') return 'username' in data || 'password' in data ? [] : [required('data[username]'), required('data[password]')];
  return (NEEDED.get(type) ?? []).filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
}
