import { controllerOf } from '@kubewright/api';
import type { Pod, PodSpec } from '@kubewright/api/core/v1';

import { BASELINE } from './baseline-checks.js';
import type { Check, PodView, Violation } from './check.js';
import { formatStandard, type Standard } from './policy.js';
import { RESTRICTED } from './restricted-checks.js';

/** Everything by which a pod does not meet a standard. */
export function violations({ level, minor = Infinity }: Standard, pod: PodView): Violation[] {
  if (level === 'privileged') return [];
  const isThere = ({ versions: [first] }: Check): boolean => first![0] <= minor;
  const strict = level === 'restricted' ? RESTRICTED.filter(isThere) : [];
  const overridden = new Set(strict.flatMap(({ overrides = [] }) => overrides));
  const checks = [...BASELINE.filter((check) => isThere(check) && !overridden.has(check.id)), ...strict];
  return checks.flatMap(({ versions }) => versions.findLast(([since]) => since <= minor)![1](pod) ?? []);
}

export function podView(annotations: Readonly<Record<string, string>> | undefined, spec: PodSpec): PodView {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec;
  return { annotations: annotations ?? {}, spec, containers: [...initContainers, ...containers, ...ephemeralContainers] };
}

/** `host namespaces (hostPID=true), privileged (…)` */
export function explain(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');
}

/** Pods that are looked at when a namespace becomes stricter. */
const MOST_PODS = 3000;

/** What whoever makes a namespace stricter is told of the pods in it; one of each controller is looked at first. */
export function namespaceWarnings(namespace: string, standard: Standard, pods: readonly Pod[]): string[] {
  const seen = new Set<string>();
  const [first, repeated]: [Pod[], Pod[]] = [[], []];
  for (const pod of pods) {
    const controller = controllerOf(pod)?.uid;
    if (controller !== undefined && seen.has(controller)) repeated.push(pod);
    else first.push(pod);
    if (controller !== undefined) seen.add(controller);
  }
  const checked = [...first, ...repeated].slice(0, MOST_PODS);
  const byProblem = new Map<string, string[]>();
  for (const pod of checked) {
    const problem = pod.spec ? violations(standard, podView(pod.metadata.annotations, pod.spec)).map(({ reason }) => reason).join(', ') : '';
    if (problem === '') continue;
    const names = byProblem.get(problem) ?? [];
    names.push(pod.metadata.name ?? '');
    byProblem.set(problem, names);
  }
  return [
    ...(checked.length < pods.length ? [`new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`] : []),
    ...(byProblem.size > 0 ? [`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${formatStandard(standard)}"`] : []),
    ...[...byProblem].map(([problem, names]) => `${named(names.sort())}: ${problem}`).sort(),
  ];
}

function named([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
