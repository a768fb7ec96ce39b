import type { GoShape, GroupVersionKind, KubeObject, Status } from '@kubewright/api';

import { always, goBool, goBytes, goStatus, goString, goStringMap, goStrings, goStruct, goUid, optional, pointer } from '../../webhooks/go-types.js';
import type { AdmissionRequest } from '../admission.js';
import { kindOf, namespaceOf, type Invocation, type Match } from './matching.js';

const GROUP = 'admission.k8s.io';
/** The versions of reviews that the server speaks. */
const SPOKEN: readonly string[] = ['v1', 'v1beta1'];

/** The Go type of a webhook's answer. */
export const ADMISSION_ANSWER: GoShape = goStruct('AdmissionReview', {
  kind: optional(goString),
  apiVersion: optional(goString),
  response: pointer(goStruct('AdmissionResponse', {
    uid: always(goUid),
    allowed: always(goBool),
    status: pointer(goStatus),
    patch: optional(goBytes),
    patchType: pointer({ kind: 'string', type: 'v1.PatchType' }),
    auditAnnotations: optional(goStringMap),
    warnings: optional(goStrings),
  })),
});

/** What a webhook has decided. */
export interface Verdict {
  readonly allowed: boolean;
  readonly status: Partial<Status> | undefined;
  /** JSON; empty when nothing is changed. */
  readonly patch: string;
  readonly patchType: string;
  readonly warnings: readonly string[];
}

/** A question to a webhook. */
export interface AdmissionReview {
  readonly kind: 'AdmissionReview';
  readonly apiVersion: string;
  readonly request: object;
}

/** Objects in the version that a webhook asked for. */
export interface ReviewedObjects {
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** The question about a request, in the first version of reviews that both sides speak; undefined when there is none. */
export function admissionReview(request: AdmissionRequest, { hook, ...match }: Invocation, { object, oldObject }: ReviewedObjects, uid: string): AdmissionReview | undefined {
  const version = hook.reviewVersions.find((each) => SPOKEN.includes(each));
  if (version === undefined) return undefined;
  const { dryRun, options, ...described } = describeRequest(request, match);
  return {
    kind: 'AdmissionReview',
    apiVersion: `${GROUP}/${version}`,
    request: { uid, ...described, object: object ?? null, oldObject: oldObject ?? null, dryRun, options },
  };
}

/** What is told of a request besides its objects, to webhooks and to expressions. What is empty is left out. */
export function describeRequest(request: AdmissionRequest, { resource, kind }: Match): { readonly dryRun: boolean; readonly options: unknown; readonly [field: string]: unknown } {
  const { operation, subresource, name, user, dryRun, options } = request;
  const namespace = namespaceOf(request);
  return {
    kind: inOrder(kind),
    resource: { group: resource.group, version: resource.version, resource: resource.plural },
    ...(subresource && { subResource: subresource }),
    requestKind: inOrder(kindOf(request, request.resource)),
    requestResource: { group: request.resource.group, version: request.resource.version, resource: request.resource.plural },
    ...(subresource && { requestSubResource: subresource }),
    ...(name && { name }),
    ...(namespace && { namespace }),
    operation,
    userInfo: {
      ...(user.name && { username: user.name }), ...(user.uid && { uid: user.uid }), ...(user.groups.length > 0 && { groups: user.groups }), ...(user.extra && { extra: user.extra }),
    },
    dryRun,
    options: operation === 'CONNECT' ? null : { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1', ...options },
  };
}

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' } as const;

function inOrder({ group, version, kind }: GroupVersionKind): GroupVersionKind {
  return { group, version, kind };
}

interface Answer {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly response?: {
    readonly uid: string; readonly allowed: boolean; readonly status?: Partial<Status>; readonly patch?: string; readonly patchType?: string; readonly warnings?: readonly string[];
  };
}

/** @param asked apiVersion of the question @throws Error that says what is wrong with the answer */
export function verdictOf(given: Record<string, unknown>, asked: string, uid: string, isMutating: boolean): Verdict {
  const { kind = '', apiVersion = '', response } = given as Answer;
  if (!response) throw new Error('webhook response was absent');
  const { allowed, status, patch = '', patchType, warnings = [] } = response;
  // The version before v1 compared neither, and its patches have no type.
  if (asked !== `${GROUP}/v1`) return { allowed, status, patch: isMutating ? patch : '', patchType: patch === '' ? '' : 'JSONPatch', warnings };
  if (response.uid !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`);
  if (kind !== 'AdmissionReview' || apiVersion !== asked) {
    throw new Error(`expected webhook response of ${asked}, Kind=AdmissionReview, got ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`);
  }
  if (!isMutating) {
    if (patch !== '') throw new Error('validating webhook may not return response.patch');
    if (patchType !== undefined) throw new Error('validating webhook may not return response.patchType');
  } else if (patch !== '' && patchType === undefined) throw new Error('webhook returned response.patch but not response.patchType');
  else if (patch === '' && patchType !== undefined) throw new Error('webhook returned response.patchType but not response.patch');
  else if (patchType === '') throw new Error('webhook returned invalid response.patchType of ""');
  return { allowed, status, patch, patchType: patchType ?? '', warnings };
}
