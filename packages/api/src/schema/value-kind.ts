/** What a JSON value is called in messages. */
export type ValueKind = 'null' | 'boolean' | 'string' | 'array' | 'object' | 'integer' | 'number';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/**
 * The kind of a decoded JSON value. Whole numbers that fit 64 bits are integers, however they were written (`1.0`, `1e3`); larger ones are
 * numbers, as they are to a server.
 */
export function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'boolean';
    case 'bigint': return value <= MAX_INT64 && value >= MIN_INT64 ? 'integer' : 'number';
    case 'number': return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'integer' : 'number';
    default: return value === null || value === undefined ? 'null' : Array.isArray(value) ? 'array' : 'object';
  }
}

/** A JSON object, as opposed to a list or a scalar. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
