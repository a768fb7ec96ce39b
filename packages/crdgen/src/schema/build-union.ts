import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { SchemaContext } from './context.js';
import { buildObjectUnion } from './object-union.js';
import { celLiteral } from './rules.js';
import { shapeOf } from './shape.js';
import { escapeRegExp } from './template.js';
import { flatten, type Built, type Member, type ModelOf, type ObjectShape, type TypeModel } from './type-model.js';

/** What unions need of the builder. */
export interface UnionHost {
  readonly context: SchemaContext;
  build(model: TypeModel, at: ts.Node): Built;
  buildMember(member: Member): Built;
  buildObject(shape: ObjectShape, at: ts.Node): JSONSchemaProps;
}

/** `A | B`: an enum, a pattern, a nullable or optional type, or a union of objects. Anything else has no schema with a single type. */
export function buildUnion(host: UnionHost, model: ModelOf<'union'>, at: ts.Node): Built {
  const all = distinct(flatten(model));
  const isNullable = all.some((one) => one.kind === 'null');
  const isOptional = all.some((one) => one.kind === 'undefined');
  const rest = all.filter((one) => one.kind !== 'null' && one.kind !== 'undefined' && one.kind !== 'never');
  if (rest.some((one) => one.kind === 'invalid')) return { schema: {}, isOptional };
  const schema = rest.length === 0 ? nothing(host, model) : buildMembers(host, model, rest, at);
  if (isNullable && schema) makeNullable(schema);
  return { schema: schema ?? {}, isOptional };
}

function buildMembers(host: UnionHost, model: ModelOf<'union'>, members: TypeModel[], at: ts.Node): JSONSchemaProps | undefined {
  const [only] = members;
  const literals = members.filter((one) => one.kind === 'literal');
  if (members.length === 1 && only && only.kind !== 'literal') return host.build(only, at).schema;
  if (literals.length === members.length) return enumeration(host, model, literals);
  const texts = members.filter((one) => one.kind === 'pattern' || (one.kind === 'literal' && typeof one.value === 'string'));
  if (texts.length === members.length)
    return {
      type: 'string',
      pattern: `^(${texts.map((one) => (one.kind === 'pattern' ? one.pattern : escapeRegExp(String((one as ModelOf<'literal'>).value)))).join('|')})$`,
    };
  const wide = members.filter((one) => one.kind !== 'literal' && one.kind !== 'pattern');
  const [first] = wide;
  if (wide.length === 1 && first?.kind === 'schema') return absorbing(host, model, first, members, at);
  if (members.every((one) => shapeOf(one))) return buildObjectUnion(host, model, members, at);
  const names = members.map(describe);
  const types = new Set(wide.map((one) => (one.kind === 'schema' ? one.schema.type : undefined)));
  const isMixed = [...types].every((type) => type === 'string' || type === 'integer' || type === 'number') && types.has('string');
  const hint = isMixed ? 'use IntOrString, or Quantity' : 'use one type, JSONValue, or an object with one property for each choice';
  host.context.diagnostics.report('KW1009', model.node, `${names.join(' | ')} has no single type${isMixed ? ': use IntOrString' : ''}`, hint);
  return undefined;
}

/** Literals beside the type that includes them add nothing: `'a' | string`. */
function absorbing(
  host: UnionHost,
  model: ModelOf<'union'>,
  wide: ModelOf<'schema'>,
  members: TypeModel[],
  at: ts.Node,
): JSONSchemaProps | undefined {
  const type = wide.schema.type;
  const isIncluded = members.every((one) => {
    if (one === wide) return true;
    const own = one.kind === 'pattern' ? 'string' : one.kind === 'literal' ? typeof one.value : undefined;
    return wide.schema['x-kubernetes-int-or-string'] ? own === 'string' || own === 'number' : own === (type === 'integer' ? 'number' : type);
  });
  if (isIncluded) {
    if (type !== 'boolean')
      host.context.diagnostics.report('KW2102', model.node, `any ${type ?? 'value'} is allowed, so the literals beside it say nothing in the schema`);
    return host.build(wide, at).schema;
  }
  host.context.diagnostics.report(
    'KW1009',
    model.node,
    `${members.map(describe).join(' | ')} has no single type`,
    'use IntOrString, JSONValue, or one type',
  );
  return undefined;
}

function enumeration(host: UnionHost, model: ModelOf<'union'>, literals: ModelOf<'literal'>[]): JSONSchemaProps | undefined {
  const values = [...new Set(literals.map((one) => one.value))];
  const types = new Set(values.map((value) => typeof value));
  if (types.size > 1) {
    host.context.diagnostics.report(
      'KW1009',
      model.node,
      `${values.map((value) => JSON.stringify(value)).join(' | ')} mixes types: an enum has one`,
      'use texts only',
    );
    return undefined;
  }
  if (types.has('boolean')) return values.length === 2 ? { type: 'boolean' } : { type: 'boolean', enum: values };
  if (types.has('number')) return { type: values.every((value) => Number.isInteger(value)) ? 'integer' : 'number', enum: values };
  return { type: 'string', enum: values };
}

/** The server can never accept null beside an enum, so the enum becomes a rule; rules are not asked about null. */
function makeNullable(schema: JSONSchemaProps): void {
  schema.nullable = true;
  if (!schema.enum) return;
  const rule: ValidationRule = {
    rule: `self in [${schema.enum.map((value) => celLiteral(value as string)).join(', ')}]`,
    message: `must be one of [${schema.enum.map(String).join(' ')}]`,
  };
  delete schema.enum;
  schema['x-kubernetes-validations'] = [rule, ...(schema['x-kubernetes-validations'] ?? [])];
}

function nothing(host: UnionHost, model: ModelOf<'union'>): undefined {
  host.context.diagnostics.report(
    'KW1015',
    model.node,
    `${model.node.getText()} allows nothing but null or undefined`,
    'leave the member out, or give it a type',
  );
  return undefined;
}

/** Keeps the first of equal members; `Time | Time` through two aliases is one type. */
function distinct(members: readonly TypeModel[]): TypeModel[] {
  const seen = new Set<string>();
  return members.filter((one) => {
    const key =
      one.kind === 'schema' ? `schema ${JSON.stringify(one.schema)}` : one.kind === 'null' || one.kind === 'undefined' ? one.kind : undefined;
    return key === undefined || (!seen.has(key) && seen.add(key));
  });
}

function describe(model: TypeModel): string {
  const named = model.names.at(-1)?.name;
  if (named) return named;
  if (model.kind === 'literal') return JSON.stringify(model.value);
  return model.node.getText();
}
