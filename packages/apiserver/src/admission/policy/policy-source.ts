import { parseApiVersion, requirementsOf, type KubeObject } from '@kubewright/api';
import type {
  MatchResources, MutatingAdmissionPolicyBindingSpec, MutatingAdmissionPolicySpec, ParamKind, ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec,
} from '@kubewright/api/admissionregistration/v1';

import type { Authorizer } from '../../authz/authorizer.js';
import type { ResourceInfo } from '../../registry/resource.js';
import type { ObjectSource } from '../../storage/object-source.js';
import type { MatchCriteria, ServedResources } from '../webhook/matching.js';

/** What the two plugins of policies work with. */
export interface PolicyTools {
  readonly objects: ObjectSource;
  readonly served: ServedResources;
  readonly authorizer: Authorizer;
}

/** The API group of policies and their bindings. */
export const POLICY_GROUP = 'admissionregistration.k8s.io';

export type PolicySpec = ValidatingAdmissionPolicySpec & MutatingAdmissionPolicySpec;
export type BindingSpec = ValidatingAdmissionPolicyBindingSpec & MutatingAdmissionPolicyBindingSpec;

/** A binding, ready to be matched. */
export interface Binding {
  readonly name: string;
  readonly spec: BindingSpec;
  /** Undefined: it holds wherever its policy does. */
  readonly criteria: MatchCriteria | undefined;
}

/** A policy that is bound. `C` is what its expressions were compiled to. */
export interface BoundPolicy<C> {
  readonly name: string;
  readonly spec: PolicySpec;
  readonly criteria: MatchCriteria;
  readonly ignoresFailure: boolean;
  readonly compiled: C;
  readonly bindings: readonly Binding[];
}

type Read<C> = Omit<BoundPolicy<C>, 'bindings'>;

/** The policies of a kind that are bound, in the order of their names, as they are stored right now. */
export class PolicySource<C> {
  // Stored objects never change: what was read of one holds as long as it is stored.
  readonly #policies = new WeakMap<KubeObject, Read<C>>();
  readonly #bindings = new WeakMap<KubeObject, Binding>();

  /** @param plural of the policies; that of their bindings follows from it */
  constructor(private readonly objects: ObjectSource, private readonly plural: 'validatingadmissionpolicies' | 'mutatingadmissionpolicies', private readonly compile: (spec: PolicySpec) => C) {}

  bound(): BoundPolicy<C>[] {
    const byPolicy = new Map<string, Binding[]>();
    for (const object of this.objects.list(POLICY_GROUP, bindingsOf(this.plural))) {
      const binding = this.#bindingOf(object);
      const { policyName } = binding.spec;
      const known = byPolicy.get(policyName);
      if (known) known.push(binding);
      else byPolicy.set(policyName, [binding]);
    }
    return [...byPolicy].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, bindings]) => {
      const policy = this.objects.get(POLICY_GROUP, this.plural, '', name);
      return policy ? [{ ...this.#policyOf(policy), bindings }] : [];
    });
  }

  #policyOf(policy: KubeObject): Read<C> {
    let read = this.#policies.get(policy);
    if (!read) {
      const { spec } = policy as KubeObject & { spec: PolicySpec };
      const name = policy.metadata.name ?? '';
      read = { name, spec, criteria: criteriaOf(spec.matchConstraints ?? {}), ignoresFailure: spec.failurePolicy === 'Ignore', compiled: this.compile(spec) };
      this.#policies.set(policy, read);
    }
    return read;
  }

  #bindingOf(object: KubeObject): Binding {
    let read = this.#bindings.get(object);
    if (!read) {
      const { spec } = object as KubeObject & { spec: BindingSpec };
      read = { name: object.metadata.name ?? '', spec, criteria: spec.matchResources && { ...criteriaOf(spec.matchResources), matchesWithoutRules: true } };
      this.#bindings.set(object, read);
    }
    return read;
  }
}

/** The resource of the bindings of a kind of policies. */
export function bindingsOf(plural: 'validatingadmissionpolicies' | 'mutatingadmissionpolicies'): string {
  return plural.replace(/ies$/, 'ybindings');
}

function criteriaOf({ resourceRules = [], excludeResourceRules = [], matchPolicy, namespaceSelector = {}, objectSelector = {} }: MatchResources): MatchCriteria {
  return {
    rules: resourceRules, excludedRules: excludeResourceRules, matchesEquivalents: matchPolicy === 'Equivalent',
    namespaceRequirements: requirementsOf(namespaceSelector), objectRequirements: requirementsOf(objectSelector),
  };
}

/** The resource of the parameters of a policy. @throws Error when there is none */
export function paramResource({ apiVersion = '', kind = '' }: ParamKind, served: ServedResources): ResourceInfo {
  const { group, version } = parseApiVersion(apiVersion);
  for (const resource of served.all()) {
    if (resource.group === group && resource.version === version && resource.kind === kind) return resource;
  }
  throw new Error(`failed to find resource referenced by paramKind: '${group}/${version}, Kind=${kind}'`);
}
