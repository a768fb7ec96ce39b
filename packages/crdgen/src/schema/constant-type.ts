import { ts } from 'ts-morph';

import { constInitializer, enumMembers, evaluate, propertyName } from '../load/constants.js';
import { docsOf } from '../markers/comment.js';
import { bareNumber } from './simple-type.js';
import { EMPTY_SCOPE, flatten, invalid, modelOf, schemaModel, type Member, type Resolver, type TypeModel } from './type-model.js';

/** The type of a literal in type position: `'a'`, `-1`, `true`. */
export function modelOfConstant(resolver: Resolver, node: ts.Node, expression: ts.Expression): TypeModel {
  const found = evaluate(expression, resolver.context.declarations);
  const value = 'value' in found ? found.value : undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return modelOf(node, { kind: 'literal', value });
  return invalid(resolver, 'KW1009', node, `${expression.getText()} is not a literal that a schema can hold`);
}

/** `typeof NAME` in type position: the annotation of the variable, or the type of its constant. */
export function modelOfQuery(resolver: Resolver, node: ts.TypeQueryNode): TypeModel {
  const { declarations } = resolver.context;
  const { resolution, rest } = declarations.resolveEntity(node.exprName);
  if (resolution.kind === 'declared' && rest.length === 0) {
    for (const declaration of resolution.nodes) resolver.context.visited.add(declaration.getSourceFile().fileName);
    const enumeration = resolution.nodes.find(ts.isEnumDeclaration);
    if (enumeration) return modelOfEnumObject(resolver, node, enumeration);
    const variable = resolution.nodes.find(ts.isVariableDeclaration);
    if (variable?.type) return resolver.resolve(variable.type, EMPTY_SCOPE);
    const initializer = constInitializer(node.exprName, declarations);
    const model = initializer && modelOfExpression(resolver, initializer, false);
    if (model) return model;
  }
  return resolver.checked(node);
}

/** An enum as a type: the union of its values, in source order. */
export function modelOfEnum(resolver: Resolver, node: ts.Node, declaration: ts.EnumDeclaration): TypeModel {
  const members = enumMembers(declaration, resolver.context.declarations);
  const computed = members.find((one) => one.value === undefined);
  if (computed)
    return invalid(resolver, 'KW1013', computed.node, `the value of ${declaration.name.text}.${computed.name} is computed: a schema needs constants`);
  if (new Set(members.map((one) => typeof one.value)).size > 1)
    return invalid(
      resolver,
      'KW1013',
      declaration.name,
      `enum ${declaration.name.text} mixes texts and numbers: a schema has one type`,
      'give every member a text',
    );
  if (typeof members[0]?.value === 'number')
    resolver.context.diagnostics.report(
      'KW2104',
      declaration.name,
      `enum ${declaration.name.text} is numeric: users will have to write numbers`,
      'give every member a text',
    );
  return modelOf(node, { kind: 'union', members: members.map((one) => modelOf(node, { kind: 'literal', value: one.value ?? '' })) });
}

/** The type of a property without annotation, from its initialiser; undefined when syntax does not say. */
export function modelOfInitializer(resolver: Resolver, expression: ts.Expression): TypeModel | undefined {
  return modelOfExpression(resolver, expression, false, true);
}

/**
 * @param isConst inside `as const`, where literals keep their values
 * @param isMutable for class properties: a literal is widened even at the top
 */
