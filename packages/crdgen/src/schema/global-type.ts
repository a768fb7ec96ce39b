import { ts } from 'ts-morph';

import { isAssignable } from './assignable.js';
import { modelOfMembers, shapeOf } from './shape.js';
import { notData } from './simple-type.js';
import { flatten, invalid, literalNames, modelOf, type Member, type Resolver, type Scope, type TypeModel } from './type-model.js';

type Args = readonly (() => TypeModel)[];

/** A type of the standard library: lists, records, utility types, and classes whose instances are no JSON. Undefined for an unknown name. */
export function globalModel(
  resolver: Resolver,
  name: string,
  node: ts.Node,
  nodes: readonly ts.TypeNode[],
  args: Args,
  scope: Scope,
): TypeModel | undefined {
  const [first, second] = args;
  if (Object.hasOwn(NOT_JSON, name)) return invalid(resolver, 'KW1012', node, `${name} does not survive JSON: ${NOT_JSON[name]}`);
  switch (name) {
    case 'Array':
    case 'ReadonlyArray':
      return first && modelOf(node, { kind: 'array', item: first, add: {} });
    case 'Record':
      return first && second && record(resolver, node, nodes[0], first, second);
    case 'Readonly':
    case 'NoInfer':
      return first?.();
    case 'Partial':
    case 'Required':
      return first && withOptional(resolver, node, first(), name === 'Partial');
    case 'Pick':
    case 'Omit':
      return first && second && picked(resolver, node, first(), second(), name === 'Pick');
    case 'NonNullable':
      return first && filtered(node, first(), (member) => member.kind !== 'null' && member.kind !== 'undefined');
    case 'Exclude':
    case 'Extract': {
      if (!first || !second) return undefined;
      const other = second();
      return filtered(node, first(), (member) => (isAssignable(member, other) ?? false) === (name === 'Extract'));
    }
    case 'Uppercase':
    case 'Lowercase':
    case 'Capitalize':
    case 'Uncapitalize':
      return first && cased(resolver, node, first(), name);
    case 'Date':
      return invalid(resolver, 'KW1005', node, 'a Date is a text in JSON: use Time');
    case 'CallableFunction':
    case 'NewableFunction':
      return notData(resolver, node);
    case 'Function':
      return invalid(resolver, 'KW1002', node, 'Function has no schema, and a function is no data: say JSONValue', 'mark the member with @ignore');
    case 'Object':
      return invalid(resolver, 'KW1002', node, 'Object has no schema: say JSONObject for an open object');
    case 'ReturnType':
    case 'Parameters':
    case 'ConstructorParameters':
    case 'InstanceType':
    case 'Awaited':
    case 'ThisType':
      return scope.size === 0 ? resolver.checked(node) : undefined;
    default:
      return undefined;
  }
}

const NOT_JSON: Readonly<Record<string, string>> = {
  Map: 'use Record<string, T>',
  ReadonlyMap: 'use Record<string, T>',
  WeakMap: 'use Record<string, T>',
  Set: 'use SetList<T>, or T[]',
  ReadonlySet: 'use SetList<T>, or T[]',
  WeakSet: 'use T[]',
  Iterable: 'use T[]',
  Iterator: 'use T[]',
  Generator: 'use T[]',
  AsyncIterable: 'use T[]',
  ...Object.fromEntries(
    [
      'Buffer',
      'ArrayBuffer',
      'SharedArrayBuffer',
      'DataView',
      'Blob',
      'Uint8Array',
      'Uint8ClampedArray',
      'Int8Array',
      'Uint16Array',
      'Int16Array',
      'Uint32Array',
      'Int32Array',
      'Float32Array',
      'Float64Array',
      'BigInt64Array',
      'BigUint64Array',
    ].map((name) => [name, 'use Bytes (base64), or a list of numbers']),
  ),
  RegExp: 'use string',
  URL: "use string, or Format<'uri'>",
  URLSearchParams: 'use Record<string, string>',
  Promise: 'use the type of its result',
  PromiseLike: 'use the type of its result',
  Error: 'use string',
  Symbol: 'use string',
  String: 'use string',
  Number: 'use Int32, or Double',
  Boolean: 'use boolean',
  BigInt: 'use Int64',
};

