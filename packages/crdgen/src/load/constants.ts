import { ts } from 'ts-morph';

import type { Declarations } from './declarations.js';

/** The value of a constant expression, or the part of it that is not constant. */
export type Evaluation = { readonly value: unknown } | { readonly notConstant: ts.Node };

/**
 * Evaluates what can be read without running it: literals, arrays, objects, templates, `const` variables, enum members, `as const`,
 * `satisfies`, arithmetic and concatenation of those. `new Sub()` is `{}`: the defaults of Sub's own members stand in its schema. `names` are
 * constants that may be written without more ado: the members of an enum inside of it.
 */
export function evaluate(expression: ts.Expression, declarations: Declarations, depth = 0, names?: ReadonlyMap<string, unknown>): Evaluation {
  const failed: Evaluation = { notConstant: expression };
  const again = (next: ts.Expression) => evaluate(next, declarations, depth + 1, names);
  if (depth > 64) return failed;
  if (ts.isStringLiteralLike(expression)) return { value: expression.text };
  if (ts.isNumericLiteral(expression)) return { value: Number(expression.text) };
  if (expression.kind === ts.SyntaxKind.TrueKeyword) return { value: true };
  if (expression.kind === ts.SyntaxKind.FalseKeyword) return { value: false };
  if (expression.kind === ts.SyntaxKind.NullKeyword) return { value: null };
  if (
    ts.isParenthesizedExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression) ||
    ts.isNonNullExpression(expression) ||
    ts.isTypeAssertionExpression(expression)
  )
    return again(expression.expression);
  if (ts.isPrefixUnaryExpression(expression)) {
    const inner = again(expression.operand);
    if (!('value' in inner)) return inner;
    if (expression.operator === ts.SyntaxKind.ExclamationToken && typeof inner.value === 'boolean') return { value: !inner.value };
    if (typeof inner.value !== 'number') return failed;
    if (expression.operator === ts.SyntaxKind.MinusToken) return { value: -inner.value };
    if (expression.operator === ts.SyntaxKind.TildeToken) return { value: ~inner.value };
    return expression.operator === ts.SyntaxKind.PlusToken ? inner : failed;
  }
  if (ts.isBinaryExpression(expression)) return binary(expression, again);
  if (ts.isTemplateExpression(expression)) {
    let text = expression.head.text;
    for (const span of expression.templateSpans) {
      const inner = again(span.expression);
      if (!('value' in inner)) return inner;
      if (typeof inner.value === 'object') return failed;
      text += String(inner.value) + span.literal.text;
    }
    return { value: text };
  }
  if (ts.isArrayLiteralExpression(expression)) return array(expression, again);
  if (ts.isObjectLiteralExpression(expression)) return object(expression, declarations, again);
  if (ts.isNewExpression(expression))
    return (expression.arguments?.length ?? 0) === 0 && isPlainClass(expression.expression, declarations) ? { value: {} } : failed;
  if (ts.isIdentifier(expression)) {
    if (expression.text === 'undefined') return { value: undefined };
    if (names?.has(expression.text)) return { value: names.get(expression.text) };
    return reference(expression, declarations, depth) ?? failed;
  }
  if (ts.isPropertyAccessExpression(expression))
    return reference(expression, declarations, depth) ?? member(again(expression.expression), expression.name.text) ?? failed;
  if (ts.isElementAccessExpression(expression)) {
    const index = again(expression.argumentExpression);
    if (!('value' in index)) return index;
    return member(again(expression.expression), String(index.value)) ?? failed;
  }
  return failed;
}

