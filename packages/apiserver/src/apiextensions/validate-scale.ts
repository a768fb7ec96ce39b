import { fieldInvalid, goValue, isRecord, kindOf, type FieldError, type KubeObject } from '@kubewright/api';

import type { SubresourceInfo } from '../registry/resource.js';

/** Where a custom resource keeps what its scale says. */
export type ScalePaths = NonNullable<SubresourceInfo['scale']>;

const MAX_INT32 = 2 ** 31 - 1;

/** Problems of the fields that a scale stands for. */
export function validateScale(object: KubeObject, paths: ScalePaths, part: 'all' | 'status'): FieldError[] {
  return [
    ...(part === 'all' ? validateReplicas(object, paths.specReplicasPath) : []),
    ...validateReplicas(object, paths.statusReplicasPath),
    ...(paths.labelSelectorPath ? validateSelector(object, paths.labelSelectorPath) : []),
  ];
}

function validateReplicas(object: KubeObject, path: string): FieldError[] {
  const value = valueAt(object, path);
  if (value === undefined) return [];
  if (kindOf(value) !== 'integer') return [fieldInvalid(path, 0, accessorError(path, value, 'int64'))];
  const replicas = Number(value);
  if (replicas < 0) return [fieldInvalid(path, replicas, 'should be a non-negative integer')];
  return replicas > MAX_INT32 ? [fieldInvalid(path, replicas, `should be less than or equal to ${MAX_INT32}`)] : [];
}

function validateSelector(object: KubeObject, path: string): FieldError[] {
  const value = valueAt(object, path);
  return value === undefined || typeof value === 'string' ? [] : [fieldInvalid(path, '', accessorError(path, value, 'string'))];
}

/** The value at a simple path; undefined where it is missing. */
function valueAt(object: KubeObject, path: string): unknown {
  let value: unknown = object;
  for (const name of namesOf(path)) {
    if (!isRecord(value)) return undefined;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value ?? undefined;
}

function accessorError(path: string, value: unknown, expected: string): string {
  const shown = typeof value === 'string' ? value : goValue(value);
  return `.${namesOf(path).join('.')} accessor error: ${shown} is of the type ${goType(value)}, expected ${expected}`;
}

function goType(value: unknown): string {
  switch (kindOf(value)) {
    case 'string': return 'string';
    case 'boolean': return 'bool';
    case 'integer': return 'int64';
    case 'number': return 'float64';
    case 'array': return '[]interface {}';
    default: return 'map[string]interface {}';
  }
}

function namesOf(path: string): string[] {
  return path.replace(/^\./, '').split('.');
}
