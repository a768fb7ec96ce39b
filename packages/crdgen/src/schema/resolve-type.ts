import { ts } from 'ts-morph';

import { checkedModel } from './checked-type.js';
import { conditional, indexed, keysOf, mapped } from './computed-type.js';
import { modelOfConstant, modelOfQuery } from './constant-type.js';
import type { SchemaContext } from './context.js';
import { intersect } from './intersect.js';
import { knownModel } from './known-type.js';
import { shapeOfMembers } from './members.js';
import { resolveDeclared, resolveImportType, resolveReference } from './reference.js';
import { isSameModel } from './same-model.js';
import { bareNumber, indexOnly, notData, once } from './simple-type.js';
import { templatePattern } from './template.js';
import { EMPTY_SCOPE, invalid, modelOf, schemaModel, type Resolver, type Scope, type TypeModel } from './type-model.js';

const MAX_DEPTH = 100;

/** Reads type syntax. Whatever the syntax does not say is asked of the type checker (checked-type.ts). */
export class TypeResolver implements Resolver {
  private depth = 0;

  constructor(readonly context: SchemaContext) {}

  resolve(node: ts.TypeNode, scope: Scope = EMPTY_SCOPE): TypeModel {
    if (this.depth >= MAX_DEPTH) return invalid(this, 'KW1001', node, 'the type refers to itself without end', 'use Opaque<T> where it recurses');
    this.depth++;
    this.context.visited.add(node.getSourceFile().fileName);
    try {
      return this.read(node, scope);
    } finally {
      this.depth--;
    }
  }

  resolveName(name: ts.Identifier): TypeModel {
    return resolveReference(this, name, name, [], EMPTY_SCOPE);
  }

  declared(nodes: readonly ts.Declaration[], node: ts.Node, args: readonly TypeModel[]): TypeModel {
    return resolveDeclared(this, nodes, node, args);
  }

  known(module: string, name: string, node: ts.Node, args: readonly (() => TypeModel)[]): TypeModel {
    return knownModel(this, module, name, node, args);
  }

  checked(node: ts.Node): TypeModel {
    return checkedModel(this, node);
  }

  private read(node: ts.TypeNode, scope: Scope): TypeModel {
    switch (node.kind) {
      case ts.SyntaxKind.StringKeyword:
        return schemaModel(node, { type: 'string' });
      case ts.SyntaxKind.BooleanKeyword:
        return schemaModel(node, { type: 'boolean' });
      case ts.SyntaxKind.NumberKeyword:
        return bareNumber(this, node);
      case ts.SyntaxKind.BigIntKeyword:
        return invalid(this, 'KW1004', node, 'JSON has no bigint: use Int64');
      case ts.SyntaxKind.AnyKeyword:
      case ts.SyntaxKind.UnknownKeyword:
      case ts.SyntaxKind.ObjectKeyword:
        return invalid(this, 'KW1002', node, `${node.getText()} has no schema: say JSONValue, or JSONObject for an open object`);
      case ts.SyntaxKind.SymbolKeyword:
      case ts.SyntaxKind.FunctionType:
      case ts.SyntaxKind.ConstructorType:
        return notData(this, node);
      case ts.SyntaxKind.UndefinedKeyword:
      case ts.SyntaxKind.VoidKeyword:
        return modelOf(node, { kind: 'undefined' });
      case ts.SyntaxKind.NeverKeyword:
        return modelOf(node, { kind: 'never' });
      default:
        return this.readComposite(node, scope);
    }
  }

  private readComposite(node: ts.TypeNode, scope: Scope): TypeModel {
    if (ts.isParenthesizedTypeNode(node) || ts.isOptionalTypeNode(node) || ts.isRestTypeNode(node) || ts.isNamedTupleMember(node))
      return this.resolve(node.type, scope);
    if (ts.isLiteralTypeNode(node)) return this.literal(node);
    if (ts.isTemplateLiteralTypeNode(node)) return templatePattern(this, node, scope);
    if (ts.isArrayTypeNode(node)) return modelOf(node, { kind: 'array', item: () => this.resolve(node.elementType, scope), add: {} });
    if (ts.isTupleTypeNode(node)) return this.tuple(node, scope);
    if (ts.isUnionTypeNode(node)) return modelOf(node, { kind: 'union', members: node.types.map((one) => this.resolve(one, scope)) });
    if (ts.isIntersectionTypeNode(node)) return this.intersection(node, scope);
    if (ts.isTypeLiteralNode(node)) return this.typeLiteral(node, scope);
    if (ts.isTypeReferenceNode(node)) return resolveReference(this, node, node.typeName, node.typeArguments ?? [], scope);
    if (ts.isExpressionWithTypeArguments(node)) return resolveReference(this, node, node.expression, node.typeArguments ?? [], scope);
    if (ts.isImportTypeNode(node)) return resolveImportType(this, node, scope);
    if (ts.isTypeOperatorNode(node)) {
      if (node.operator === ts.SyntaxKind.ReadonlyKeyword) return this.resolve(node.type, scope);
      return node.operator === ts.SyntaxKind.KeyOfKeyword ? keysOf(this, node, this.resolve(node.type, scope)) : notData(this, node);
    }
    if (ts.isMappedTypeNode(node)) return mapped(this, node, scope);
    if (ts.isIndexedAccessTypeNode(node)) return indexed(this, node, scope);
    if (ts.isTypeQueryNode(node)) return modelOfQuery(this, node);
    if (ts.isConditionalTypeNode(node)) return conditional(this, node, scope);
    return checkedModel(this, node);
  }