/** The members of an enum with their values; `undefined` for one that is computed. */
export function enumMembers(
  declaration: ts.EnumDeclaration,
  declarations: Declarations,
): { name: string; value: string | number | undefined; node: ts.EnumMember }[] {
  const out: { name: string; value: string | number | undefined; node: ts.EnumMember }[] = [];
  let next: number | undefined = 0;
  for (const node of declaration.members) {
    let value: string | number | undefined = next;
    if (node.initializer) {
      const found = evaluate(node.initializer, declarations, 0, new Map(out.map((one) => [one.name, one.value])));
      value = 'value' in found && (typeof found.value === 'string' || typeof found.value === 'number') ? found.value : undefined;
    }
    next = typeof value === 'number' ? value + 1 : undefined;
    out.push({ name: node.name.getText().replace(/^['"]|['"]$/g, ''), value, node });
  }
  return out;
}

/** The initialiser of the `const` that an expression names. */
export function constInitializer(expression: ts.EntityName | ts.Expression, declarations: Declarations): ts.Expression | undefined {
  const { resolution, rest } = declarations.resolveEntity(expression);
  if (resolution.kind !== 'declared' || rest.length > 0) return undefined;
  const variable = resolution.nodes.find(ts.isVariableDeclaration);
  return variable && variable.parent.flags & ts.NodeFlags.Const ? variable.initializer : undefined;
}

function reference(expression: ts.Identifier | ts.PropertyAccessExpression, declarations: Declarations, depth: number): Evaluation | undefined {
  const { resolution, rest } = declarations.resolveEntity(expression);
  if (resolution.kind !== 'declared') return undefined;
  for (const node of resolution.nodes) {
    if (ts.isEnumDeclaration(node) && rest.length === 1) {
      const found = enumMembers(node, declarations).find((one) => one.name === rest[0]);
      return found?.value === undefined ? undefined : { value: found.value };
    }
  }
  const initializer = rest.length === 0 ? constInitializer(expression, declarations) : undefined;
  return initializer && evaluate(initializer, declarations, depth + 1);
}

function binary(expression: ts.BinaryExpression, again: (next: ts.Expression) => Evaluation): Evaluation {
  const [left, right] = [again(expression.left), again(expression.right)];
  if (!('value' in left)) return left;
  if (!('value' in right)) return right;
  const [a, b] = [left.value, right.value];
  if (
    expression.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (typeof a === 'string' || typeof b === 'string') &&
    typeof a !== 'object' &&
    typeof b !== 'object'
  )
    return { value: `${String(a)}${String(b)}` };
  if (typeof a !== 'number' || typeof b !== 'number') return { notConstant: expression };
  switch (expression.operatorToken.kind) {
    case ts.SyntaxKind.PlusToken:
      return { value: a + b };
    case ts.SyntaxKind.MinusToken:
      return { value: a - b };
    case ts.SyntaxKind.AsteriskToken:
      return { value: a * b };
    case ts.SyntaxKind.SlashToken:
      return { value: a / b };
    case ts.SyntaxKind.AsteriskAsteriskToken:
      return { value: a ** b };
    case ts.SyntaxKind.LessThanLessThanToken:
      return { value: a << b };
    case ts.SyntaxKind.GreaterThanGreaterThanToken:
      return { value: a >> b };
    case ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken:
      return { value: a >>> b };
    case ts.SyntaxKind.PercentToken:
      return { value: a % b };
    case ts.SyntaxKind.BarToken:
      return { value: a | b };
    case ts.SyntaxKind.AmpersandToken:
      return { value: a & b };
    case ts.SyntaxKind.CaretToken:
      return { value: a ^ b };
    default:
      return { notConstant: expression };
  }
}

function array(expression: ts.ArrayLiteralExpression, again: (next: ts.Expression) => Evaluation): Evaluation {
  const out: unknown[] = [];
  for (const element of expression.elements) {
    const inner = again(ts.isSpreadElement(element) ? element.expression : element);
    if (!('value' in inner)) return inner;
    if (!ts.isSpreadElement(element)) out.push(inner.value);
    else if (Array.isArray(inner.value)) out.push(...(inner.value as unknown[]));
    else return { notConstant: element };
  }
  return { value: out };
}

function object(expression: ts.ObjectLiteralExpression, declarations: Declarations, again: (next: ts.Expression) => Evaluation): Evaluation {
  const out: [string, unknown][] = [];
  for (const property of expression.properties) {
    if (ts.isSpreadAssignment(property)) {
      const inner = again(property.expression);
      if (!('value' in inner)) return inner;
      if (typeof inner.value !== 'object' || inner.value === null) return { notConstant: property };
      out.push(...Object.entries(inner.value));
      continue;
    }
    const name = property.name && propertyName(property.name, declarations);
    if (name === undefined || (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property))) return { notConstant: property };
    const inner = again(ts.isPropertyAssignment(property) ? property.initializer : property.name);
    if (!('value' in inner)) return inner;
    if (inner.value !== undefined) out.push([name, inner.value]);
  }
  return { value: Object.fromEntries(out) };
}

/** The name of a property; undefined when it is computed and not a constant. */
export function propertyName(name: ts.PropertyName, declarations: Declarations): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isPrivateIdentifier(name)) return name.text;
  if (ts.isNumericLiteral(name)) return name.text;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const found = evaluate(name.expression, declarations);
  return 'value' in found && (typeof found.value === 'string' || typeof found.value === 'number') ? String(found.value) : undefined;
}

function member(of: Evaluation, name: string): Evaluation | undefined {
  if (!('value' in of)) return of;
  if (typeof of.value !== 'object' || of.value === null || !Object.hasOwn(of.value, name)) return undefined;
  return { value: (of.value as Record<string, unknown>)[name] };
}

function isPlainClass(expression: ts.Expression, declarations: Declarations): boolean {
  const { resolution, rest } = declarations.resolveEntity(expression);
  return resolution.kind === 'declared' && rest.length === 0 && resolution.nodes.some(ts.isClassDeclaration);
}
