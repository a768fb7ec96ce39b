import { ts } from 'ts-morph';

import { docsOf } from '../markers/comment.js';
import { bareNumber, notData, once } from './simple-type.js';
import { invalid, modelOf, schemaModel, type Member, type Resolver, type TypeModel } from './type-model.js';

const F = ts.TypeFlags;

/** What the type checker makes of syntax that can not be read by itself. Declarations that it leads to are read from their own syntax again. */
export function checkedModel(resolver: Resolver, node: ts.Node): TypeModel {
  const checker = resolver.context.project.checker();
  const type = ts.isTypeNode(node) ? checker.getTypeFromTypeNode(node) : checker.getTypeAtLocation(node);
  return modelOfType({ resolver, checker, node }, type, 0);
}

interface Walk {
  readonly resolver: Resolver;
  readonly checker: ts.TypeChecker;
  /** Findings point here: the types of the checker have no place of their own. */
  readonly node: ts.Node;
}

function modelOfType(walk: Walk, type: ts.Type, depth: number): TypeModel {
  const { resolver, node, checker } = walk;
  if (depth > 30) return invalid(resolver, 'KW1001', node, `${checker.typeToString(type)} has no end`, 'use Opaque<T> where it recurses');
  const named = helperOf(walk, type, depth);
  if (named) return named;
  if (type.flags & (F.Any | F.Unknown | F.NonPrimitive))
    return invalid(resolver, 'KW1002', node, `${checker.typeToString(type)} has no schema: say JSONValue, or JSONObject for an open object`);
  if (type.flags & F.Never) return modelOf(node, { kind: 'never' });
  if (type.flags & F.Null) return modelOf(node, { kind: 'null' });
  if (type.flags & (F.Undefined | F.Void)) return modelOf(node, { kind: 'undefined' });
  if (type.isStringLiteral() || type.isNumberLiteral()) return modelOf(node, { kind: 'literal', value: type.value });
  if (type.flags & F.BooleanLiteral) return modelOf(node, { kind: 'literal', value: checker.typeToString(type) === 'true' });
  if (type.flags & F.Boolean) return schemaModel(node, { type: 'boolean' });
  if (type.flags & F.String) return schemaModel(node, { type: 'string' });
  if (type.flags & F.Number) return bareNumber(resolver, node);
  if (type.flags & F.BigIntLike) return invalid(resolver, 'KW1004', node, 'JSON has no bigint: use Int64');
  if (type.flags & F.ESSymbolLike) return notData(resolver, node);
  if (type.isUnion()) return modelOf(node, { kind: 'union', members: type.types.map((one) => modelOfType(walk, one, depth + 1)) });
  if (type.flags & F.Object || type.isIntersection()) return modelOfObjectType(walk, type, depth);
  return invalid(resolver, 'KW1009', node, `${checker.typeToString(type)} has no schema`, 'write the type out');
}

/** Helper types keep their names in the checker as aliases. */
function helperOf(walk: Walk, type: ts.Type, depth: number): TypeModel | undefined {
  const symbol = type.aliasSymbol;
  if (!symbol?.declarations?.some((one) => one.getSourceFile().fileName.startsWith('/.kubewright/'))) return undefined;
  if (symbol.name === 'Flavour') return undefined;
  const args = (type.aliasTypeArguments ?? []).map((arg) => once(() => modelOfType(walk, arg, depth + 1)));
  return walk.resolver.known('@kubewright/api', symbol.name, walk.node, args);
}

function modelOfObjectType(walk: Walk, type: ts.Type, depth: number): TypeModel {
  const { resolver, checker, node } = walk;
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const items = checker.getTypeArguments(type as ts.TypeReference);
    if (items.length > 0 && items.every((one) => one === items[0])) {
      const bounds = checker.isTupleType(type) ? { minItems: items.length, maxItems: items.length } : {};
      return modelOf(node, { kind: 'array', item: () => modelOfType(walk, items[0] as ts.Type, depth + 1), add: bounds });
    }
    return invalid(
      resolver,
      'KW1007',
      node,
      'the items of a tuple must all have one type: a schema has one `items`',
      'use an object with named properties',
    );
  }
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return notData(resolver, node);
  const declarations = (type.aliasSymbol ?? type.symbol)?.declarations ?? [];
  const isGeneric = (type.aliasTypeArguments ?? (type as ts.TypeReference).typeArguments ?? []).length > 0;
  const nodes = declarations.filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one));
  if (nodes.length > 0 && !isGeneric) {
    const name = type.symbol.name;
    if (nodes.some((one) => one.getSourceFile().fileName.includes('/typescript/lib/')))
      return invalid(resolver, 'KW1012', node, `${name} does not survive JSON`, 'use a plain object type');
    return resolver.declared(nodes, node, []);
  }
  const index = type.getStringIndexType();
  const properties = checker.getPropertiesOfType(type);
  if (index && properties.length === 0) return modelOf(node, { kind: 'map', value: () => modelOfType(walk, index, depth + 1) });
  const members = new Map(properties.map((symbol) => [symbol.name, memberOf(walk, symbol, depth)]));
  return modelOf(node, {
    kind: 'object',
    shape: () => ({ members, rules: [], ...(index ? { index: { value: () => modelOfType(walk, index, depth + 1), node } } : {}) }),
  });
}

/** A mapped property leads back to its declaration: documentation and tags come from there, and the type too where mapping did not change it. */
function memberOf(walk: Walk, symbol: ts.Symbol, depth: number): Member {
  const { checker, node, resolver } = walk;
  const declaration = symbol.declarations?.find((one) => ts.isPropertySignature(one) || ts.isPropertyDeclaration(one));
  const at = declaration?.name ?? node;
  const isOptional =
    Boolean(symbol.flags & ts.SymbolFlags.Optional) || Boolean(declaration && ts.isPropertyDeclaration(declaration) && declaration.initializer);
  const type = once(() => {
    const raw = checker.getTypeOfSymbolAtLocation(symbol, node);
    const written = declaration?.type;
    if (written && !mentionsTypeParameter(written, checker)) {
      const declared = checker.getTypeFromTypeNode(written);
      const isSameButUndefined = hasNull(raw) === hasNull(declared) && checker.getNonNullableType(declared) === checker.getNonNullableType(raw);
      if (declared === raw || isSameButUndefined) return resolver.resolve(written, new Map());
    }
    return modelOfType({ ...walk, node: at }, raw, depth + 1);
  });
  return { name: symbol.name, isOptional, type, docs: declaration ? docsOf(declaration, at) : { text: '', tags: [], node: at }, node: at };
}

function hasNull(type: ts.Type): boolean {
  return type.isUnion() ? type.types.some(hasNull) : Boolean(type.flags & F.Null);
}

function mentionsTypeParameter(node: ts.TypeNode, checker: ts.TypeChecker): boolean {
  if (ts.isTypeReferenceNode(node) && checker.getTypeFromTypeNode(node).flags & F.TypeParameter) return true;
  return ts.forEachChild(node, (child) => (ts.isTypeNode(child) && mentionsTypeParameter(child, checker) ? true : undefined)) ?? false;
}