  private literal(node: ts.LiteralTypeNode): TypeModel {
    const literal = node.literal;
    if (literal.kind === ts.SyntaxKind.NullKeyword) return modelOf(node, { kind: 'null' });
    if (ts.isBigIntLiteral(literal) || (ts.isPrefixUnaryExpression(literal) && ts.isBigIntLiteral(literal.operand)))
      return invalid(this, 'KW1004', node, 'JSON has no bigint: use Int64');
    return modelOfConstant(this, node, literal);
  }

  /** `string & {}` keeps the completion of literals next to any string, `string & { __brand: 'Id' }` tells texts apart: both are strings in the data. */
  private intersection(node: ts.IntersectionTypeNode, scope: Scope): TypeModel {
    const parts = node.types.filter((one) => !saysNothing(one));
    return intersect(
      this,
      parts.map((one) => this.resolve(one, scope)),
      node,
    );
  }

  private typeLiteral(node: ts.TypeLiteralNode, scope: Scope): TypeModel {
    if (node.members.length === 0) return invalid(this, 'KW1002', node, '{} has no schema: say JSONObject for an open object');
    return (
      indexOnly(this, node, node.members, scope) ?? modelOf(node, { kind: 'object', shape: once(() => shapeOfMembers(this, node.members, scope)) })
    );
  }

  private tuple(node: ts.TupleTypeNode, scope: Scope): TypeModel {
    if (node.elements.length === 0) return invalid(this, 'KW1007', node, 'an empty tuple has no item type', 'use T[] with @maxItems 0');
    let [least, most] = [0, 0 as number | undefined];
    const parts: (() => TypeModel)[] = [];
    for (const element of node.elements) {
      const inner = ts.isNamedTupleMember(element) ? element.type : element;
      const isRest = ts.isRestTypeNode(inner) || (ts.isNamedTupleMember(element) && element.dotDotDotToken !== undefined);
      if (isRest) {
        const list = this.resolve(ts.isRestTypeNode(inner) ? inner.type : inner, scope);
        if (list.kind !== 'array') return invalid(this, 'KW1007', node, 'only a list can be the rest of a tuple');
        least += list.add.minItems ?? 0;
        most = most === undefined || list.add.maxItems === undefined ? undefined : most + list.add.maxItems;
        parts.push(list.item);
        continue;
      }
      const isOptional = ts.isOptionalTypeNode(inner) || (ts.isNamedTupleMember(element) && element.questionToken !== undefined);
      if (!isOptional) least++;
      if (most !== undefined) most++;
      const type = ts.isOptionalTypeNode(inner) ? inner.type : inner;
      parts.push(once(() => this.resolve(type, scope)));
    }
    const [first] = parts;
    if (!first) return modelOf(node, { kind: 'invalid' });
    if (parts.some((read) => !isSameModel(read(), first())))
      return invalid(
        this,
        'KW1007',
        node,
        'the items of a tuple must all have one type: a schema has one `items`',
        'use an object with named properties',
      );
    return modelOf(node, {
      kind: 'array',
      item: first,
      add: { ...(least > 0 ? { minItems: least } : {}), ...(most === undefined ? {} : { maxItems: most }) },
    });
  }
}

/** A part of an intersection that changes nothing in the data: `{}`, `Record<never, never>`, or a brand. */
function saysNothing(node: ts.TypeNode): boolean {
  if (ts.isParenthesizedTypeNode(node)) return saysNothing(node.type);
  if (ts.isTypeReferenceNode(node)) return node.typeName.getText() === 'Record' && node.typeArguments?.[0]?.kind === ts.SyntaxKind.NeverKeyword;
  return ts.isTypeLiteralNode(node) && node.members.every((one) => one.name !== undefined && isBrand(one.name));
}

function isBrand(name: ts.PropertyName): boolean {
  if (ts.isComputedPropertyName(name)) return !ts.isStringLiteralLike(name.expression);
  return (ts.isIdentifier(name) || ts.isStringLiteral(name)) && /^_{1,2}(?:brand|tag|type|opaque|kind|nominal)\w*$/i.test(name.text);
}
