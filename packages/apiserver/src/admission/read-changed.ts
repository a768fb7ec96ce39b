import { ApiError, formatApiVersion, GoDecodeError, internalError, type GroupVersionKind, type KubeObject } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';

/**
 * What a webhook or a policy has made of an object, read as if a client had sent it: unknown fields go, defaults come. Built-in objects stay
 * what they are. What is no object of the resource, but a Scale or a Binding, is left alone.
 * @returns paths of unknown fields @throws ApiError InternalError
 */
export function readChanged(resource: ResourceInfo, kind: GroupVersionKind, object: KubeObject): string[] {
  if (kind.kind !== resource.kind || kind.group !== resource.group) return [];
  const { version } = kind;
  if (!resource.custom && (object.kind !== kind.kind || object.apiVersion !== formatApiVersion(kind.group, version))) {
    const internal = kind.group.split('.', 1)[0] || 'core';
    throw internalError(`converting (${version}.${object.kind ?? ''}) to (${internal}.${kind.kind}): unknown conversion`);
  }
  try {
    const unknown = resource.strategy.prune(object);
    resource.strategy.applyDefaults(object);
    return unknown;
  } catch (error) {
    throw error instanceof GoDecodeError || error instanceof ApiError ? internalError(error.message) : error;
  }
}
