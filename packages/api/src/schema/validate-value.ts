import { deepEqual } from '../json/deep-equal.js';

import { isOfFormat, knownFormat } from './formats.js';
import { goNumber, goQuote } from './go-text.js';
import type { JSONSchemaProps } from './json-schema.js';
import { validateNumber } from './numbers.js';
import { compilePattern } from './pattern.js';
import type { TypedSchema } from './typed-schema.js';
import { isRecord, kindOf } from './value-kind.js';
import {
  ValidationResult, enumProblem, plainProblem, requiredProblem, tooLongProblem, tooManyProblem, typeProblem, valueProblem,
} from './validation-result.js';

/** What was stored before, where it can be told which old value belongs to this one. */
export interface OldValue {
  readonly value: unknown;
}

/**
 * Checks one value and everything below it. With an old value, whatever is wrong but unchanged is let pass (ratcheting).
 * The order of checks and the counting of matches are those of the server's validator, so that the same alternative of an anyOf is reported.
 */
export function validateValue(value: unknown, node: JSONSchemaProps, context: TypedSchema, path: string, old?: OldValue): ValidationResult {
  const result = check(value, context.resolve(node), context, path, old);
  if (!result.isValid && old !== undefined && deepEqual(value, old.value)) return new ValidationResult();
  return result;
}

function check(value: unknown, node: JSONSchemaProps, context: TypedSchema, path: string, old?: OldValue): ValidationResult {
  const result = new ValidationResult();
  const types = typesOf(node);
  const format = knownFormat(node.format, types);
  const run = (part: ValidationResult): void => {
    result.merge(part);
    result.matches++;
  };
  if (value === null || value === undefined) {
    return result.merge(checkNull(node, types, path)).merge(checkEnum(null, node, path));
  }
  if (types.length > 0 || format !== undefined) run(checkType(value, types, format, path));
  run(checkJunctors(value, node, context, path, old));
  if (typeof value === 'string') {
    run(checkString(value, node, path));
    if (format !== undefined) run(isOfFormat(format, value) ? new ValidationResult() : new ValidationResult().add(typeProblem(path, format, value)));
  }
  if (typeof value === 'number' || typeof value === 'bigint') run(validateNumber(value, node, types, format, path));
  if (Array.isArray(value)) run(checkList(value, node, context, path, old));
  run(checkEnum(value, node, path));
  if (isRecord(value)) run(checkObject(value, node, context, path, old));
  result.matches++;
  return result;
}

function typesOf(node: JSONSchemaProps): readonly string[] {
  if (node['x-kubernetes-int-or-string'] === true) return INT_OR_STRING;
  return node.type === undefined || node.type === '' ? [] : [node.type];
}

const INT_OR_STRING: readonly string[] = ['integer', 'string'];

function checkNull(node: JSONSchemaProps, types: readonly string[], path: string): ValidationResult {
  const result = new ValidationResult();
  if (types.length > 0 && node.nullable !== true) return result.add(typeProblem(path, types.join(','), 'null'));
  result.matches++;
  return result;
}

function checkType(value: unknown, types: readonly string[], format: string | undefined, path: string): ValidationResult {
  const result = new ValidationResult();
  const kind = kindOf(value);
  const accepted = types.includes(kind) || (kind === 'integer' && types.includes('number'));
  if (format !== undefined && kind !== 'string' && kind !== 'array') {
    const actual = kind === 'integer' ? 'int64' : kind === 'number' ? 'float64' : '';
    if (!accepted && actual !== format) return result.add(typeProblem(path, format, actual));
  }
  const numeric = types.includes('number') || types.includes('integer');
  // With a format, strings and lists are judged by the format alone.
  if (!accepted && !(format !== undefined && !numeric && (kind === 'string' || kind === 'array'))) return result.add(typeProblem(path, types.join(','), kind));
  result.matches++;
  return result;
}

function checkJunctors(value: unknown, node: JSONSchemaProps, context: TypedSchema, path: string, old?: OldValue): ValidationResult {
  const result = new ValidationResult();
  const judge = (alternative: JSONSchemaProps): ValidationResult => check(value, context.resolve(alternative), context, path, old);

  if (node.anyOf && node.anyOf.length > 0) {
    const tried: ValidationResult[] = [];
    const success = node.anyOf.some((alternative) => tried[tried.push(judge(alternative)) - 1]!.isValid);
    if (!success) result.add(plainProblem(`${goQuote(path)} must validate at least one schema (anyOf)`));
    result.merge(success ? tried.at(-1)! : best(tried));
  }
  if (node.oneOf && node.oneOf.length > 0) {
    const tried = node.oneOf.map(judge);
    const valid = tried.filter(({ isValid }) => isValid);
    if (valid.length === 1) result.merge(valid[0]!);
    else result.add(plainProblem(`${goQuote(path)} must validate one and only one schema (oneOf). Found ${valid.length === 0 ? 'none valid' : `${valid.length} valid alternatives`}`));
    // Failures are told only where nothing before them was valid.
    if (valid.length === 0) result.merge(best(tried));
  }
  if (node.allOf && node.allOf.length > 0) {
    const tried = node.allOf.map(judge);
    for (const part of tried) result.merge(part);
    const valid = tried.filter(({ isValid }) => isValid).length;
    if (valid < tried.length) result.add(plainProblem(`${goQuote(path)} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`));
  }
  if (node.not && judge(node.not).isValid) result.add(plainProblem(`${goQuote(path)} must not validate the schema (not)`));
  result.matches++;
  return result;
}

