import { ts } from 'ts-morph';

import { isAssignable } from './assignable.js';
import { filtered, isAnyName } from './global-type.js';
import { modelOfMembers, shapeOf } from './shape.js';
import {
  flatten,
  invalid,
  literalNames,
  modelOf,
  schemaModel,
  type Member,
  type ObjectShape,
  type Resolver,
  type Scope,
  type TypeModel,
} from './type-model.js';

/** `keyof T`: the names of T's members, in source order. */
export function keysOf(resolver: Resolver, node: ts.Node, of: TypeModel): TypeModel {
  if (of.kind === 'invalid') return of;
  if (of.kind === 'map') return schemaModel(node, { type: 'string' });
  const shape = shapeOf(of);
  if (!shape) return resolver.checked(node);
  return unionOf(
    node,
    [...shape.members.keys()].map((value) => modelOf(node, { kind: 'literal', value })),
  );
}

/** `{ [K in Keys]: T }`. Members that come from another type keep its documentation, tags and optionality. */
export function mapped(resolver: Resolver, node: ts.MappedTypeNode, scope: Scope): TypeModel {
  const { constraint, name: parameter } = node.typeParameter;
  if (!constraint || !node.type) return resolver.checked(node);
  const source = sourceOf(resolver, node, constraint, scope);
  const keys = source && ts.isTypeOperatorNode(constraint) ? keysOf(resolver, node, source) : resolver.resolve(constraint, scope);
  const valueType = node.type;
  const bound = (key: TypeModel): Scope => new Map([...scope, [parameter.text, key]]);
  if (isAnyName(keys)) return modelOf(node, { kind: 'map', value: () => resolver.resolve(valueType, bound(schemaModel(node, { type: 'string' }))) });
  const names = literalNames(keys);
  if (!names) return keys.kind === 'invalid' ? keys : invalid(resolver, 'KW1006', node, 'the keys of the mapped type are not constant texts');
  const shape: ObjectShape | undefined = source && shapeOf(source);
  const members = names.flatMap((key): Member[] => {
    const inner = bound(modelOf(node, { kind: 'literal', value: key }));
    const renamed = node.nameType ? literalNames(resolver.resolve(node.nameType, inner)) : [key];
    const original = shape?.members.get(key);
    const isOptional = node.questionToken ? node.questionToken.kind !== ts.SyntaxKind.MinusToken : (original?.isOptional ?? false);
    return (renamed ?? []).map((name) => ({
      name,
      isOptional,
      type: () => (isOptional ? resolver.resolve(valueType, inner) : withoutUndefined(node, resolver.resolve(valueType, inner))),
      docs: original?.docs ?? { text: '', tags: [], node },
      node: original?.node ?? node,
      ...(original?.initializer && isOptional ? { initializer: original.initializer } : {}),
    }));
  });
  return modelOfMembers(node, members);
}

/** `-?` takes `undefined` away, and `T[K]` brings it in where K is optional. */
function withoutUndefined(node: ts.MappedTypeNode, model: TypeModel): TypeModel {
  return node.questionToken?.kind === ts.SyntaxKind.MinusToken ? filtered(node, model, (one) => one.kind !== 'undefined') : model;
}

/** `T[K]`. */
export function indexed(resolver: Resolver, node: ts.IndexedAccessTypeNode, scope: Scope): TypeModel {
  const of = resolver.resolve(node.objectType, scope);
  if (of.kind === 'invalid') return of;
  if (node.indexType.kind === ts.SyntaxKind.NumberKeyword) return of.kind === 'array' ? of.item() : resolver.checked(node);
  const key = resolver.resolve(node.indexType, scope);
  if (key.kind === 'invalid') return key;
  if (of.kind === 'map') return of.value();
  const [names, shape] = [literalNames(key), shapeOf(of)];
  if (of.kind === 'array' && names?.every((name) => /^\d+$/.test(name))) {
    const found = names.map((name) => of.elements?.[Number(name)]);
    return found.every((one) => one !== undefined) ? unionOf(node, found) : of.item();
  }
  if (!names || !shape)
    return scope.size === 0 ? resolver.checked(node) : invalid(resolver, 'KW1009', node, `${node.getText()} can not be worked out`);
  const members = names.map((name) => {
    const member = shape.members.get(name);
    if (!member) return invalid(resolver, 'KW1000', node, `${node.objectType.getText()} has no member ${name}`);
    return member.isOptional ? unionOf(node, [member.type(), modelOf(node, { kind: 'undefined' })]) : member.type();
  });
  return unionOf(node, members);
}

