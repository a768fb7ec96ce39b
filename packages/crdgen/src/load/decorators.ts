import { ts } from 'ts-morph';

import type { Declarations } from './declarations.js';

/** One decorator, by the name that kubewright exports it under. */
export interface DecoratorCall {
  readonly name: string;
  readonly node: ts.Decorator;
  readonly arguments: readonly ts.Expression[];
}

/**
 * The kubewright decorators of a class in source order. They are recognised by their exported name when they are imported from a kubewright
 * package, or when their name is declared nowhere (a file that is looked at on its own).
 */
export function decoratorsOf(node: ts.ClassDeclaration | ts.ClassElement, declarations: Declarations): DecoratorCall[] {
  if (!ts.canHaveDecorators(node)) return [];
  return (ts.getDecorators(node) ?? []).flatMap((decorator) => {
    const call = ts.isCallExpression(decorator.expression) ? decorator.expression : undefined;
    const { resolution, rest } = declarations.resolveEntity(call ? call.expression : decorator.expression);
    const isOurs =
      rest.length === 0 && ((resolution.kind === 'imported' && resolution.module.startsWith('@kubewright/')) || resolution.kind === 'unresolved');
    return isOurs ? [{ name: resolution.name, node: decorator, arguments: call ? [...call.arguments] : [] }] : [];
  });
}

/** The expression of a property (or element) inside a literal argument, for findings about it; the deepest one that is there. */
export function nodeAt(expression: ts.Expression, path: readonly (string | number)[]): ts.Node {
  let at: ts.Expression = expression;
  let shown: ts.Node = expression;
  for (const step of path) {
    while (ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isParenthesizedExpression(at)) at = at.expression;
    if (typeof step === 'number' && ts.isArrayLiteralExpression(at)) {
      const element = at.elements[step];
      if (!element) return shown;
      shown = at = element;
    } else if (ts.isObjectLiteralExpression(at)) {
      const property = at.properties.find((one) => one.name && (ts.isIdentifier(one.name) || ts.isStringLiteral(one.name)) && one.name.text === step);
      if (!property) return shown;
      shown = property;
      if (!ts.isPropertyAssignment(property)) return shown;
      at = property.initializer;
    } else return shown;
  }
  return shown;
}