function best(results: readonly ValidationResult[]): ValidationResult {
  return results.reduce((chosen, result) => (result.matches > chosen.matches ? result : chosen));
}

function checkString(value: string, node: JSONSchemaProps, path: string): ValidationResult {
  const result = new ValidationResult();
  if (node.maxLength !== undefined && value.length > node.maxLength && runesOf(value) > node.maxLength) return result.add(tooLongProblem(path, node.maxLength));
  if (node.minLength !== undefined && runesOf(value) < node.minLength) {
    return result.add(valueProblem(path, value, `${path} in body should be at least ${goNumber(node.minLength)} chars long`));
  }
  if (node.pattern === undefined || node.pattern === '') return result;
  const pattern = compilePattern(node.pattern);
  if (typeof pattern === 'string') {
    result.add(valueProblem(path, value, `${path} in body should match '${node.pattern}, but pattern is invalid: ${pattern}'`));
  } else if (!pattern.test(value)) {
    result.add(valueProblem(path, value, `${path} in body should match '${node.pattern}'`));
  }
  return result;
}

/** Length in characters, not in UTF-16 units. */
function runesOf(text: string): number {
  return [...text].length;
}

function checkEnum(value: unknown, node: JSONSchemaProps, path: string): ValidationResult {
  const result = new ValidationResult();
  if (!node.enum || node.enum.length === 0 || node.enum.some((allowed) => equalsEnum(value, allowed))) return result;
  return result.add(enumProblem(path, value, node.enum));
}

/** Go converts the value to the allowed value's type before it compares: a fraction is cut off, a number names a character. */
function equalsEnum(value: unknown, allowed: unknown): boolean {
  if (allowed === null || value === null) return false;
  const [kind, wanted] = [kindOf(value), kindOf(allowed)];
  if (wanted === 'integer' && kind === 'number') return Math.trunc(Number(value)) === Number(allowed);
  if (wanted === 'string' && kind === 'integer') {
    const code = Number(value);
    return code >= 0 && code <= 0x10ffff && String.fromCodePoint(code) === allowed;
  }
  return deepEqual(value, allowed);
}

function checkList(value: readonly unknown[], node: JSONSchemaProps, context: TypedSchema, path: string, old?: OldValue): ValidationResult {
  const result = new ValidationResult();
  if (node.items !== undefined) {
    const { items } = node;
    const oldItem = oldItems(old, node);
    value.forEach((item, index) => result.merge(validateValue(item, items, context, `${path}[${index}]`, oldItem(item))));
  }
  if (node.minItems !== undefined && value.length < node.minItems) {
    result.add(valueProblem(path, value.length, `${path} in body should have at least ${node.minItems} items`));
  }
  if (node.maxItems !== undefined && value.length > node.maxItems) result.add(tooManyProblem(path, 'items', value.length, node.maxItems));
  if (node.uniqueItems === true && value.some((item, index) => value.slice(0, index).some((earlier) => deepEqual(item, earlier)))) {
    result.add(valueProblem(path, '', `${path} in body shouldn't contain duplicates`));
  }
  result.matches++;
  return result;
}

/** Items of a list are known again by the keys of a map list, and by nothing else. */
function oldItems(old: OldValue | undefined, node: JSONSchemaProps): (item: unknown) => OldValue | undefined {
  const keys = node['x-kubernetes-list-map-keys'];
  if (node['x-kubernetes-list-type'] !== 'map' || keys === undefined || !Array.isArray(old?.value)) return () => undefined;
  const list: readonly unknown[] = old.value;
  return (item) => {
    const found = isRecord(item) ? list.find((other) => isRecord(other) && keys.every((key) => deepEqual(other[key], item[key]))) : undefined;
    return found === undefined ? undefined : { value: found };
  };
}

function checkObject(value: Record<string, unknown>, node: JSONSchemaProps, context: TypedSchema, path: string, old?: OldValue): ValidationResult {
  const result = new ValidationResult();
  const keys = Object.keys(value);
  const { properties = {}, additionalProperties } = node;
  const oldFields = isRecord(old?.value) ? old.value : undefined;
  const oldField = (key: string): OldValue | undefined =>
    (oldFields === undefined || (path === '' && (key === 'kind' || key === 'apiVersion')) ? undefined : { value: oldFields[key] });

  if (node.minProperties !== undefined && keys.length < node.minProperties) {
    result.add(valueProblem(path, keys.length, `${path} in body should have at least ${node.minProperties} properties`));
  }
  if (node.maxProperties !== undefined && keys.length > node.maxProperties) result.add(tooManyProblem(path, 'properties', keys.length, node.maxProperties));
  for (const key of keys) {
    if (Object.hasOwn(properties, key)) continue;
    if (additionalProperties === false) result.add(valueProblem(path, key, `${path}.${key} in body is a forbidden property`));
    else if (typeof additionalProperties === 'object') result.merge(validateValue(value[key], additionalProperties, context, `${path}.${key}`, oldField(key)));
  }
  for (const [key, property] of Object.entries(properties)) {
    if (Object.hasOwn(value, key)) result.merge(validateValue(value[key], property, context, path === '' ? key : `${path}.${key}`, oldField(key)));
  }
  for (const key of node.required ?? []) {
    if (!Object.hasOwn(value, key)) result.add(requiredProblem(`${path}.${key}`));
  }
  return result;
}
