import { deepEqual, type OwnerReference } from '@kubewright/api';
import type { ControllerRevision, StatefulSet } from '@kubewright/api/apps/v1';
import type { PodTemplateSpec } from '@kubewright/api/core/v1';

import { templateHash } from '../template-hash.js';

const HASH_LABEL = 'controller.kubernetes.io/hash';

/** What the history should become so that it holds the set's template as its newest entry. */
export type RevisionPlan =
  | { readonly kind: 'keep'; readonly update: ControllerRevision }
  /** An older entry is the template again: it moves to the end. */
  | { readonly kind: 'renumber'; readonly update: ControllerRevision; readonly revision: number }
  | { readonly kind: 'create'; readonly revision: number; readonly data: Record<string, unknown> };

/** Oldest first. */
export function sortRevisions(revisions: Iterable<ControllerRevision>): ControllerRevision[] {
  const order = ({ metadata }: ControllerRevision): string => `${metadata.creationTimestamp} ${metadata.name}`;
  return [...revisions].sort((a, b) => a.revision - b.revision || order(a).localeCompare(order(b)));
}

/** @param history oldest first */
export function planRevision(set: StatefulSet, history: readonly ControllerRevision[]): RevisionPlan {
  const data = revisionData(set);
  const newest = history.at(-1);
  if (newest && deepEqual(newest.data, data)) return { kind: 'keep', update: newest };
  const revision = (newest?.revision ?? 0) + 1;
  const equal = history.findLast((entry) => deepEqual(entry.data, data));
  return equal ? { kind: 'renumber', update: equal, revision } : { kind: 'create', revision, data };
}

/** A new entry of the history. */
export function newRevision(
  set: StatefulSet, plan: { readonly revision: number; readonly data: Record<string, unknown> }, collisions: number, reference: OwnerReference,
): ControllerRevision {
  const hash = templateHash(plan.data, collisions);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${set.metadata.name}-${hash}`,
      namespace: set.metadata.namespace ?? '',
      labels: { ...set.spec.template.metadata?.labels, [HASH_LABEL]: hash },
      ...(set.metadata.annotations && { annotations: set.metadata.annotations }),
      ownerReferences: [reference],
    },
    data: plan.data,
    revision: plan.revision,
  };
}

/** The pod template that an entry holds. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _marker, ...template } = (revision.data as { spec?: { template?: Record<string, unknown> } } | undefined)?.spec?.template ?? {};
  return template as unknown as PodTemplateSpec;
}

/** Entries to delete, oldest first: of those that nothing was made from, all but the newest `revisionHistoryLimit`. */
export function surplusRevisions(set: StatefulSet, history: readonly ControllerRevision[], inUse: ReadonlySet<string>): ControllerRevision[] {
  const unused = history.filter(({ metadata }) => !inUse.has(metadata.name ?? ''));
  return unused.slice(0, Math.max(unused.length - (set.spec.revisionHistoryLimit ?? 10), 0));
}

/** A patch that turns a set's template into this one, as `kubectl rollout undo` applies it. */
function revisionData(set: StatefulSet): Record<string, unknown> {
  return { spec: { template: { ...set.spec.template, $patch: 'replace' } } };
}
