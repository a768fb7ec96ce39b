import type { Container, PodSpec } from '@kubewright/api/core/v1';

/** A pod, or what a workload makes pods of. */
export interface PodView {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  /** All of its containers, in the order in which they are told. */
  readonly containers: readonly Container[];
}

/** Why a pod does not meet a standard. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** One check of the Pod Security Standards; undefined when the pod holds it. */
export type CheckPod = (pod: PodView) => Violation | undefined;

/** One rule of the standards. */
export interface Check {
  readonly id: string;
  /** By the minor version since which it is so, the newest last. */
  readonly versions: readonly (readonly [since: number, check: CheckPod])[];
  /** Rules of the baseline that say less of the same. */
  readonly overrides?: readonly string[];
}

/** `container "a"`, `containers "a", "b"` */
export function counted(singular: string, items: readonly string[]): string {
  return `${plural(singular, items.length)} ${quoted(items)}`;
}

/** The word for `count` of them. */
export function plural(singular: string, count: number): string {
  return count === 1 ? singular : `${singular}s`;
}

/** Names in quotation marks with commas between, as the texts of violations list them. */
export function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(', ');
}

/** Names of the containers of which something is true. */
export function namesOf(pod: PodView, is: (container: Container) => boolean): string[] {
  return pod.containers.filter(is).map(({ name }) => name);
}

/** Each once, in order. */
export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

/** Who has set something wrong: the pod, containers, or both. */
export function settersOf(isPodWrong: boolean, containers: readonly string[]): string[] {
  return [...(isPodWrong ? ['pod'] : []), ...(containers.length > 0 ? [counted('container', containers)] : [])];
}
