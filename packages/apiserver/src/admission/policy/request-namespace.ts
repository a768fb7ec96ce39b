import { notFound, type KubeObject } from '@kubewright/api';

import type { ObjectSource } from '../../storage/object-source.js';
import type { AdmissionRequest } from '../admission.js';
import { kindOf } from '../webhook/matching.js';

const REVIEWS: readonly string[] = ['authentication.k8s.io', 'authorization.k8s.io'];
const POLICIES: readonly string[] = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding'];

/** Whether policies have no say: about themselves, so that one that refuses can be repaired, and about who may do what. */
export function isBeyondPolicies({ resource: { group, kind, plural } }: AdmissionRequest): boolean {
  return (group === 'admissionregistration.k8s.io' && POLICIES.includes(kind)) || (REVIEWS.includes(group) && plural.endsWith('reviews'));
}

/** The namespace of a request's object; a Namespace and what belongs to the cluster have none. @throws ApiError NotFound */
export function namespaceObjectOf(request: AdmissionRequest, objects: ObjectSource): KubeObject | undefined {
  const { namespace } = request;
  const { group, version, kind } = kindOf(request, request.resource);
  if (namespace === '' || (group === '' && version === 'v1' && kind === 'Namespace')) return undefined;
  const found = objects.get('', 'namespaces', '', namespace);
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  return found;
}