/** `T extends U ? X : Y`, distributed over unions when T is a type parameter. */
export function conditional(resolver: Resolver, node: ts.ConditionalTypeNode, scope: Scope): TypeModel {
  const { checkType } = node;
  const parameter =
    ts.isTypeReferenceNode(checkType) && ts.isIdentifier(checkType.typeName) && scope.has(checkType.typeName.text)
      ? checkType.typeName.text
      : undefined;
  const checked = resolver.resolve(checkType, scope);
  if (parameter === undefined) return branch(resolver, node, checked, scope);
  const results = flatten(checked).map((member) => branch(resolver, node, member, new Map([...scope, [parameter, member]])));
  return unionOf(
    node,
    results.filter((one) => one.kind !== 'never'),
  );
}

function branch(resolver: Resolver, node: ts.ConditionalTypeNode, checked: TypeModel, scope: Scope): TypeModel {
  if (checked.kind === 'invalid') return checked;
  const target = node.extendsType;
  if (target.kind === ts.SyntaxKind.AnyKeyword || target.kind === ts.SyntaxKind.UnknownKeyword) return resolver.resolve(node.trueType, scope);
  if (target.kind === ts.SyntaxKind.ObjectKeyword) {
    const isObject = checked.kind === 'array' || checked.kind === 'map' || shapeOf(checked) !== undefined;
    return resolver.resolve(isObject ? node.trueType : node.falseType, scope);
  }
  const element = ts.isArrayTypeNode(target) ? unwrapped(target.elementType) : undefined;
  if (element && ts.isInferTypeNode(element)) {
    if (checked.kind !== 'array') return resolver.resolve(node.falseType, scope);
    return resolver.resolve(node.trueType, new Map([...scope, [element.typeParameter.name.text, checked.item()]]));
  }
  // A function can be no member of a schema: nothing that got this far is one.
  if (ts.isFunctionTypeNode(target)) return resolver.resolve(node.falseType, scope);
  const plain = target.kind === ts.SyntaxKind.NumberKeyword ? schemaModel(node, { type: 'number' }) : resolver.resolve(target, scope);
  const answer = isAssignable(checked, plain);
  if (answer === undefined)
    return scope.size === 0
      ? resolver.checked(node)
      : invalid(resolver, 'KW1009', node, `${node.getText()} can not be worked out`, 'write the type without conditions');
  return resolver.resolve(answer ? node.trueType : node.falseType, scope);
}

/** The type whose members a mapped type goes through: `T` in `K in keyof T`, and in `K in Keys` with `T[K]` as the value. */
function sourceOf(resolver: Resolver, node: ts.MappedTypeNode, constraint: ts.TypeNode, scope: Scope): TypeModel | undefined {
  if (ts.isTypeOperatorNode(constraint) && constraint.operator === ts.SyntaxKind.KeyOfKeyword) return resolver.resolve(constraint.type, scope);
  const value = node.type;
  const isAccess =
    value &&
    ts.isIndexedAccessTypeNode(value) &&
    ts.isTypeReferenceNode(value.indexType) &&
    value.indexType.typeName.getText() === node.typeParameter.name.text;
  return isAccess ? resolver.resolve(value.objectType, scope) : undefined;
}

function unwrapped(node: ts.TypeNode): ts.TypeNode {
  return ts.isParenthesizedTypeNode(node) ? unwrapped(node.type) : node;
}

function unionOf(node: ts.Node, members: readonly TypeModel[]): TypeModel {
  const [only] = members;
  if (members.length === 1 && only) return only;
  return members.length === 0 ? modelOf(node, { kind: 'never' }) : modelOf(node, { kind: 'union', members });
}