function modelOfExpression(
  resolver: Resolver,
  expression: ts.Expression,
  isConst: boolean,
  isMutable = false,
  isNested = false,
): TypeModel | undefined {
  const { declarations } = resolver.context;
  if (ts.isParenthesizedExpression(expression)) return modelOfExpression(resolver, expression.expression, isConst, isMutable, isNested);
  if (ts.isSatisfiesExpression(expression)) return modelOfExpression(resolver, expression.expression, isConst, isMutable, isNested);
  if (ts.isAsExpression(expression) || ts.isTypeAssertionExpression(expression))
    return ts.isConstTypeReference(expression.type)
      ? modelOfExpression(resolver, expression.expression, true)
      : resolver.resolve(expression.type, EMPTY_SCOPE);
  if (ts.isNewExpression(expression) && ts.isIdentifier(expression.expression)) return resolver.resolveName(expression.expression);
  if (ts.isArrayLiteralExpression(expression)) {
    const items = expression.elements.map((one) =>
      ts.isSpreadElement(one) ? itemsOfSpread(resolver, one, isConst) : modelOfExpression(resolver, one, isConst, false, true),
    );
    if (items.length === 0 || items.includes(undefined)) return undefined;
    const elements = expression.elements.some(ts.isSpreadElement) || !isConst ? {} : { elements: items as TypeModel[] };
    return modelOf(expression, { kind: 'array', item: () => unionOf(expression, items as TypeModel[]), add: {}, ...elements });
  }
  if (ts.isObjectLiteralExpression(expression)) return modelOfObject(resolver, expression, isConst);
  const enumeration = isMutable && !isConst ? enumOfMember(resolver, expression) : undefined;
  if (enumeration) return resolver.declared([enumeration], expression, []);
  const found = evaluate(expression, declarations);
  if (!('value' in found)) return undefined;
  if (isConst || !(isMutable || isNested)) {
    if (typeof found.value === 'string' || typeof found.value === 'number' || typeof found.value === 'boolean')
      return modelOf(expression, { kind: 'literal', value: found.value });
  }
  if (typeof found.value === 'string' || typeof found.value === 'boolean') return schemaModel(expression, { type: typeof found.value });
  return typeof found.value === 'number' ? bareNumber(resolver, expression) : undefined;
}

/** The enum of `Mode.Fast`: as the value of a property it is of the whole enum. */
function enumOfMember(resolver: Resolver, expression: ts.Expression): ts.EnumDeclaration | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const { resolution, rest } = resolver.context.declarations.resolveEntity(expression);
  return resolution.kind === 'declared' && rest.length === 1 ? resolution.nodes.find(ts.isEnumDeclaration) : undefined;
}

/** The items of `...LIST` in a list. */
function itemsOfSpread(resolver: Resolver, { expression }: ts.SpreadElement, isConst: boolean): TypeModel | undefined {
  const source = ts.isIdentifier(expression) ? constInitializer(expression, resolver.context.declarations) : expression;
  const list = source && modelOfExpression(resolver, source, isConst);
  return list?.kind === 'array' ? list.item() : undefined;
}

function modelOfObject(resolver: Resolver, expression: ts.ObjectLiteralExpression, isConst: boolean): TypeModel | undefined {
  const members = new Map<string, Member>();
  for (const property of expression.properties) {
    const name = property.name && propertyName(property.name, resolver.context.declarations);
    if (name === undefined || !ts.isPropertyAssignment(property)) return undefined;
    const type = () => modelOfExpression(resolver, property.initializer, isConst, false, true) ?? resolver.checked(property.initializer);
    members.set(name, { name, isOptional: false, type, docs: docsOf(property, property.name), node: property.name });
  }
  return modelOf(expression, { kind: 'object', shape: () => ({ members, rules: [] }) });
}

function modelOfEnumObject(resolver: Resolver, node: ts.Node, declaration: ts.EnumDeclaration): TypeModel {
  const members = new Map<string, Member>();
  for (const { name, value, node: at } of enumMembers(declaration, resolver.context.declarations))
    members.set(name, {
      name,
      isOptional: false,
      type: () => modelOf(node, { kind: 'literal', value: value ?? '' }),
      docs: docsOf(at, at.name),
      node: at.name,
    });
  return modelOf(node, { kind: 'object', shape: () => ({ members, rules: [] }) });
}

function unionOf(node: ts.Node, items: readonly TypeModel[]): TypeModel {
  const seen = new Set<string>();
  const members = items.flatMap(flatten).filter((one) => {
    const key = one.kind === 'literal' ? `l${JSON.stringify(one.value)}` : one.kind === 'schema' ? `s${JSON.stringify(one.schema)}` : undefined;
    return key === undefined || (!seen.has(key) && seen.add(key));
  });
  const [only] = members;
  return members.length === 1 && only ? only : modelOf(node, { kind: 'union', members });
}
