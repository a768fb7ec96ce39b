import { badRequest, encodeJson, invalid, type FieldError, type KubeObject } from '@kubewright/api';
import type {
  NonResourceAttributes, ResourceAttributes, SelfSubjectRulesReview, SubjectAccessReview, SubjectAccessReviewSpec, SubjectAccessReviewStatus,
} from '@kubewright/api/authorization/v1';
import type { Clock } from '@kubewright/platform';

import type { RequestAuthenticator } from '../authn/request-authenticator.js';
import { reviewSelf, reviewToken } from '../authn/token-review.js';
import type { UserInfo } from '../authn/user-info.js';
import type { Authorizer, RequestAttributes } from './authorizer.js';
import { RbacAuthorizer } from './rbac.js';

/** Answers the create of one review. `namespace` is that of the URL, empty where there is none. */
export type Review = (object: KubeObject, user: UserInfo, namespace: string) => KubeObject;

/** Who decides and who recognises. */
export interface ReviewOptions {
  readonly authorizer: Authorizer;
  /** Lists the rules of a user. @default the authorizer, where it is one */
  readonly rbac?: RbacAuthorizer;
  readonly authenticator: RequestAuthenticator;
  readonly clock: Clock;
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

/** The resources that are questions: they can be created, and nothing is stored. Keys are `group/plural`. */
export function createReviews({ authorizer, rbac = rulesBehind(authorizer), authenticator, clock }: ReviewOptions): ReadonlyMap<string, Review> {
  return new Map<string, Review>([
    [`${AUTHORIZATION}/selfsubjectaccessreviews`, (object, user) => reviewAccess(authorizer, 'SelfSubjectAccessReview', object, user)],
    [`${AUTHORIZATION}/subjectaccessreviews`, (object) => reviewAccess(authorizer, 'SubjectAccessReview', object)],
    [`${AUTHORIZATION}/localsubjectaccessreviews`, (object, _user, namespace) => reviewAccess(authorizer, 'LocalSubjectAccessReview', object, undefined, namespace)],
    [`${AUTHORIZATION}/selfsubjectrulesreviews`, (object, user) => reviewRules(rbac, object, user)],
    [`${AUTHENTICATION}/selfsubjectreviews`, (_object, user) => reviewSelf(user, clock)],
    [`${AUTHENTICATION}/tokenreviews`, (object) => reviewToken(authenticator, object)],
  ]);
}

function rulesBehind(authorizer: Authorizer): RbacAuthorizer {
  if (authorizer instanceof RbacAuthorizer) return authorizer;
  throw new TypeError('SelfSubjectRulesReview needs the RBAC authorizer: pass it as rbac');
}

/** @param self who asks, for the review about oneself; @param namespace set for the local review */
function reviewAccess(authorizer: Authorizer, kind: string, object: KubeObject, self?: UserInfo, namespace?: string): SubjectAccessReview {
  const review = object as KubeObject & { spec?: SubjectAccessReviewSpec };
  const spec: SubjectAccessReviewSpec = review.spec ?? {};
  const errors = [...attributeErrors(spec), ...(self ? [] : subjectErrors(spec)), ...metadataErrors(object, namespace), ...placeErrors(spec, namespace)];
  if (errors.length > 0) throw invalid({ group: AUTHORIZATION, kind: '' }, '', errors);
  const user = self ?? { name: spec.user ?? '', groups: spec.groups ?? [], ...(spec.uid && { uid: spec.uid }), ...(spec.extra && { extra: spec.extra }) };
  const decision = authorizer.authorize(toAttributes(user, spec));
  const status: SubjectAccessReviewStatus = { allowed: decision.allowed, ...(decision.reason && { reason: decision.reason }) };
  const metadata = namespace === undefined ? { ...object.metadata } : { ...object.metadata, namespace };
  return { apiVersion: `${AUTHORIZATION}/v1`, kind, metadata, spec, status };
}

function reviewRules(rbac: RbacAuthorizer, object: KubeObject, user: UserInfo): SelfSubjectRulesReview {
  const namespace = (object as KubeObject & Partial<SelfSubjectRulesReview>).spec?.namespace;
  if (!namespace) throw badRequest('no namespace on request');
  const problems: string[] = [];
  const rules = [...rbac.rulesFor(user, namespace, problems)].map(({ rule }) => rule);
  const resourceRules = rules.filter((rule) => rule.resources?.length).map(({ verbs, apiGroups, resources, resourceNames }) => ({
    verbs, ...(apiGroups?.length && { apiGroups }), ...(resources?.length && { resources }), ...(resourceNames?.length && { resourceNames }),
  }));
  const nonResourceRules = rules.filter((rule) => rule.nonResourceURLs?.length).map(({ verbs, nonResourceURLs = [] }) => ({ verbs, nonResourceURLs }));
  return {
    apiVersion: `${AUTHORIZATION}/v1`,
    kind: 'SelfSubjectRulesReview',
    metadata: { ...object.metadata },
    // The real server gives an empty spec back.
    spec: {},
    status: { resourceRules, nonResourceRules, incomplete: problems.length > 0, ...(problems.length > 0 && { evaluationError: problems.join(', ') }) },
  };
}

function toAttributes(user: UserInfo, spec: SubjectAccessReviewSpec): RequestAttributes {
  const { resourceAttributes: asked, nonResourceAttributes: path } = spec;
  if (!asked) return { user, verb: path?.verb ?? '', path: path?.path ?? '' };
  const { group = '', version = '', resource: plural = '', subresource = '', namespace = '', name = '' } = asked;
  return { user, verb: asked.verb ?? '', path: '', resource: { group, version, plural, subresource, namespace, name } };
}

function attributeErrors(spec: SubjectAccessReviewSpec): FieldError[] {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  if (resource && path) {
    return [wrong('spec.nonResourceAttributes', goAttributes(path), 'cannot be specified in combination with resourceAttributes')];
  }
  if (!resource && !path) return [wrong('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')];
  return resource ? [...selectorErrors(resource, 'labelSelector'), ...selectorErrors(resource, 'fieldSelector')] : [];
}

/** The text is of the Go struct, whose fields have no JSON names. */
function goAttributes(path: NonResourceAttributes): object {
  return { Path: path.path ?? '', Verb: path.verb ?? '' };
}

function selectorErrors(resource: ResourceAttributes, selector: 'labelSelector' | 'fieldSelector'): FieldError[] {
  const given = resource[selector];
  if (!given) return [];
  const field = `spec.resourceAttributes.${selector}`;
  if (given.rawSelector && given.requirements?.length) return [wrong(`${field}.rawSelector`, given.rawSelector, 'may not specified at the same time as requirements')];
  if (given.rawSelector || given.requirements?.length) return [];
  return [{ type: 'FieldValueRequired', field: `${field}.requirements`, message: `Required value: when ${field} is specified, requirements or rawSelector is required` }];
}

function subjectErrors(spec: SubjectAccessReviewSpec): FieldError[] {
  return spec.user || spec.groups?.length ? [] : [wrong('spec.user', spec.user ?? '', 'at least one of user or group must be specified')];
}

/** A question has no name; managed fields are the server's own doing, and a local review has its namespace. */
function metadataErrors(object: KubeObject, namespace: string | undefined): FieldError[] {
  const { managedFields: _managedFields, namespace: own, ...rest } = object.metadata ?? {};
  const given = namespace === undefined && own ? { ...rest, namespace: own } : rest;
  const fields = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  if (fields.length === 0) return [];
  return [wrong('metadata', object.metadata, namespace === undefined ? 'must be empty' : 'must be empty except for namespace')];
}

function placeErrors(spec: SubjectAccessReviewSpec, namespace: string | undefined): FieldError[] {
  if (namespace === undefined) return [];
  if (spec.nonResourceAttributes) return [wrong('spec.nonResourceAttributes', goAttributes(spec.nonResourceAttributes), 'disallowed on this kind of request')];
  const asked = spec.resourceAttributes?.namespace ?? '';
  return spec.resourceAttributes && asked !== namespace ? [wrong('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace')] : [];
}

function wrong(field: string, value: unknown, message: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: `Invalid value: ${encodeJson(value)}: ${message}` };
}
