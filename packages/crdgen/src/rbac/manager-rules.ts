import type { RbacRule } from '@kubewright/api';
import { ts } from 'ts-morph';

import { evaluate } from '../load/constants.js';
import type { SchemaContext } from '../schema/context.js';
import { isCallOf, property } from './controllers.js';

/**
 * The rules that the managers of a file need for themselves. Options are found where `createManager` is called, the runtime's or one of the
 * project's own by that name.
 */
export function managerRules(file: ts.SourceFile, context: SchemaContext): RbacRule[] {
  const rules: RbacRule[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isManagerCall(node, context))
      for (const argument of node.arguments) if (ts.isObjectLiteralExpression(argument)) rules.push(...rulesOf(argument, context));
    ts.forEachChild(node, visit);
  };
  if (/\bcreateManager\b/.test(file.text)) visit(file);
  return rules;
}

function isManagerCall(call: ts.CallExpression, context: SchemaContext): boolean {
  return isCallOf(call, 'createManager', context) || call.expression.getText() === 'createManager';
}

function rulesOf(options: ts.ObjectLiteralExpression, context: SchemaContext): RbacRule[] {
  const election = present(options, 'leaderElection', context);
  const sharding = present(options, 'sharding', context);
  const metrics = property(options, ['metrics'], context);
  return [
    ...(election ? leases(election, ['get', 'create', 'update'], 'leader-election-role', context) : []),
    ...(sharding ? leases(sharding, ['list', 'create', 'update', 'delete'], 'sharding-role', context) : []),
    ...(metrics && ts.isObjectLiteralExpression(metrics) && present(metrics, 'authorization', context)
      ? [
          { groups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
          { groups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
        ]
      : []),
  ];
}

/** An option that is not turned off by a constant. */
function present(options: ts.ObjectLiteralExpression, name: string, context: SchemaContext): ts.Expression | undefined {
  const given = property(options, [name], context);
  const found = given && evaluate(given, context.declarations);
  return found && 'value' in found && !found.value ? undefined : given;
}

/** In a Role where the namespace is a constant; it is the pod's own where it is not, which only the one who deploys knows. */
function leases(options: ts.Expression, verbs: string[], roleName: string, context: SchemaContext): RbacRule[] {
  const given = ts.isObjectLiteralExpression(options) ? property(options, ['namespace'], context) : undefined;
  const found = given && evaluate(given, context.declarations);
  const namespace = found && 'value' in found && typeof found.value === 'string' && found.value !== '' ? found.value : undefined;
  return [{ groups: ['coordination.k8s.io'], resources: ['leases'], verbs, ...(namespace === undefined ? {} : { namespace, roleName }) }];
}
