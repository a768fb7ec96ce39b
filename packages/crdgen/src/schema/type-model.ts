/**
 * @module schema: from types to structural schemas, in two steps. resolve-type.ts turns syntax into a {@link TypeModel} (what a type is, with
 * aliases, generics and utility types worked out, members still unread); build-schema.ts turns models into schemas and lays documentation and
 * tags over them; structural.ts then judges the result as the server would.
 */
import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { DocBlock } from '../markers/comment.js';
import type { SchemaContext } from './context.js';

/** What type parameters stand for where a type is read. */
export type Scope = ReadonlyMap<string, TypeModel>;

export const EMPTY_SCOPE: Scope = new Map();

/** A declaration on the way to a type; recursion is a `key` that comes twice. */
export interface NamedType {
  readonly name: string;
  readonly key: string;
}

interface ModelBase {
  /** The syntax that named the type. */
  readonly node: ts.Node;
  /** Documentation of the declarations on the way, innermost first. */
  readonly layers: readonly DocBlock[];
  readonly names: readonly NamedType[];
}

/** What a type is. Items, values and members are read when a schema needs them, so that recursive types can be named. */
export type TypeModel = ModelBase &
  /**
   * `isVague` for a number that nothing makes an integer or a float: it is refused where it is built, because a union may mean IntOrString.
   * `isPruned` for ObjectMeta, which keeps its labels only as the metadata of an object.
   */
  (
    | { readonly kind: 'schema'; readonly schema: JSONSchemaProps; readonly isVague?: boolean; readonly isPruned?: boolean }
    | { readonly kind: 'literal'; readonly value: string | number | boolean }
    | { readonly kind: 'pattern'; readonly pattern: string }
    | { readonly kind: 'null' | 'undefined' | 'never' }
    /** `elements` where each place has a type of its own that can be asked for: `LIST[0]`. */
    | { readonly kind: 'array'; readonly item: () => TypeModel; readonly add: JSONSchemaProps; readonly elements?: readonly TypeModel[] }
    | { readonly kind: 'map'; readonly value: () => TypeModel }
    | { readonly kind: 'object'; readonly shape: () => ObjectShape; readonly add?: JSONSchemaProps }
    | { readonly kind: 'union'; readonly members: readonly TypeModel[] }
    /** Reported already; it has no schema. */
    | { readonly kind: 'invalid' }
  );

export type ModelOf<K extends TypeModel['kind']> = Extract<TypeModel, { kind: K }>;

/** The members of an object type. */
export interface ObjectShape {
  readonly name?: string;
  readonly members: ReadonlyMap<string, Member>;
  /** The values of an index signature. */
  readonly index?: { readonly value: () => TypeModel; readonly node: ts.Node };
  /** Own rules, then those of bases from left to right. */
  readonly rules: readonly ValidationRule[];
}

/** One property. */
export interface Member {
  readonly name: string;
  /** Written with `?`, or with an initialiser. `| undefined` shows only when the type is read. */
  readonly isOptional: boolean;
  readonly type: () => TypeModel;
  readonly docs: DocBlock;
  /** Where findings about the property point. */
  readonly node: ts.Node;
  readonly initializer?: ts.Expression;
}

/** A schema, and what its type says beyond it. */
export interface Built {
  readonly schema: JSONSchemaProps;
  /** The type includes `undefined`. */
  readonly isOptional: boolean;
}

/** What the parts of the resolver need of each other. */
export interface Resolver {
  readonly context: SchemaContext;
  resolve(node: ts.TypeNode, scope: Scope): TypeModel;
  /** The type that a name stands for where it stands, for example the class in `new Sub()`. */
  resolveName(name: ts.Identifier): TypeModel;
  /** The type that declarations make, with arguments for its type parameters. */
  declared(nodes: readonly ts.Declaration[], node: ts.Node, args: readonly TypeModel[]): TypeModel;
  /** A type that is known by its name: a helper of `@kubewright/api`, or a built-in type of Kubernetes. */
  known(module: string, name: string, node: ts.Node, args: readonly (() => TypeModel)[]): TypeModel;
  /** What the type checker makes of the syntax. */
  checked(node: ts.Node): TypeModel;
}

type Content = TypeModel extends infer M ? (M extends ModelBase ? Omit<M, keyof ModelBase> : never) : never;

/** A model without documentation. */
export function modelOf(node: ts.Node, content: Content): TypeModel {
  return { node, layers: [], names: [], ...content };
}

/** A ready schema. */
export function schemaModel(node: ts.Node, schema: JSONSchemaProps): TypeModel {
  return modelOf(node, { kind: 'schema', schema });
}

/** Reports, and stands in for what could not be read. */
export function invalid(resolver: Resolver, code: string, node: ts.Node, message: string, hint?: string): TypeModel {
  resolver.context.diagnostics.report(code, node, message, hint);
  return modelOf(node, { kind: 'invalid' });
}

/** The model as seen through a declaration: its documentation lies over the model's own. */
export function throughDeclaration(model: TypeModel, node: ts.Node, named: NamedType, docs: DocBlock | undefined): TypeModel {
  return {
    ...model,
    node,
    names: [...model.names, named],
    layers: docs && (docs.text || docs.tags.length > 0) ? [...model.layers, docs] : model.layers,
  };
}

/** The union's members without unions in unions; any other model alone. */
export function flatten(model: TypeModel): TypeModel[] {
  return model.kind === 'union' ? model.members.flatMap(flatten) : [model];
}

/** What a string literal union names, in source order; undefined if it is anything else. */
export function literalNames(model: TypeModel): string[] | undefined {
  const members = flatten(model).filter((one) => one.kind !== 'never');
  return members.every((one) => one.kind === 'literal') ? [...new Set(members.map((one) => String((one).value)))] : undefined;
}
