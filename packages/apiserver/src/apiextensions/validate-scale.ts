import { fieldInvalid, type FieldError, type KubeObject } from '@kubewright/api';

import { nestedField } from '../registry/nested-field.js';
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
  const field = nestedField(object, path, 'int64');
  if (field === undefined) return [];
  if ('problem' in field) return [fieldInvalid(path, 0, field.problem)];
  const replicas = Number(field.value);
  if (replicas < 0) return [fieldInvalid(path, replicas, 'should be a non-negative integer')];
  return replicas > MAX_INT32 ? [fieldInvalid(path, replicas, `should be less than or equal to ${MAX_INT32}`)] : [];
}

function validateSelector(object: KubeObject, path: string): FieldError[] {
  const field = nestedField(object, path, 'string');
  return field && 'problem' in field ? [fieldInvalid(path, '', field.problem)] : [];
}
