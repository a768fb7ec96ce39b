import { CelEvaluationError } from '../value/evaluation-error.js';
import { ListValue, MapValue, OptionalValue, Uint, nameOfType, type Value } from '../value/value.js';

/** `target[key]` and `target.key`. On an optional, the result is optional. @throws CelEvaluationError */
export function access(target: Value, key: Value): Value {
  if (target instanceof OptionalValue) return accessOptionally(target, key);
  const found = lookUp(target, key);
  if (found !== undefined) return found;
  throw new CelEvaluationError(target instanceof ListValue ? `index out of bounds: ${show(key)}` : `no such key: ${show(key)}`);
}

/** `target[?key]` and `target.?key` */
export function accessOptionally(target: Value, key: Value): OptionalValue {
  if (target instanceof OptionalValue) return target.value === undefined ? target : accessOptionally(target.value, key);
  const found = lookUp(target, key);
  return found === undefined ? OptionalValue.none : found instanceof OptionalValue ? found : new OptionalValue(found);
}

/** `has(target.key)` */
export function isPresent(target: Value, key: string): boolean {
  if (target instanceof OptionalValue) return target.value !== undefined && isPresent(target.value, key);
  return target instanceof MapValue && target.find(key) !== undefined;
}

function lookUp(target: Value, key: Value): Value | undefined {
  if (target instanceof MapValue) return target.find(key);
  if (!(target instanceof ListValue)) return undefined;
  const index = toIndex(key);
  return index >= 0 && index < target.size ? target.at(index) : undefined;
}

function toIndex(key: Value): number {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (typeof key === 'number' && Number.isInteger(key)) return key;
  throw new CelEvaluationError(`unsupported index type '${nameOfType(key)}' in list`);
}

function show(key: Value): string {
  return key instanceof Uint ? String(key.value) : String(key as string);
}
