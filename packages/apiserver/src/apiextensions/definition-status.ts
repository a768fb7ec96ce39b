import { deepEqual, formatTime, goQuote } from '@kubewright/api';

import { apiApproval } from './api-approval.js';
import { findCondition, isConditionTrue, type Definition, type DefinitionCondition, type DefinitionNames } from './definition.js';

/** Sets a condition, in place; its time moves when its status changes. */
export function setCondition(definition: Definition, condition: Omit<DefinitionCondition, 'lastTransitionTime'>, now: number): void {
  const old = findCondition(definition, condition.type);
  const lastTransitionTime = old?.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(new Date(now));
  const next = { ...condition, lastTransitionTime };
  const others = definition.status?.conditions ?? [];
  definition.status = { ...definition.status, conditions: old ? others.map((other) => (other === old ? next : other)) : [...others, next] };
}

/**
 * Accepts the names of a definition as far as no other definition of its group has them.
 * @param others the other definitions of the group
 * @returns the definition with new status, or undefined when nothing changes
 */
export function acceptNames(definition: Definition, others: readonly Definition[], now: number): Definition | undefined {
  const { names } = definition.spec;
  const accepted = definition.status?.acceptedNames ?? NO_NAMES;
  if (deepEqual(names, accepted)) return undefined;
  const decided = decideNames(names, accepted, others);
  const before = findCondition(definition, 'NamesAccepted');
  const isNews = before?.status !== decided.condition.status || before.reason !== decided.condition.reason || before.message !== decided.condition.message;
  if (deepEqual(decided.names, accepted) && !isNews) return undefined;

  const next: Definition = { ...definition, status: { ...definition.status, acceptedNames: decided.names } };
  setCondition(next, decided.condition, now);
  const isAccepted = decided.condition.status === 'True';
  const established = findCondition(definition, 'Established');
  if (established === undefined || (established.status !== 'True' && isAccepted)) {
    setCondition(next, {
      type: 'Established', status: 'False',
      ...(isAccepted ? { reason: 'Installing', message: 'the initial names have been accepted' } : { reason: 'NotAccepted', message: 'not all names are accepted' }),
    }, now);
  }
  return next;
}

/** Declares a definition whose names are accepted as served; undefined when it is already, or can not be. */
export function establish(definition: Definition, now: number): Definition | undefined {
  if (!isConditionTrue(definition, 'NamesAccepted') || isConditionTrue(definition, 'Established')) return undefined;
  const next = { ...definition };
  setCondition(next, { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' }, now);
  return next;
}

/** Tells whether a definition of a protected group was approved; undefined when nothing changes. */
export function judgeApproval(definition: Definition, now: number): Definition | undefined {
  const approval = apiApproval(definition);
  if (approval === undefined) return undefined;
  const reason = { approved: 'ApprovedAnnotation', bypassed: 'UnapprovedAnnotation', missing: 'MissingAnnotation', invalid: 'InvalidAnnotation' }[approval.state];
  const condition = { type: 'KubernetesAPIApprovalPolicyConformant', status: approval.state === 'approved' ? 'True' : 'False', reason, message: approval.reason };
  const old = findCondition(definition, condition.type);
  if (old?.status === condition.status && old.reason === reason && old.message === approval.reason) return undefined;
  const next = { ...definition };
  setCondition(next, condition, now);
  return next;
}

const NO_NAMES: DefinitionNames = { plural: '', kind: '' };

function decideNames(wanted: DefinitionNames, accepted: DefinitionNames, others: readonly Definition[]): { names: DefinitionNames; condition: DefinitionCondition } {
  const taken = others.map((other) => other.status?.acceptedNames ?? NO_NAMES);
  const resources = new Set(taken.flatMap((names) => [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]));
  const kinds = new Set(taken.flatMap((names) => [names.kind, names.listKind ?? '']));
  const names: DefinitionNames = { ...accepted };
  let condition: DefinitionCondition = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  // The last conflict is the one that is told.
  const refuse = (reason: string, ...clashes: string[]): void => {
    const texts = clashes.map((name) => `${goQuote(name)} is already in use`);
    condition = { type: 'NamesAccepted', status: 'False', reason, message: texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]` };
  };
  const decide = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: ReadonlySet<string>, reason: string): void => {
    const name = wanted[field] ?? '';
    if (name !== (accepted[field] ?? '') && used.has(name)) refuse(reason, name);
    else if (wanted[field] !== undefined) names[field] = name;
    else delete (names as Partial<DefinitionNames>)[field];
  };
  decide('plural', resources, 'PluralConflict');
  decide('singular', resources, 'SingularConflict');
  if (!deepEqual(wanted.shortNames ?? [], accepted.shortNames ?? [])) {
    const clashes = [...new Set(wanted.shortNames)].filter((name) => !accepted.shortNames?.includes(name) && resources.has(name));
    if (clashes.length > 0) refuse('ShortNamesConflict', ...clashes);
    else if (wanted.shortNames) names.shortNames = wanted.shortNames;
    else delete names.shortNames;
  }
  decide('kind', kinds, 'KindConflict');
  decide('listKind', kinds, 'ListKindConflict');
  if (wanted.categories) names.categories = wanted.categories;
  else delete names.categories;
  return { names, condition };
}
