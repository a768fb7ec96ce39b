import type { GoField, GoShape } from './go-shape.js';
import { GoDecodeError, readAsGo } from './go-shape.js';

/**
 * Reads `metadata` as the server's ObjectMeta: unknown fields, nulls and empty fields go, and a value of a wrong type is an error. Custom
 * resources and embedded ones keep their metadata as they came otherwise.
 * @param path of the metadata, for the paths of what is unknown
 * @throws GoDecodeError
 */
export function readObjectMeta(metadata: unknown, path = 'metadata'): { metadata: Record<string, unknown>; unknown: string[] } {
  const read = readAsGo(metadata, OBJECT_META, path);
  return { metadata: read.value as Record<string, unknown>, unknown: read.unknown };
}

const string: GoShape = { kind: 'string', type: 'string' };
const uid: GoShape = { kind: 'string', type: 'types.UID' };
const bool: GoShape = { kind: 'bool', type: 'bool' };
const int64: GoShape = { kind: 'int64', type: 'int64' };
const strings: GoShape = { kind: 'list', of: () => string, type: '[]string' };
const stringMap: GoShape = { kind: 'map', of: () => string, type: 'map[string]string' };
const anything: GoShape = { kind: 'any' };
const omit = (shape: GoShape): GoField => ({ shape, when: 'omit' });
const keep = (shape: GoShape): GoField => ({ shape, when: 'keep' });
const pointer = (shape: GoShape): GoField => ({ shape, when: 'pointer' });

const time: GoShape = {
  kind: 'custom',
  decode: (value) => {
    if (value === null || value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw new GoDecodeError(`json: cannot unmarshal ${typeof value === 'number' ? 'number' : typeof value} into Go value of type string`);
    if (Number.isNaN(Date.parse(value)) || !/^\d{4}-\d{2}-\d{2}T/.test(value)) {
      throw new GoDecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`);
    }
    return value;
  },
};

const OWNER: GoShape = {
  kind: 'struct', name: 'OwnerReference', type: 'v1.OwnerReference',
  fields: () => ({ apiVersion: keep(string), kind: keep(string), name: keep(string), uid: keep(uid), controller: pointer(bool), blockOwnerDeletion: pointer(bool) }),
};

const MANAGED_FIELDS: GoShape = {
  kind: 'struct', name: 'ManagedFieldsEntry', type: 'v1.ManagedFieldsEntry',
  fields: () => ({
    manager: omit(string), operation: omit({ kind: 'string', type: 'v1.ManagedFieldsOperationType' }), apiVersion: omit(string), time: pointer(time),
    fieldsType: omit(string), fieldsV1: pointer(anything), subresource: omit(string),
  }),
};

const OBJECT_META_FIELDS: Readonly<Record<string, GoField>> = {
  name: omit(string),
  generateName: omit(string),
  namespace: omit(string),
  selfLink: omit(string),
  uid: omit(uid),
  resourceVersion: omit(string),
  generation: omit(int64),
  creationTimestamp: omit(time),
  deletionTimestamp: pointer(time),
  deletionGracePeriodSeconds: pointer(int64),
  labels: omit(stringMap),
  annotations: omit(stringMap),
  ownerReferences: omit({ kind: 'list', of: () => OWNER, type: '[]v1.OwnerReference' }),
  finalizers: omit(strings),
  managedFields: omit({ kind: 'list', of: () => MANAGED_FIELDS, type: '[]v1.ManagedFieldsEntry' }),
};

const OBJECT_META: GoShape = { kind: 'struct', name: 'ObjectMeta', type: 'v1.ObjectMeta', fields: () => OBJECT_META_FIELDS };
