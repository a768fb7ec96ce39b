import type { JSONSchemaProps } from '@kubewright/api';

import { re2ToJavaScript } from '../constraints/re2.js';

/**
 * Why the server would refuse a value as a default: it must survive pruning unchanged and satisfy the schema, after the defaults of its own
 * members were filled in. Rules in CEL are not run.
 */
export function valueProblems(value: unknown, schema: JSONSchemaProps, path = ''): string[] {
  if (value === null) return schema.nullable ? [] : [`${at(path)}null is not allowed`];
  const problems = [...typeProblems(value, schema, path)];
  if (problems.length > 0) return problems;
  if (schema.enum && !schema.enum.some((one) => isEqual(one, value)))
    problems.push(`${at(path)}${JSON.stringify(value)} is none of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`);
  if (typeof value === 'number') problems.push(...numberProblems(value, schema, path));
  if (typeof value === 'string') problems.push(...textProblems(value, schema, path));
  if (Array.isArray(value)) problems.push(...listProblems(value, schema, path));
  else if (typeof value === 'object') problems.push(...objectProblems(value as Record<string, unknown>, schema, path));
  for (const branch of schema.allOf ?? []) problems.push(...valueProblems(value, branch, path));
  return problems;
}

function typeProblems(value: unknown, schema: JSONSchemaProps, path: string): string[] {
  if (schema['x-kubernetes-int-or-string'])
    return Number.isInteger(value) || typeof value === 'string' ? [] : [`${at(path)}must be a string or an integer`];
  const type = Array.isArray(value) ? 'array' : typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
  if (!schema.type || schema.type === type || (schema.type === 'number' && type === 'integer')) return [];
  return [`${at(path)}must be of type ${schema.type}, not ${type}`];
}

function numberProblems(value: number, schema: JSONSchemaProps, path: string): string[] {
  const out: string[] = [];
  const { minimum, maximum, multipleOf } = schema;
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum))
    out.push(`${at(path)}${value} is below the minimum ${minimum}`);
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum))
    out.push(`${at(path)}${value} is above the maximum ${maximum}`);
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    out.push(`${at(path)}${value} is no multipleOf ${multipleOf}`);
  if (schema.format === 'int32' && (value > 2 ** 31 - 1 || value < -(2 ** 31))) out.push(`${at(path)}${value} does not fit into int32`);
  return out;
}

function textProblems(value: string, schema: JSONSchemaProps, path: string): string[] {
  const out: string[] = [];
  const length = [...value].length;
  if (schema.minLength !== undefined && length < schema.minLength) out.push(`${at(path)}is shorter than minLength ${schema.minLength}`);
  if (schema.maxLength !== undefined && length > schema.maxLength) out.push(`${at(path)}is longer than maxLength ${schema.maxLength}`);
  if (schema.pattern !== undefined && re2ToJavaScript(schema.pattern)?.test(value) === false)
    out.push(`${at(path)}${JSON.stringify(value)} does not match the pattern ${schema.pattern}`);
  if (schema.format === 'date-time' && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[-+]\d{2}:\d{2})$/i.test(value))
    out.push(`${at(path)}${JSON.stringify(value)} is no date-time`);
  if (schema.format === 'byte' && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    out.push(`${at(path)}is not base64`);
  return out;
}

function listProblems(value: readonly unknown[], schema: JSONSchemaProps, path: string): string[] {
  const out: string[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) out.push(`${at(path)}has fewer than minItems ${schema.minItems}`);
  if (schema.maxItems !== undefined && value.length > schema.maxItems) out.push(`${at(path)}has more than maxItems ${schema.maxItems}`);
  const { items } = schema;
  if (items) value.forEach((item, index) => out.push(...valueProblems(item, items, `${path}[${index}]`)));
  const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
  if (keys || schema['x-kubernetes-list-type'] === 'set') {
    const texts = value.map((item) =>
      JSON.stringify(keys ? keys.map((key) => (item as Record<string, unknown> | null)?.[key] ?? items?.properties?.[key]?.default) : item),
    );
    const twice = texts.findIndex((text, index) => texts.indexOf(text) !== index);
    if (twice >= 0) out.push(`${at(path)}item ${twice} is there twice`);
  }
  return out;
}

function objectProblems(value: Readonly<Record<string, unknown>>, schema: JSONSchemaProps, path: string): string[] {
  const out: string[] = [];
  const count = Object.keys(value).length;
  if (schema.minProperties !== undefined && count < schema.minProperties) out.push(`${at(path)}has fewer than minProperties ${schema.minProperties}`);
  if (schema.maxProperties !== undefined && count > schema.maxProperties) out.push(`${at(path)}has more than maxProperties ${schema.maxProperties}`);
  const properties = schema.properties ?? {};
  for (const [key, child] of Object.entries(value)) {
    const where = path ? `${path}.${key}` : key;
    const own = Object.hasOwn(properties, key)
      ? properties[key]
      : typeof schema.additionalProperties === 'object'
        ? schema.additionalProperties
        : undefined;
    if (own) out.push(...valueProblems(child, own, where));
    else if (!schema['x-kubernetes-preserve-unknown-fields']) out.push(`unknown field ${where} would be pruned`);
  }
  for (const key of schema.required ?? [])
    if (!Object.hasOwn(value, key) && properties[key]?.default === undefined) out.push(`${at(path ? `${path}.${key}` : key)}is required`);
  return out;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function at(path: string): string {
  return path ? `${path}: ` : '';
}
