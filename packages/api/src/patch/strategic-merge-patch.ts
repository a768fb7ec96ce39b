import { deepEqual } from '../json/deep-equal.js';
import type { JSONSchemaProps } from '../schema/json-schema.js';
import type { TypedSchema } from '../schema/typed-schema.js';
import { mergeInOrder } from './element-order.js';

/** A strategic merge patch that does not fit. The message is the API server's. */
export class StrategicMergePatchError extends Error {
  override readonly name = 'StrategicMergePatchError';
}

type Fields = Readonly<Record<string, unknown>>;

const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';
const SET_ORDER = '$setElementOrder/';

/**
 * The document with a strategic merge patch laid over it (k8s.io/apimachinery/pkg/util/strategicpatch). It merges like a merge patch, but
 * lists for which the schema says `x-kubernetes-patch-strategy: merge` are merged as well: items of objects are found by
 * `x-kubernetes-patch-merge-key`, other items are united. Directives in the patch say what a partial object can not:
 * `$patch: delete | replace | merge`, `$retainKeys`, `$deleteFromPrimitiveList/field` and `$setElementOrder/field`.
 * @throws StrategicMergePatchError
 */
export function applyStrategicMergePatch(document: unknown, patch: unknown, schema: TypedSchema): unknown {
  if (!isFields(patch)) throw new StrategicMergePatchError(`json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`);
  return mergeFields(isFields(document) ? document : {}, patch, schema.root, schema);
}

function mergeFields(original: Fields, patch: Fields, node: JSONSchemaProps | undefined, schema: TypedSchema): Fields {
  if (PATCH in patch) return replaceByDirective(patch);
  const result = new Map(Object.entries(retain(original, patch)));
  const changes = new Map(Object.entries(patch).filter(([key, change]) => key !== RETAIN_KEYS && change !== undefined));
  // Order directives take the list of the same name along; what is left is merged field by field.
  for (const [key, order] of [...changes]) {
    if (!key.startsWith(SET_ORDER)) continue;
    const name = key.slice(SET_ORDER.length);
    const merged = mergeWithOrder(result.get(name), changes.get(name), order, fieldOf(node, name, schema), schema);
    if (merged) result.set(name, merged);
    changes.delete(key);
    if (merged) changes.delete(name);
  }
  for (const [key, change] of changes) {
    const isDeletion = key.startsWith(DELETE_FROM_LIST);
    const name = isDeletion ? key.slice(DELETE_FROM_LIST.length) : key;
    const old = result.get(name);
    if (change === null) result.delete(name);
    else if (isDeletion) deleteFromList(result, name, change);
    else if (old === undefined || old === null) result.set(name, withoutDirectives(change));
    else result.set(name, mergeValue(old, change, fieldOf(node, name, schema), schema));
  }
  return Object.fromEntries(result);
}

function mergeValue(old: unknown, change: unknown, field: Field, schema: TypedSchema): unknown {
  if (isFields(old) && isFields(change)) return field.strategy === 'replace' ? change : mergeFields(old, change, field.node, schema);
  if (Array.isArray(old) && Array.isArray(change) && field.strategy === 'merge') return mergeLists(old, change, field, schema);
  return change;
}

