import { deepEqual, matchesLabels, parseLabelSelector, requirementsOf, type LabelSelector } from '@kubewright/api';

import type { Predicate } from './predicate.js';

/** Drops updates that leave the labels as they are. */
export const labelsChanged: Predicate = (event) =>
  event.type === 'update' && deepEqual(event.old.labels, event.entry.labels) ? 'labels unchanged' : undefined;

/** Drops updates that leave the annotations as they are. */
export const annotationsChanged: Predicate = (event) =>
  event.type === 'update' && deepEqual(event.old.annotations, event.entry.annotations) ? 'annotations unchanged' : undefined;

/** Keeps what a selector matches. An update passes when it matches before or after, so that leaving the selection is seen. */
export function labelsMatch(selector: LabelSelector | string): Predicate {
  const requirements = typeof selector === 'string' ? parseLabelSelector(selector) : requirementsOf(selector);
  return (event) =>
    matchesLabels(requirements, event.entry.labels) || (event.type === 'update' && matchesLabels(requirements, event.old.labels)) ? undefined : 'labels do not match';
}
