import { isRecord, kindOf, type KubeObject } from '@kubewright/api';

import { goText, goType } from '../apply/go-format.js';

/**
 * A field of a custom resource by a simple path (`.spec.replicas`), read and written as k8s.io/apimachinery's unstructured helpers do: what is
 * missing is no error, what has another type is one, in their words.
 */
export type NestedField = { readonly value: unknown } | { readonly problem: string } | undefined;

/** The field, if it is there and of the type. */
export function nestedField(object: KubeObject, path: string, type: 'int64' | 'string'): NestedField {
  const names = namesOf(path);
  let value: unknown = object;
  for (const [index, name] of names.entries()) {
    if (value === null) return undefined;
    if (!isRecord(value)) return { problem: accessorError(names.slice(0, index + 1), value, 'map[string]interface{}') };
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  const isRight = type === 'string' ? typeof value === 'string' : kindOf(value) === 'integer';
  return isRight ? { value } : { problem: accessorError(names, value, type) };
}

/** Sets the field in place, and makes what is missing above it. @returns the problem, if something above it is no object */
export function setNestedField(object: KubeObject, path: string, value: unknown): string | undefined {
  const names = namesOf(path);
  const last = names.pop()!;
  let at = object as unknown as Record<string, unknown>;
  for (const [index, name] of names.entries()) {
    if (!Object.hasOwn(at, name)) at[name] = {};
    const next = at[name];
    if (!isRecord(next)) return `value cannot be set because .${names.slice(0, index + 1).join('.')} is not a map[string]interface{}`;
    at = next;
  }
  at[last] = value;
  return undefined;
}

/** `.spec.replicas` as steps. */
export function namesOf(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}

function accessorError(names: readonly string[], value: unknown, expected: string): string {
  return `.${names.join('.')} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${expected}`;
}
