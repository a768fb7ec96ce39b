import type { RbacRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { SchemaContext } from '../schema/context.js';
import { controllersOf, type ControllerFacts } from './controllers.js';
import { kindOf, type RbacKind } from './kind-expression.js';
import { managerRules } from './manager-rules.js';

const READ = ['get', 'list', 'watch'];
const WRITE = [...READ, 'create', 'update', 'patch', 'delete'];
/** What server-side apply and pruning need. */
const APPLY = [...READ, 'create', 'patch', 'delete'];

/**
 * The rules that a program needs for what it is declared to do. Controllers read their kind and write its status, own children completely, have
 * dependents applied and pruned, and read what they watch; a `cleanup` method needs the finalizer; a recorder needs events. Managers need Leases
 * for election and sharding, and reviews for the authorization of metrics. What a reconcile does beyond that is stated with `@Rbac`.
 */
export function inferredRules(files: readonly ts.SourceFile[], context: SchemaContext): RbacRule[] {
  return files.flatMap((file) => [...controllersOf(file, context).flatMap((facts) => rulesOf(facts, context)), ...managerRules(file, context)]);
}

function rulesOf(facts: ControllerFacts, context: SchemaContext): RbacRule[] {
  const kind = facts.primary && kindOf(facts.primary, context);
  const all = (expressions: readonly ts.Expression[], verbs: string[]) =>
    expressions.flatMap((expression) => {
      const found = kindOf(expression, context);
      return found ? [ruleFor(found, verbs)] : [];
    });
  return [
    ...(kind ? primaryRules(kind, facts.hasFinalizer) : []),
    ...all(facts.owns, WRITE),
    ...all(facts.dependents, APPLY),
    ...all(facts.watches, READ),
    ...(facts.usesRecorder ? [{ groups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] }] : []),
  ];
}

function primaryRules(kind: RbacKind, hasFinalizer: boolean): RbacRule[] {
  // The finalizer itself stands in the object's metadata: the framework patches it there.
  const rules = [ruleFor(kind, hasFinalizer ? [...READ, 'patch', 'update'] : READ)];
  if (kind.hasStatus) rules.push({ groups: [kind.group], resources: [`${kind.plural}/status`], verbs: ['get', 'patch', 'update'] });
  if (hasFinalizer) rules.push({ groups: [kind.group], resources: [`${kind.plural}/finalizers`], verbs: ['update'] });
  return rules;
}

function ruleFor(kind: RbacKind, verbs: string[]): RbacRule {
  return { groups: [kind.group], resources: [kind.plural], verbs };
}
