/** @module select: which monitors, rules and namespaces belong to a Prometheus. Pure: it gets what is there and decides. */
import { matchesLabels, requirementsOf, type KubeObject } from '@kubewright/api';

import type { LabelSelector } from '../api/index.js';

/** Namespaces and their labels. */
export type NamespaceLabels = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** An object that was selected and can not be used. */
export interface Rejected<T> {
  readonly object: T;
  readonly message: string;
}

/** What a selection came to. */
export interface Selection<T> {
  readonly accepted: T[];
  readonly rejected: Rejected<T>[];
}

/** Which objects count, and where they are looked for. */
export interface Selectors {
  /** Objects; none when undefined, all when empty. */
  readonly objects: LabelSelector | undefined;
  /** Namespaces; only `own` when undefined, all when empty. */
  readonly namespaces: LabelSelector | undefined;
  readonly own: string;
}

/** Selects, then judges: `check` throws for an object that can not be used. One bad object never keeps the others out. */
export function select<T extends KubeObject>(objects: Iterable<T>, selectors: Selectors, namespaces: NamespaceLabels, check: (object: T) => void): Selection<T> {
  const selection: Selection<T> = { accepted: [], rejected: [] };
  if (!selectors.objects) return selection;
  const wanted = requirementsOf(selectors.objects);
  const isInScope = namespaceFilter(selectors, namespaces);
  for (const object of objects) {
    if (!isInScope(object.metadata.namespace ?? '') || !matchesLabels(wanted, object.metadata.labels ?? {})) continue;
    try {
      check(object);
      selection.accepted.push(object);
    } catch (error) {
      selection.rejected.push({ object, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return selection;
}

/** Whether a namespace is one of those in which objects are looked for. */
export function namespaceFilter({ namespaces: selector, own }: Pick<Selectors, 'namespaces' | 'own'>, namespaces: NamespaceLabels): (namespace: string) => boolean {
  if (!selector) return (namespace) => namespace === own;
  const requirements = requirementsOf(selector);
  return (namespace) => matchesLabels(requirements, namespaces.get(namespace) ?? {});
}
