import { addQuantities, canonicalQuantity, compareQuantities, nanosOf, parseQuantity, type KubeObject } from '@kubewright/api';
import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod, PodSpec } from '@kubewright/api/core/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { refusal } from './refusal.js';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Readonly<Record<string, string | number>>;

/** Fills in what containers leave out and holds pods and claims to the LimitRanges of their namespace. */
export function limitRanger(objects: ObjectSource): AdmissionPlugin {
  const limitsOf = (namespace: string): LimitRangeItem[] => [...(objects.list('', 'limitranges', namespace) as Iterable<LimitRange>)].flatMap(({ spec }) => spec?.limits ?? []);
  return {
    name: 'LimitRanger',
    admit(request) {
      const pod = newPod(request);
      if (!pod?.spec) return;
      for (const limits of limitsOf(request.namespace)) if (limits.type === 'Container') fillIn(pod, limits);
    },
    validate(request) {
      const pod = newPod(request);
      const claim = pod ? undefined : writtenClaim(request);
      if (!pod?.spec && !claim) return;
      for (const limits of limitsOf(request.namespace)) {
        const problems = [...new Set(pod?.spec ? podProblems(limits, pod.spec) : claimProblems(limits, claim!))];
        if (problems.length > 0) throw refusal(request, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
      }
    },
  };
}

function newPod({ operation, resource, subresource, object }: AdmissionRequest): (KubeObject & Pod) | undefined {
  return operation === 'CREATE' && resource.group === '' && resource.plural === 'pods' && subresource === '' ? (object as KubeObject & Pod) : undefined;
}

function writtenClaim({ operation, resource, subresource, object }: AdmissionRequest): PersistentVolumeClaim | undefined {
  const writes = operation === 'CREATE' || operation === 'UPDATE';
  return writes && resource.group === '' && resource.plural === 'persistentvolumeclaims' && subresource === '' ? (object as KubeObject & PersistentVolumeClaim) : undefined;
}

/** What was filled in is told in an annotation. */
function fillIn(pod: Pod, { default: limits = {}, defaultRequest: requests = {} }: LimitRangeItem): void {
  // Lists that are null are written as such by clients of Go.
  const told = [...(pod.spec?.containers ?? []).map((container) => ['container', container] as const), ...(pod.spec?.initContainers ?? []).map((container) => ['init container', container] as const)].flatMap(([what, container]) => {
    const resources = (container.resources ??= {});
    const added = (kind: 'limits' | 'requests', defaults: Amounts): string[] => {
      const missing = Object.keys(defaults).filter((name) => resources[kind]?.[name] === undefined).sort();
      if (missing.length > 0) resources[kind] = { ...resources[kind], ...Object.fromEntries(missing.map((name) => [name, defaults[name]!])) };
      return missing;
    };
    const [addedLimits, addedRequests] = [added('limits', limits), added('requests', requests)];
    return [
      ...(addedRequests.length > 0 ? [`${addedRequests.join(', ')} request for ${what} ${container.name}`] : []),
      ...(addedLimits.length > 0 ? [`${addedLimits.join(', ')} limit for ${what} ${container.name}`] : []),
    ];
  });
  if (told.length > 0) pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${told.join('; ')}` };
}

function podProblems(limits: LimitRangeItem, spec: PodSpec): string[] {
  if (limits.type === 'Pod') return problemsOf(limits, total(spec, 'requests'), total(spec, 'limits'));
  if (limits.type !== 'Container') return [];
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ resources = {} }) => problemsOf(limits, resources.requests ?? {}, resources.limits ?? {}));
}

function problemsOf({ type, min = {}, max = {}, maxLimitRequestRatio = {} }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return [
    ...sorted(min).flatMap(([name, least]) => below(type, name, least, requests[name], limits[name])),
    ...sorted(max).flatMap(([name, most]) => {
      const said = `maximum ${name} usage per ${type} is ${canonicalQuantity(most)}`;
      if (limits[name] === undefined) return [`${said}.  No limit is specified`];
      if (isMore(limits[name], most)) return [`${said}, but limit is ${canonicalQuantity(limits[name])}`];
      return requests[name] !== undefined && isMore(requests[name], most) ? [`${said}, but request is ${canonicalQuantity(requests[name])}`] : [];
    }),
    ...sorted(maxLimitRequestRatio).flatMap(([name, most]) => {
      const said = `${name} max limit to request ratio per ${type} is ${canonicalQuantity(most)}`;
      if (isNothing(requests[name])) return [`${said}, but no request is specified or request is 0`];
      if (isNothing(limits[name])) return [`${said}, but no limit is specified or limit is 0`];
      const ratio = numberOf(limits[name]!) / numberOf(requests[name]!);
      return ratio > numberOf(most) ? [`${said}, but provided ratio is ${ratio.toFixed(6)}`] : [];
    }),
  ];
}

function claimProblems({ type, min = {}, max = {} }: LimitRangeItem, { spec }: PersistentVolumeClaim): string[] {
  if (type !== 'PersistentVolumeClaim') return [];
  const requests = spec?.resources?.requests ?? {};
  return [
    ...sorted(min).flatMap(([name, least]) => below(type, name, least, requests[name], undefined)),
    ...sorted(max).flatMap(([name, most]) => {
      const said = `maximum ${name} usage per ${type} is ${canonicalQuantity(most)}`;
      if (requests[name] === undefined) return [`${said}.  No request is specified`];
      return isMore(requests[name], most) ? [`${said}, but request is ${canonicalQuantity(requests[name])}`] : [];
    }),
  ];
}

function below(type: string, name: string, least: string | number, request: string | number | undefined, limit: string | number | undefined): string[] {
  const said = `minimum ${name} usage per ${type} is ${canonicalQuantity(least)}`;
  if (request === undefined) return [`${said}.  No request is specified`];
  if (isMore(least, request)) return [`${said}, but request is ${canonicalQuantity(request)}`];
  return limit !== undefined && isMore(least, limit) ? [`${said}, but limit is ${canonicalQuantity(limit)}`] : [];
}

/** What a pod needs at once: its containers together, or while they start, the largest of its init containers beside those that stay. */
function total({ containers = [], initContainers = [] }: PodSpec, kind: 'requests' | 'limits'): Amounts {
  const amountsOf = ({ resources }: Container): Amounts => resources?.[kind] ?? {};
  const sum = containers.map(amountsOf).reduce(plus, {});
  let staying: Amounts = {};
  let starting: Amounts = {};
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') staying = plus(staying, amountsOf(container));
    starting = largest(starting, container.restartPolicy === 'Always' ? staying : plus(staying, amountsOf(container)));
  }
  return largest(plus(sum, staying), starting);
}

function plus(a: Amounts, b: Amounts): Amounts {
  return { ...a, ...Object.fromEntries(Object.entries(b).map(([name, amount]) => [name, a[name] === undefined ? amount : addQuantities(a[name], amount)])) };
}

function largest(a: Amounts, b: Amounts): Amounts {
  return { ...a, ...Object.fromEntries(Object.entries(b).filter(([name, amount]) => a[name] === undefined || isMore(amount, a[name]))) };
}

function isMore(a: string | number, b: string | number): boolean {
  return compareQuantities(a, b) > 0;
}

function isNothing(amount: string | number | undefined): boolean {
  return amount === undefined || numberOf(amount) === 0;
}

function numberOf(amount: string | number): number {
  return Number(nanosOf(parseQuantity(amount))) / 1e9;
}

function sorted(amounts: Amounts): [string, string | number][] {
  return Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1));
}
