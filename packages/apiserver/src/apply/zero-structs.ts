import type { KubeObject, TypedSchema } from '@kubewright/api';

import { fillZeros, formOfField, jsonFormOf, type JsonForm } from '../protobuf/json-form.js';
import { isBuiltin } from './field-type.js';

/**
 * A built-in object as the server's own types hold it: what is no pointer is always there, empty if need be (`status`, `template.metadata`,
 * `resources` of a container, times). Who fills such a structure later owns what is in it, not the structure. Objects of other schemas stay as
 * they are. The input is not changed.
 */
export function withZeroStructs(object: KubeObject, schema: TypedSchema | undefined): KubeObject {
  if (schema === undefined || !isBuiltin(schema)) return object;
  const form = jsonFormOf(object.apiVersion ?? '', object.kind ?? '');
  return form === undefined ? object : (filled(object as unknown as Record<string, unknown>, form) as unknown as KubeObject);
}

function filled(value: Readonly<Record<string, unknown>>, form: JsonForm): Record<string, unknown> {
  const result: Record<string, unknown> = { ...value };
  for (const name in result) {
    const field = form.fields.get(name);
    const inner = formOfField(field);
    if (inner === undefined) continue;
    const item = result[name];
    if (Array.isArray(item)) result[name] = item.map((one: unknown) => (isStruct(one) ? filled(one, inner) : one));
    else if (!isStruct(item)) continue;
    else if (field!.shape === 'map') result[name] = Object.fromEntries(Object.entries(item).map(([key, one]) => [key, isStruct(one) ? filled(one, inner) : one]));
    else result[name] = filled(item, inner);
  }
  fillZeros(result, form);
  return result;
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
