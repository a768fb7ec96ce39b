import { matchesLabels, requirementsOf, type KubeObject, type LabelRequirement } from '@kubewright/api';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from '@kubewright/api/rbac/v1';

import { MASTERS, parseServiceAccount, type UserInfo } from '../authn/user-info.js';
import type { ObjectSource } from '../storage/object-source.js';
import type { Authorizer, RequestAttributes } from './authorizer.js';
import { ruleAllows } from './policy-rule.js';

const GROUP = 'rbac.authorization.k8s.io';

/** A rule that applies to a user, and why. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  /** `ClusterRoleBinding "x" of ClusterRole "y" to User "z"` */
  readonly grantedBy: string;
}

/**
 * Role-based access control on what is stored right now: a binding that a client has just written counts for its next request. Bindings and
 * roles are compiled once per stored object, which is never changed in place.
 */
export class RbacAuthorizer implements Authorizer {
  readonly #bindings = new WeakMap<KubeObject, CompiledBinding>();
  readonly #selectors = new WeakMap<KubeObject, readonly LabelRequirement[][]>();

  constructor(private readonly objects: ObjectSource) {}

  authorize(attributes: RequestAttributes): { allowed: boolean; reason: string } {
    if (attributes.user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    const problems: string[] = [];
    for (const { rule, grantedBy } of this.rulesFor(attributes.user, attributes.resource?.namespace ?? '', problems)) {
      if (ruleAllows(rule, attributes)) return { allowed: true, reason: `RBAC: allowed by ${grantedBy}` };
    }
    if (problems.length === 0) return { allowed: false, reason: '' };
    return { allowed: false, reason: `RBAC: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}` };
  }

  /**
   * The rules that a user has cluster-wide and, where one is given, in a namespace; the user's place in `system:masters` is not among them.
   * @param problems gets a line for each binding whose role is missing
   */
  *rulesFor(user: UserInfo, namespace: string, problems: string[] = []): Generator<GrantedRule> {
    for (const object of this.objects.list(GROUP, 'clusterrolebindings')) yield* this.#granted(object as ClusterRoleBinding, user, '', problems);
    if (namespace === '') return;
    for (const object of this.objects.list(GROUP, 'rolebindings', namespace)) yield* this.#granted(object as RoleBinding, user, namespace, problems);
  }

  *#granted(object: ClusterRoleBinding | RoleBinding, user: UserInfo, namespace: string, problems: string[]): Generator<GrantedRule> {
    let binding = this.#bindings.get(object);
    if (!binding) this.#bindings.set(object, (binding = compileBinding(object, namespace)));
    const subject = binding.subjectOf(user);
    if (!subject) return;
    const { kind, name } = object.roleRef;
    const rules = this.#rulesOf(kind, name, namespace);
    if (!rules) {
      problems.push(`${kind === 'Role' ? 'role' : 'clusterrole'}.${GROUP} ${JSON.stringify(name)} not found`);
      return;
    }
    const of = `${namespace ? 'RoleBinding' : 'ClusterRoleBinding'} ${JSON.stringify(binding.name)} of ${kind} ${JSON.stringify(name)} to ${subject}`;
    for (const rule of rules) yield { rule, grantedBy: of };
  }

  #rulesOf(kind: string, name: string, namespace: string): Iterable<PolicyRule> | undefined {
    const role = kind === 'Role' ? this.objects.get(GROUP, 'roles', namespace, name) : this.objects.get(GROUP, 'clusterroles', '', name);
    return role && this.#withAggregated(role, new Set());
  }

  /**
   * A role's own rules and those of the cluster roles that its aggregation rule selects. The aggregation controller copies the latter into
   * the role; reading them here makes them count at once, and without that controller.
   */
  *#withAggregated(role: ClusterRole, visited: Set<string>): Generator<PolicyRule> {
    yield* role.rules ?? [];
    const name = role.metadata.name ?? '';
    if (!role.aggregationRule?.clusterRoleSelectors?.length || visited.has(name)) return;
    visited.add(name);
    let selectors = this.#selectors.get(role);
    if (!selectors) this.#selectors.set(role, (selectors = role.aggregationRule.clusterRoleSelectors.map((selector) => [...requirementsOf(selector)])));
    for (const other of this.objects.list(GROUP, 'clusterroles')) {
      const labels = other.metadata.labels ?? {};
      if (!visited.has(other.metadata.name ?? '') && selectors.some((requirements) => matchesLabels(requirements, labels))) {
        yield* this.#withAggregated(other, visited);
      }
    }
  }
}

interface CompiledBinding {
  /** As the reason shows it. */
  readonly name: string;
  /** How the subject that matches is shown; undefined when none does. */
  subjectOf(user: UserInfo): string | undefined;
}

function compileBinding(object: ClusterRoleBinding | RoleBinding, namespace: string): CompiledBinding {
  const subjects = (object.subjects ?? []).map((subject) => ({ ...subject, text: describe(subject, namespace) }));
  return {
    name: namespace ? `${object.metadata.name}/${namespace}` : (object.metadata.name ?? ''),
    subjectOf: (user) => subjects.find((subject) => applies(subject, user, namespace))?.text,
  };
}

function applies(subject: Subject, user: UserInfo, namespace: string): boolean {
  if (subject.kind === 'User') return subject.name === user.name;
  if (subject.kind === 'Group') return user.groups.includes(subject.name);
  const account = subject.kind === 'ServiceAccount' ? parseServiceAccount(user.name) : undefined;
  return account !== undefined && account.name === subject.name && account.namespace === (subject.namespace || namespace);
}

function describe(subject: Subject, namespace: string): string {
  return `${subject.kind} ${JSON.stringify(subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name)}`;
}
