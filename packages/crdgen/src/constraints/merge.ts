/**
 * @module constraints: keywords of a schema that bound values, without types or sources: how two of them merge (merge.ts), what Go's regular
 * expressions can say (re2.ts) and which formats the server knows (formats.ts).
 */
import type { JSONSchemaProps } from '@kubewright/api';

const LOWER = ['minLength', 'minItems', 'minProperties'] as const;
const UPPER = ['maxLength', 'maxItems', 'maxProperties'] as const;

/** The keywords that {@link mergeConstraints} merges; everything else is laid over. */
export type Constraints = Pick<
  JSONSchemaProps,
  (typeof LOWER)[number] | (typeof UPPER)[number] | 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum' | 'multipleOf' | 'pattern'
>;

/**
 * Lays constraints over those that a schema has; the strictest wins. Two patterns (or two multiples) can not be merged: they go into `allOf`,
 * type first. Bounds never go there, because the server's estimator of CEL costs does not look into `allOf`.
 */
export function mergeConstraints(schema: JSONSchemaProps, add: Constraints): void {
  for (const key of LOWER) if (add[key] !== undefined) schema[key] = Math.max(schema[key] ?? add[key], add[key]);
  for (const key of UPPER) if (add[key] !== undefined) schema[key] = Math.min(schema[key] ?? add[key], add[key]);
  mergeBound(schema, 'minimum', 'exclusiveMinimum', add, (a, b) => a > b);
  mergeBound(schema, 'maximum', 'exclusiveMaximum', add, (a, b) => a < b);
  mergeAll(schema, 'pattern', add.pattern);
  mergeAll(schema, 'multipleOf', add.multipleOf);
}

/** What no value can satisfy, in words; undefined when the bounds agree. */
export function contradiction(schema: JSONSchemaProps): string | undefined {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) {
    if (minimum > maximum) return `minimum ${minimum} is greater than maximum ${maximum}`;
    if (minimum === maximum && (schema.exclusiveMinimum || schema.exclusiveMaximum))
      return `minimum and maximum are both ${minimum}, and one of them is exclusive`;
  }
  for (const [low, high] of [
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
    ['minProperties', 'maxProperties'],
  ] as const) {
    const [least, most] = [schema[low], schema[high]];
    if (least !== undefined && most !== undefined && least > most) return `${low} ${least} is greater than ${high} ${most}`;
  }
  if (schema.exclusiveMinimum && minimum === undefined) return 'exclusiveMinimum needs a minimum';
  if (schema.exclusiveMaximum && maximum === undefined) return 'exclusiveMaximum needs a maximum';
  return undefined;
}

function mergeBound(
  schema: JSONSchemaProps,
  bound: 'minimum' | 'maximum',
  exclusive: 'exclusiveMinimum' | 'exclusiveMaximum',
  add: Constraints,
  isStricter: (a: number, b: number) => boolean,
): void {
  const [now, next] = [schema[bound], add[bound]];
  if (next !== undefined && (now === undefined || isStricter(next, now))) {
    // A flag that came without a bound waits for one.
    const waiting = now === undefined && schema[exclusive];
    schema[bound] = next;
    delete schema[exclusive];
    if (add[exclusive] || waiting) schema[exclusive] = true;
  } else if (add[exclusive] && (next === undefined || next === now)) schema[exclusive] = true;
}

function mergeAll(schema: JSONSchemaProps, key: 'pattern' | 'multipleOf', value: string | number | undefined): void {
  if (value === undefined || schema[key] === value) return;
  const branches = schema.allOf ?? [];
  if (schema[key] === undefined && !branches.some((branch) => branch[key] !== undefined)) {
    Object.assign(schema, { [key]: value });
    return;
  }
  if (schema[key] !== undefined) branches.push({ [key]: schema[key] });
  delete schema[key];
  if (!branches.some((branch) => branch[key] === value)) branches.push({ [key]: value });
  schema.allOf = branches;
}