function record(resolver: Resolver, node: ts.Node, keyNode: ts.TypeNode | undefined, readKey: () => TypeModel, value: () => TypeModel): TypeModel {
  const wrong = () => invalid(resolver, 'KW1006', node, `map keys must be strings, not ${keyNode?.getText() ?? 'this'}`);
  if (keyNode?.kind === ts.SyntaxKind.NumberKeyword || keyNode?.kind === ts.SyntaxKind.SymbolKeyword) return wrong();
  const key = readKey();
  if (isAnyName(key)) return modelOf(node, { kind: 'map', value });
  const names = literalNames(key);
  if (!names || flatten(key).some((one) => one.kind === 'literal' && typeof one.value !== 'string')) return key.kind === 'invalid' ? key : wrong();
  return modelOfMembers(
    node,
    names.map((name): Member => ({ name, isOptional: false, type: value, docs: { text: '', tags: [], node }, node })),
  );
}

function withOptional(resolver: Resolver, node: ts.Node, of: TypeModel, isOptional: boolean): TypeModel {
  return mapObjects(resolver, node, of, (members) =>
    members.map((member) => ({
      ...member,
      isOptional,
      ...(isOptional ? {} : { type: () => filtered(node, member.type(), (one) => one.kind !== 'undefined') }),
    })),
  );
}

function picked(resolver: Resolver, node: ts.Node, of: TypeModel, keys: TypeModel, isPick: boolean): TypeModel {
  const names = new Set(literalNames(keys) ?? []);
  if (names.size === 0 && flatten(keys).some((one) => one.kind !== 'never'))
    return keys.kind === 'invalid' ? keys : invalid(resolver, 'KW1009', node, 'the picked names are not constants');
  // client-node writes `_from` for `from`.
  const isNamed = (name: string) => names.has(name) || names.has(`_${name}`);
  return mapObjects(resolver, node, of, (members) => members.filter((member) => isNamed(member.name) === isPick));
}

/** Changes the members of an object type, or of every object in a union. */
export function mapObjects(resolver: Resolver, node: ts.Node, of: TypeModel, change: (members: Member[]) => Member[]): TypeModel {
  if (of.kind === 'union') return modelOf(node, { kind: 'union', members: flatten(of).map((one) => mapObjects(resolver, node, one, change)) });
  if (of.kind === 'invalid' || of.kind === 'null' || of.kind === 'undefined') return of;
  const shape = shapeOf(of);
  if (!shape) return of.kind === 'map' ? of : invalid(resolver, 'KW1009', node, `${node.getText()} needs an object type`);
  return modelOfMembers(node, change([...shape.members.values()]));
}

/** The union without the members that `keep` refuses. */
export function filtered(node: ts.Node, of: TypeModel, keep: (member: TypeModel) => boolean): TypeModel {
  const members = flatten(of).filter(keep);
  const [only] = members;
  if (members.length === 1 && only) return only;
  return members.length === 0 ? modelOf(node, { kind: 'never' }) : modelOf(node, { kind: 'union', members });
}

function cased(resolver: Resolver, node: ts.Node, of: TypeModel, name: string): TypeModel {
  const names = literalNames(of);
  if (!names) return invalid(resolver, 'KW1009', node, `${name} of something else than constant texts has no pattern`, 'use string and @pattern');
  const change = (text: string) => {
    if (name === 'Uppercase') return text.toUpperCase();
    if (name === 'Lowercase') return text.toLowerCase();
    const head = text.slice(0, 1);
    return (name === 'Capitalize' ? head.toUpperCase() : head.toLowerCase()) + text.slice(1);
  };
  const members = names.map((text) => modelOf(node, { kind: 'literal', value: change(text) }));
  return members.length === 1 && members[0] ? members[0] : modelOf(node, { kind: 'union', members });
}

/** Re-used by computed types: a string schema stands for every name. */
export function isAnyName(model: TypeModel): boolean {
  return flatten(model).some((one) => one.kind === 'schema' && one.schema.type === 'string');
}
