import { matchesLabels, notFound, type GroupVersionKind, type KubeObject, type requirementsOf } from '@kubewright/api';
import type { NamedRuleWithOperations } from '@kubewright/api/admissionregistration/v1';

import { storedAs } from '../../registry/request-scope.js';
import type { ResourceInfo } from '../../registry/resource.js';
import type { ObjectSource } from '../../storage/object-source.js';
import type { AdmissionRequest } from '../admission.js';
import type { Hook } from './hooks.js';

/** The resources that are served right now, for the versions in which a request could be seen as well. */
export interface ServedResources {
  all(): Iterable<ResourceInfo>;
}

/** Which requests a webhook or a policy is about. */
export interface MatchCriteria {
  readonly rules: readonly NamedRuleWithOperations[];
  /** Wins over `rules`. @default none */
  readonly excludedRules?: readonly NamedRuleWithOperations[];
  /** Whether having no rules means every request. @default false */
  readonly matchesWithoutRules?: boolean;
  readonly namespaceRequirements: ReturnType<typeof requirementsOf>;
  readonly objectRequirements: ReturnType<typeof requirementsOf>;
  readonly matchesEquivalents: boolean;
}

/** What a request is seen as: the resource of the rule that fits, in the version of that rule. */
export interface Match {
  readonly resource: ResourceInfo;
  readonly kind: GroupVersionKind;
}

/** How a webhook is called for a request. */
export interface Invocation extends Match {
  readonly hook: Hook;
}

const GROUP = 'admissionregistration.k8s.io';
const EXEMPT: readonly string[] = [
  'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

/** Whether nobody is asked about a request: a webhook that refused changes of its own configuration could never be repaired. */
export function isExempt({ resource }: AdmissionRequest): boolean {
  return resource.group === GROUP && EXEMPT.includes(resource.kind);
}

/** The namespace as webhooks are told it: a Namespace is said to be in itself. */
export function namespaceOf({ resource, namespace, name }: AdmissionRequest): string {
  return isNamespaces(resource) ? name : namespace;
}

/** The kind of what a request carries, in the version of `resource`. */
export function kindOf({ kind }: AdmissionRequest, resource: ResourceInfo): GroupVersionKind {
  return kind ?? { group: resource.group, version: resource.version, kind: resource.kind };
}

/** Decides whether webhooks and policies are concerned by one request. */
export class Matcher {
  constructor(private readonly request: AdmissionRequest, private readonly objects: ObjectSource, private readonly served: ServedResources) {}

  /** {@link match} for a webhook. */
  matchHook(hook: Hook): Invocation | undefined {
    const match = this.match(hook);
    return match && { hook, ...match };
  }

  /**
   * Undefined when the webhook or policy is not concerned.
   * @throws ApiError NotFound when the namespace that decides is not there
   */
  match(criteria: MatchCriteria): Match | undefined {
    const inNamespace = this.#matchesNamespace(criteria);
    if (inNamespace === false || !this.#matchesObject(criteria)) return undefined;
    const { rules, excludedRules = [], matchesEquivalents, matchesWithoutRules } = criteria;
    if (excludedRules.length > 0 && this.#matchingResource(excludedRules, matchesEquivalents)) return undefined;
    const resource = matchesWithoutRules && rules.length === 0 ? this.request.resource : this.#matchingResource(rules, matchesEquivalents);
    if (!resource) return undefined;
    if (inNamespace === 'missing') throw notFound({ group: '', resource: 'namespaces' }, namespaceOf(this.request));
    return { resource, kind: kindOf(this.request, resource) };
  }

  #matchesNamespace({ namespaceRequirements }: MatchCriteria): boolean | 'missing' {
    const namespace = namespaceOf(this.request);
    const { resource, operation, subresource, object } = this.request;
    // Cluster-scoped objects are never exempted by the labels of a namespace.
    if (namespaceRequirements.length === 0 || (namespace === '' && !isNamespaces(resource))) return true;
    // What is being written is not stored yet.
    const isWritten = isNamespaces(resource) && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE');
    const found = isWritten ? object : this.objects.get('', 'namespaces', '', namespace);
    return found ? matchesLabels(namespaceRequirements, found.metadata.labels) : 'missing';
  }

  #matchesObject({ objectRequirements }: MatchCriteria): boolean {
    if (objectRequirements.length === 0) return true;
    const fits = (object: KubeObject | undefined): boolean => object !== undefined && matchesLabels(objectRequirements, object.metadata?.labels);
    return fits(this.request.object) || fits(this.request.oldObject);
  }

  #matchingResource(rules: readonly NamedRuleWithOperations[], matchesEquivalents: boolean): ResourceInfo | undefined {
    const { resource } = this.request;
    if (rules.some((rule) => this.#fits(rule, resource))) return resource;
    if (!matchesEquivalents) return undefined;
    const equivalents = [...this.#equivalents()];
    for (const rule of rules) {
      const found = equivalents.find((each) => this.#fits(rule, each));
      if (found) return found;
    }
    return undefined;
  }

  /** Other ways to see the stored object: other versions of the resource, or another resource that shares its storage. */
  *#equivalents(): Generator<ResourceInfo> {
    const { resource, subresource } = this.request;
    const { group, plural } = storedAs(resource);
    for (const other of this.served.all()) {
      const place = storedAs(other);
      const isSame = other.group === resource.group && other.version === resource.version && other.plural === resource.plural;
      if (isSame || place.group !== group || place.plural !== plural) continue;
      if (subresource === '' || other.subresources.some(({ name }) => name === subresource)) yield other;
    }
  }

  #fits({ scope, operations = [], apiGroups = [], apiVersions = [], resources = [], resourceNames = [] }: NamedRuleWithOperations, { group, version, plural }: ResourceInfo): boolean {
    const has = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);
    if (resourceNames.length > 0 && !resourceNames.includes(this.request.name)) return false;
    return this.#isInScope(scope) && has(operations, this.request.operation) && has(apiGroups, group) && has(apiVersions, version)
      && resources.some((rule) => fitsResource(rule, plural, this.request.subresource));
  }

  #isInScope(scope: string | undefined): boolean {
    if (scope === undefined || scope === '*') return true;
    const isNamespaced = this.request.namespace !== '' && !isNamespaces(this.request.resource);
    return scope === 'Namespaced' ? isNamespaced : !isNamespaced;
  }
}

// `pods` is the resource alone, `pods/*` all its subresources and itself, `*/scale` that of every resource.
function fitsResource(rule: string, plural: string, subresource: string): boolean {
  const [resource = '', wanted = ''] = rule.split('/');
  return (resource === '*' || resource === plural) && (wanted === '*' || wanted === subresource);
}

function isNamespaces({ group, plural }: ResourceInfo): boolean {
  return group === '' && plural === 'namespaces';
}
