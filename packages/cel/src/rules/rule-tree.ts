import { deepEqual, type JSONSchemaProps } from '@kubewright/api';

import { schemaType, type SchemaType } from '../check/schema-type.js';
import { compileRules, type CompiledRule } from './compiled-rule.js';

/** The rules of a schema at the places where they stand. Places without rules at or below them are left out. */
export interface RuleTree {
  readonly schema: JSONSchemaProps;
  readonly type: SchemaType | undefined;
  readonly rules: readonly CompiledRule[];
  readonly items?: RuleTree | undefined;
  readonly values?: RuleTree | undefined;
  readonly properties: ReadonlyMap<string, RuleTree>;
  /** Rules of the parts of an `allOf`, which are about the same value. */
  readonly allOf: readonly RuleTree[];
}

/** Compiles all rules of a schema; undefined where there are none. Compiled trees are kept as long as their schema. */
export function ruleTree(schema: JSONSchemaProps, isResource: boolean): RuleTree | undefined {
  let kept = trees.get(schema);
  if (kept === undefined) trees.set(schema, kept = new Map());
  if (!kept.has(isResource)) kept.set(isResource, hasRules(schema) ? build(schema, schema, isResource, schemaType(schema, isResource)) : undefined);
  return kept.get(isResource);
}

const trees = new WeakMap<JSONSchemaProps, Map<boolean, RuleTree | undefined>>();

function hasRules(schema: JSONSchemaProps): boolean {
  if (schema['x-kubernetes-validations'] !== undefined && schema['x-kubernetes-validations'].length > 0) return true;
  const below = [schema.items, typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined, ...Object.values(schema.properties ?? {}), ...(schema.allOf ?? [])];
  return below.some((node) => node !== undefined && hasRules(node));
}

/**
 * @param ruled the node that has the rules
 * @param node the node that has the types: another one inside of `allOf`
 */
function build(ruled: JSONSchemaProps, node: JSONSchemaProps, isResource: boolean, type: SchemaType | undefined): RuleTree | undefined {
  const own = ruled['x-kubernetes-validations'] ?? [];
  const rules = type === undefined ? own.map((rule) => ({ rule, error: NO_TYPE, usesOldSelf: false, fieldPath: [] })) : compileRules(own, type);
  const child = (ruledChild: JSONSchemaProps | undefined, nodeChild: JSONSchemaProps | undefined, childType: SchemaType | undefined): RuleTree | undefined =>
    ruledChild && nodeChild && build(ruledChild, nodeChild, isEmbedded(nodeChild), childType);
  const properties = new Map<string, RuleTree>();
  for (const [name, ruledChild] of Object.entries(ruled.properties ?? {})) {
    const nodeChild = node.properties !== undefined && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
    const tree = nodeChild && child(ruledChild, nodeChild, schemaType(nodeChild, isEmbedded(nodeChild)));
    if (tree) properties.set(name, tree);
  }
  const tree: RuleTree = {
    schema: node, type, rules, properties,
    items: child(ruled.items, node.items, type?.item),
    values: child(schemaOf(ruled.additionalProperties), schemaOf(node.additionalProperties), type?.item),
    allOf: (ruled.allOf ?? []).flatMap((part) => build(part, node, isResource, type) ?? []),
  };
  const isEmpty = rules.length === 0 && properties.size === 0 && !tree.items && !tree.values && tree.allOf.length === 0;
  return isEmpty ? undefined : tree;
}

const NO_TYPE = 'failed to convert to declType for CEL validation rules';

function schemaOf(schema: boolean | JSONSchemaProps | undefined): JSONSchemaProps | undefined {
  return typeof schema === 'object' ? schema : undefined;
}

function isEmbedded(schema: JSONSchemaProps): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** The item of an old list that a new one continues: in keyed lists, the one with the same keys. Undefined in all other lists. */
export function correlatedItem(item: unknown, old: readonly unknown[], schema: JSONSchemaProps): unknown {
  const keys = schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] ?? [] : [];
  if (keys.length === 0 || !isRecord(item)) return undefined;
  return old.find((candidate) => isRecord(candidate) && keys.every((key) => deepEqual(candidate[key], item[key])));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