/** `$patch: replace` takes the patch as the whole, `delete` leaves an empty object. */
function replaceByDirective(patch: Fields): Fields {
  const { [PATCH]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw new StrategicMergePatchError(`unknown patch type: ${String(directive)} in map: ${goMap(patch)}`);
}

/** With `$retainKeys`, only the fields named there stay. */
function retain(original: Fields, patch: Fields): Fields {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return original;
  const bad = new StrategicMergePatchError('invalid patch format of retainKeys');
  if (!Array.isArray(keys)) throw bad;
  for (const [key, change] of Object.entries(patch)) {
    const isDirective = key === RETAIN_KEYS || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER);
    if (!isDirective && change !== null && !keys.includes(key)) throw bad;
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function deleteFromList(result: Map<string, unknown>, name: string, values: unknown): void {
  const list = result.get(name);
  if (!Array.isArray(values)) throw new StrategicMergePatchError('invalid patch format of primitive list');
  if (Array.isArray(list)) result.set(name, list.filter((item) => !values.some((value) => deepEqual(item, value))));
}

/** `$setElementOrder/name`; undefined when there is no list to order. */
function mergeWithOrder(old: unknown, change: unknown, order: unknown, field: Field, schema: TypedSchema): unknown[] | undefined {
  if (!Array.isArray(order)) throw new StrategicMergePatchError('invalid patch format of setElementOrder list');
  if (!Array.isArray(old) && !Array.isArray(change)) return undefined;
  if (Array.isArray(change)) checkOrder(change, order, field.mergeKey);
  const list = Array.isArray(old) ? old : [];
  const isMerged = Array.isArray(old) && field.strategy === 'merge';
  const merged = !Array.isArray(change) ? list : isMerged ? mergeLists(list, change, field, schema) : change;
  return mergeInOrder(merged, order, list, field.mergeKey);
}

/** Items of the patch must stand in the order that the directive states, and be in it; deletions are free. */
function checkOrder(change: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (order.length === 0) return;
  let position = 0;
  for (const item of change) {
    if (isFields(item) && PATCH in item) continue;
    while (position < order.length && !isSameItem(item, order[position], mergeKey)) position++;
    if (position++ < order.length) continue;
    throw new StrategicMergePatchError(`The order in patch list:\n${goValue(change)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`);
  }
}

function mergeLists(old: readonly unknown[], change: readonly unknown[], field: Field, schema: TypedSchema): unknown[] {
  const all = [...old, ...change];
  if (all.length === 0) return [];
  if (all.some(Array.isArray)) throw new StrategicMergePatchError('lists of lists are not supported');
  const isUniform = all.every((item) => kindOf(item) === kindOf(all[0]));
  if (!isUniform) throw new StrategicMergePatchError(`list element types are not identical: ${goValue([old, change])}`);
  if (!isFields(all[0])) {
    const united = all.filter((item, index) => all.findIndex((other) => deepEqual(item, other)) === index);
    return mergeInOrder(united, change, old, '');
  }
  if (field.mergeKey === '') throw new StrategicMergePatchError('cannot merge lists without merge key for type struct');
  return mergeObjectLists(old as readonly Fields[], change as readonly Fields[], field, schema);
}

function mergeObjectLists(old: readonly Fields[], change: readonly Fields[], { mergeKey, items }: Field, schema: TypedSchema): unknown[] {
  let merged = [...old];
  let replaces = false;
  const plain: Fields[] = [];
  for (const item of change) {
    switch (item[PATCH]) {
      case undefined:
        plain.push(item);
        break;
      case 'delete':
        requireKey(item, mergeKey);
        merged = merged.filter((other) => !isSameItem(other, item, mergeKey));
        break;
      case 'replace':
        replaces = true;
        break;
      case 'merge':
        throw new StrategicMergePatchError('merging lists cannot yet be specified in the patch');
      default:
        throw new StrategicMergePatchError(`unknown patch type: ${String(item[PATCH])} in map: ${goMap(item)}`);
    }
  }
  if (replaces) return mergeInOrder(plain, plain, [], mergeKey);
  for (const item of plain) {
    requireKey(item, mergeKey);
    const index = merged.findIndex((other) => isSameItem(other, item, mergeKey));
    const present = merged[index];
    if (present) merged[index] = mergeFields(present, item, items, schema);
    else merged.push(withoutDirectives(item) as Fields);
  }
  for (const item of merged) requireKey(item, mergeKey);
  return mergeInOrder(merged, plain, old, mergeKey);
}

function requireKey(item: Fields, mergeKey: string): void {
  if (!(mergeKey in item)) throw new StrategicMergePatchError(`map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`);
}

/** What the schema says of one field. */
interface Field {
  readonly node: JSONSchemaProps | undefined;
  readonly items: JSONSchemaProps | undefined;
  readonly strategy: string;
  readonly mergeKey: string;
}

/** A field that the schema does not know is replaced if it is a list, merged if it is an object. */
function fieldOf(parent: JSONSchemaProps | undefined, name: string, schema: TypedSchema): Field {
  const additional = parent?.additionalProperties;
  const property = parent?.properties?.[name] ?? (typeof additional === 'object' ? additional : undefined);
  const node = property && schema.resolve(property);
  const strategies = (property?.['x-kubernetes-patch-strategy'] ?? node?.['x-kubernetes-patch-strategy'] ?? '').split(',');
  const mergeKey = property?.['x-kubernetes-patch-merge-key'] ?? node?.['x-kubernetes-patch-merge-key'] ?? '';
  return { node, items: node?.items && schema.resolve(node.items), strategy: strategies.find((one) => one !== 'retainKeys') ?? '', mergeKey };
}

/** Directives in a part of the patch that is taken over as a whole are obeyed as if it were merged into nothing. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isFields(item) || !(PATCH in item)).map(withoutDirectives);
  if (!isFields(value)) return value;
  const members = Object.entries(value).filter(([key, member]) => !isDirective(key) && member !== null && member !== undefined);
  return value[PATCH] === 'delete' ? {} : Object.fromEntries(members.map(([key, member]) => [key, withoutDirectives(member)]));
}

function isDirective(key: string): boolean {
  return key === PATCH || key === RETAIN_KEYS || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER);
}

function isSameItem(a: unknown, b: unknown, mergeKey: string): boolean {
  return mergeKey === '' ? deepEqual(a, b) : isFields(a) && isFields(b) && mergeKey in a && deepEqual(a[mergeKey], b[mergeKey]);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value === 'bigint' ? 'number' : typeof value;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value;
}

function goMap(fields: Fields): string {
  return `map[${Object.keys(fields).sort().map((key) => `${key}:${goValue(fields[key])}`).join(' ')}]`;
}

/** As Go's `%v` writes it. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  return isFields(value) ? goMap(value) : value === null ? '<nil>' : String(value);
}
