import { CelEvaluationError } from './evaluation-error.js';
import { JsonList, JsonMap } from './json-value.js';
import { formatDuration, formatTimestamp } from './time.js';
import { Duration, ListValue, MapValue, OptionalValue, Timestamp, Uint, nameOfType, type Value } from './value.js';

/**
 * A value as JSON: times as strings, bytes in base64, integers beyond 2^53 as bigint. An optional without a value is null.
 * @throws CelEvaluationError for values that JSON can not say, such as types and addresses
 */
export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint) return toJson(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof OptionalValue) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof JsonList || value instanceof JsonMap) return value.json;
  if (value instanceof ListValue) return [...value].map(toJson);
  if (value instanceof MapValue) return objectOf(value);
  throw new CelEvaluationError(`type conversion error from '${nameOfType(value)}' to 'google.protobuf.Value'`);
}

function objectOf(map: MapValue): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const key of map.keys()) {
    if (typeof key !== 'string') throw new CelEvaluationError(`JSON objects have string keys, not ${nameOfType(key)}`);
    entries.push([key, toJson(map.find(key)!)]);
  }
  return Object.fromEntries(entries);
}
