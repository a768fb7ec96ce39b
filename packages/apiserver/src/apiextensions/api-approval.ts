import { fieldInvalid, fieldRequired, goQuote, type FieldError } from '@kubewright/api';

import type { Definition } from './definition.js';

/** Groups of the Kubernetes project itself need an annotation that says who approved the API. */
export interface ApiApproval {
  readonly state: 'approved' | 'bypassed' | 'missing' | 'invalid';
  readonly reason: string;
}

const ANNOTATION = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** The approval of a definition; undefined when its group needs none. */
export function apiApproval(definition: Definition): ApiApproval | undefined {
  if (!isProtected(definition.spec.group ?? '')) return undefined;
  const annotation = definition.metadata.annotations?.[ANNOTATION] ?? '';
  if (annotation === '') return { state: 'missing', reason: `protected groups must have approval annotation "${ANNOTATION}", ${SEE}` };
  if (annotation.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${goQuote(annotation)}` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/\s]+\S*$/.test(annotation)) return { state: 'approved', reason: `approved in ${annotation}` };
  return { state: 'invalid', reason: `protected groups must have approval annotation "${ANNOTATION}" with either a URL or a reason starting with "unapproved", ${SEE}` };
}

/** A state that has not changed is let pass. */
export function validateApiApproval(definition: Definition, old?: Definition): FieldError[] {
  const approval = apiApproval(definition);
  if (approval === undefined || (old && apiApproval(old)?.state === approval.state)) return [];
  const path = `metadata.annotations[${ANNOTATION}]`;
  if (approval.state === 'missing') return [fieldRequired(path, approval.reason)];
  if (approval.state === 'invalid') return [fieldInvalid(path, definition.metadata.annotations?.[ANNOTATION] ?? '', approval.reason)];
  return [];
}

function isProtected(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));
}
