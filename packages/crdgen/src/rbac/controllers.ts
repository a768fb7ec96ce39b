import { ts } from 'ts-morph';

import { classesOf } from '../collect/resources.js';
import { evaluate, propertyName } from '../load/constants.js';
import { decoratorsOf } from '../load/decorators.js';
import type { SchemaContext } from '../schema/context.js';
import { kindExpressions } from './kind-expression.js';

/** What a controller says of itself, as far as rules follow from it. */
export interface ControllerFacts {
  readonly primary: ts.Expression | undefined;
  readonly owns: readonly ts.Expression[];
  readonly watches: readonly ts.Expression[];
  readonly dependents: readonly ts.Expression[];
  readonly hasFinalizer: boolean;
  readonly usesRecorder: boolean;
}

/** The controllers of a file: classes with `@Controller`, objects of `defineController`, chains from `controllerFor`. */
export function controllersOf(file: ts.SourceFile, context: SchemaContext): ControllerFacts[] {
  const found = classesOf(file).flatMap((node) => decorated(node, context) ?? []);
  const visit = (node: ts.Node): void => {
    const chain = ts.isCallExpression(node) ? chainFrom(node) : undefined;
    if (ts.isCallExpression(node) && isCallOf(node, 'defineController', context)) found.push(...defined(node, context));
    else if (chain && isCallOf(chain.root, 'controllerFor', context)) found.push(built(node, chain.calls));
    else return ts.forEachChild(node, visit);
    // What is passed may hold controllers of its own, and the chain's beginnings are the same controller.
    for (const one of chain ? chain.calls : []) one.arguments.forEach((argument) => ts.forEachChild(argument, visit));
  };
  // Most files have no such call; looking at the text is far quicker than walking over all of its syntax.
  if (/\b(?:defineController|controllerFor)\b/.test(file.text)) visit(file);
  return found;
}

/** The value of one of some properties of an object literal. */
export function property(options: ts.ObjectLiteralExpression | undefined, names: readonly string[], context: SchemaContext): ts.Expression | undefined {
  for (const one of options?.properties ?? []) {
    if (!one.name || !names.includes(propertyName(one.name, context.declarations) ?? '')) continue;
    if (ts.isPropertyAssignment(one)) return one.initializer;
    if (ts.isShorthandPropertyAssignment(one)) return one.name;
  }
  return undefined;
}

/** Whether a call is one of a function of the runtime, under whatever name it was imported. */
export function isCallOf(call: ts.CallExpression, name: string, context: SchemaContext): boolean {
  if (!ts.isIdentifier(call.expression) && !ts.isPropertyAccessExpression(call.expression)) return false;
  const { resolution, rest } = context.declarations.resolveEntity(call.expression);
  if (rest.length > 0 || resolution.kind === 'module') return false;
  if (resolution.kind === 'declared') return false;
  return resolution.name === name && (resolution.kind === 'unresolved' || resolution.module.startsWith('@kubewright/'));
}

function decorated(node: ts.ClassDeclaration, context: SchemaContext): ControllerFacts | undefined {
  const calls = decoratorsOf(node, context.declarations);
  const controller = calls.find((call) => call.name === 'Controller');
  if (!controller) return undefined;
  const [first, second] = controller.arguments;
  const options = [first, second].find((one) => one && ts.isObjectLiteralExpression(one)) as ts.ObjectLiteralExpression | undefined;
  const listed = (name: string) => kindExpressions(property(options, [name], context));
  const named = (name: string) => calls.filter((call) => call.name === name).flatMap((call) => kindExpressions(call.arguments[0]));
  return {
    primary: first && first !== options ? first : property(options, ['for', 'kind', 'resource'], context),
    owns: [...listed('owns'), ...named('Owns')],
    watches: [...listed('watches'), ...named('Watches')],
    dependents: named('Dependent'),
    hasFinalizer: isFinalizing(options, context) || hasMethod(node.members, 'cleanup'),
    usesRecorder: usesRecorder(node),
  };
}

function defined(call: ts.CallExpression, context: SchemaContext): ControllerFacts[] {
  const [options] = call.arguments;
  if (!options || !ts.isObjectLiteralExpression(options)) return [];
  const listed = (name: string) => kindExpressions(property(options, [name], context));
  const hasFinalizer = isFinalizing(options, context) || hasMethod(options.properties, 'cleanup');
  return [{ primary: property(options, ['for'], context), owns: listed('owns'), watches: listed('watches'), dependents: listed('dependents'), hasFinalizer, usesRecorder: usesRecorder(options) }];
}

interface Chain {
  readonly root: ts.CallExpression;
  readonly calls: readonly ts.CallExpression[];
}

/** `root(…).a(…).b(…)`, with the calls in the order of the source. */
function chainFrom(node: ts.CallExpression): Chain | undefined {
  const calls: ts.CallExpression[] = [];
  let at: ts.Expression = node;
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    calls.unshift(at);
    at = at.expression.expression;
  }
  return ts.isCallExpression(at) && calls.length > 0 ? { root: at, calls } : undefined;
}

function built(node: ts.Node, calls: readonly ts.CallExpression[]): ControllerFacts {
  const named = (name: string) => calls.filter(({ expression }) => ts.isPropertyAccessExpression(expression) && expression.name.text === name);
  const kinds = (name: string) => named(name).flatMap((call) => kindExpressions(call.arguments[0]));
  const [primary] = kinds('for');
  const completed = named('complete').flatMap((call) => [...call.arguments]);
  return {
    primary,
    owns: kinds('owns'),
    watches: kinds('watches'),
    dependents: named('dependents').flatMap((call) => call.arguments.flatMap((one) => kindExpressions(one))),
    hasFinalizer:
      named('withFinalizer').length + named('withOrderedDeletion').length > 0 || completed.some((one) => ts.isObjectLiteralExpression(one) && hasMethod(one.properties, 'cleanup')),
    usesRecorder: usesRecorder(node),
  };
}

function isFinalizing(options: ts.ObjectLiteralExpression | undefined, context: SchemaContext): boolean {
  if (property(options, ['finalizer'], context)) return true;
  const ordered = property(options, ['orderedDeletion'], context);
  const found = ordered && evaluate(ordered, context.declarations);
  return found !== undefined && !('value' in found && found.value === false);
}

function hasMethod(members: readonly (ts.ClassElement | ts.ObjectLiteralElementLike)[], name: string): boolean {
  return members.some((member) => member.name?.getText() === name && !ts.isGetAccessor(member) && !ts.isSetAccessor(member));
}

function usesRecorder(node: ts.Node): boolean {
  const visit = (at: ts.Node): boolean =>
    ts.isIdentifier(at) && (at.text === 'recorder' || at.text === 'EventRecorder') ? true : (ts.forEachChild(at, (child) => visit(child) || undefined) ?? false);
  return visit(node);
}
