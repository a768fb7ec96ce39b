import { deepEqual, forbidden, notFound, type KubeObject } from '@kubewright/api';
import type { ClusterRole, PolicyRule, RoleBinding } from '@kubewright/api/rbac/v1';

import { MASTERS } from '../authn/user-info.js';
import type { Authorizer } from '../authz/authorizer.js';
import type { RbacAuthorizer } from '../authz/rbac.js';
import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';

const GROUP = 'rbac.authorization.k8s.io';

/** What {@link roleEscalation} asks. */
export interface RoleEscalationOptions {
  readonly objects: ObjectSource;
  readonly authorizer: Authorizer;
  readonly rbac: RbacAuthorizer;
}

/**
 * Nobody grants what they do not have: the rules of a role, and of the role behind a binding, must be covered by the writer's own, unless they
 * may `escalate` or `bind`. (The real server does this in the storage of those kinds.)
 */
export function roleEscalation(options: RoleEscalationOptions): AdmissionPlugin {
  return {
    name: 'RoleEscalation',
    validate(request) {
      const { resource, operation, user, object } = request;
      if (resource.group !== GROUP || !object || operation === 'DELETE' || user.groups.includes(MASTERS)) return;
      if (resource.plural === 'roles' || resource.plural === 'clusterroles') checkRole(options, request, object as ClusterRole);
      else if (resource.plural === 'rolebindings' || resource.plural === 'clusterrolebindings') checkBinding(options, request, object as RoleBinding);
    },
  };
}

function checkRole(options: RoleEscalationOptions, request: AdmissionRequest, role: ClusterRole): void {
  const old = request.oldObject as ClusterRole | undefined;
  if (old && deepEqual(old.rules ?? null, role.rules ?? null) && deepEqual(old.aggregationRule ?? null, role.aggregationRule ?? null)) return;
  if (isAllowed(options.authorizer, request, 'escalate', request.resource.plural, request.name)) return;
  // Whoever aggregates gets whatever others will add.
  const everything: PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];
  confirm(options, request, role.aggregationRule ? everything : (role.rules ?? []));
}

function checkBinding(options: RoleEscalationOptions, request: AdmissionRequest, binding: RoleBinding): void {
  const old = request.oldObject as RoleBinding | undefined;
  if (old && deepEqual(old.roleRef, binding.roleRef) && deepEqual(old.subjects ?? [], binding.subjects ?? [])) return;
  const { kind, name } = binding.roleRef;
  const plural = kind === 'Role' ? 'roles' : 'clusterroles';
  if (isAllowed(options.authorizer, request, 'bind', plural, name)) return;
  const role = options.objects.get(GROUP, plural, kind === 'Role' ? request.namespace : '', name) as (KubeObject & Pick<ClusterRole, 'rules'>) | undefined;
  if (!role) throw notFound({ group: GROUP, resource: request.resource.plural }, request.name);
  confirm(options, request, role.rules ?? []);
}

function isAllowed(authorizer: Authorizer, { user, namespace, resource }: AdmissionRequest, verb: string, plural: string, name: string): boolean {
  return authorizer.authorize({ user, verb, path: '', resource: { group: GROUP, version: resource.version, plural, subresource: '', namespace, name } }).allowed;
}

function confirm({ rbac }: RoleEscalationOptions, request: AdmissionRequest, wanted: readonly PolicyRule[]): void {
  const { user, namespace, resource, name } = request;
  const held = [...rbac.rulesFor(user, namespace)].map(({ rule }) => rule);
  const missing = wanted.flatMap(singleRights).filter((right) => !held.some((rule) => covers(rule, right)));
  if (missing.length === 0) return;
  const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`;
  const lines = [...compact(missing)].sort();
  const message = `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
  throw forbidden({ group: GROUP, resource: resource.plural }, name, message);
}

/** One verb on one resource, or on one path. */
interface Right {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

function singleRights(rule: PolicyRule): Right[] {
  const rights: Right[] = [];
  for (const verb of rule.verbs) {
    for (const url of rule.nonResourceURLs ?? []) rights.push({ verb, url });
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        if (!rule.resourceNames?.length) rights.push({ verb, group, resource });
        else for (const name of rule.resourceNames) rights.push({ verb, group, resource, name });
      }
    }
  }
  return rights;
}

function covers(rule: PolicyRule, { verb, group, resource, name, url }: Right): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean => list?.some((entry) => entry === '*' || entry === value) ?? false;
  if (!has(rule.verbs, verb)) return false;
  if (url !== undefined) return rule.nonResourceURLs?.some((entry) => entry === '*' || entry === url || (entry.endsWith('*') && url.startsWith(entry.slice(0, -1)))) ?? false;
  const subresource = resource!.includes('/') ? resource!.slice(resource!.indexOf('/')) : '';
  const coversResource = has(rule.resources, resource!) || (subresource !== '' && (rule.resources?.includes(`*${subresource}`) ?? false));
  const coversName = !rule.resourceNames?.length || (name !== undefined && rule.resourceNames.includes(name));
  return has(rule.apiGroups, group!) && coversResource && coversName;
}

/** Rights on the same thing in one line, as Go prints a rule. */
function compact(rights: readonly Right[]): Set<string> {
  const verbs = new Map<string, string[]>();
  for (const { verb, group, resource, name, url } of rights) {
    const place = url !== undefined ? `NonResourceURLs:[${JSON.stringify(url)}]`
      : `APIGroups:[${JSON.stringify(group)}], Resources:[${JSON.stringify(resource)}]${name === undefined ? '' : `, ResourceNames:[${JSON.stringify(name)}]`}`;
    const known = verbs.get(place);
    if (known) known.push(verb);
    else verbs.set(place, [verb]);
  }
  return new Set([...verbs].map(([place, list]) => `{${place}, Verbs:[${list.map((verb) => JSON.stringify(verb)).join(' ')}]}`));
}
