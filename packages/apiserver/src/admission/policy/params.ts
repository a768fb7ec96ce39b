import { formatApiVersion, matchesLabels, requirementsOf, type KubeObject } from '@kubewright/api';

import { convertObject } from '../../registry/conversion.js';
import { storedAs } from '../../registry/request-scope.js';
import type { ResourceInfo } from '../../registry/resource.js';
import type { BindingSpec } from './policy-source.js';
import type { ObjectSource } from '../../storage/object-source.js';

/**
 * The parameters that a binding chooses; with `undefined` the policy is evaluated without any.
 * @param namespace of the request
 * @throws Error that says what is wrong with the binding
 */
export async function collectParams(resource: ResourceInfo | undefined, paramRef: BindingSpec['paramRef'], namespace: string, objects: ObjectSource): Promise<readonly (KubeObject | undefined)[]> {
  if (!resource || !paramRef) return [undefined];
  const place = placeOf(resource, paramRef.namespace ?? '', namespace);
  const { group, plural } = storedAs(resource);
  let found: KubeObject[];
  if (paramRef.name) {
    const param = objects.get(group, plural, place, paramRef.name);
    found = param ? [param] : [];
  } else {
    const requirements = requirementsOf(paramRef.selector ?? {});
    found = [...objects.list(group, plural, resource.namespaced ? place : undefined)].filter(({ metadata }) => matchesLabels(requirements, metadata.labels));
  }
  if (found.length === 0 && paramRef.parameterNotFoundAction === 'Deny') throw new Error('no params found for policy binding with `Deny` parameterNotFoundAction');
  return Promise.all(found.map((param) => convertObject(resource, param, formatApiVersion(resource.group, resource.version))));
}

function placeOf({ namespaced }: ResourceInfo, chosen: string, namespace: string): string {
  if (!namespaced) {
    if (chosen !== '') throw new Error('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
    return '';
  }
  if (chosen === '' && namespace === '') throw new Error('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
  return chosen || namespace;
}
