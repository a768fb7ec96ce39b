import {
  GoDecodeError, deepEqual, fieldInvalid, pruneObject, readEmbeddedMetadata, structuralSchema, validateEmbeddedResources, validateSchema, type FieldError,
  type JSONSchemaProps, type TypedSchema,
} from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';

import { itemsOf, type GivenSchema } from './definition.js';

/**
 * Problems of defaults: each must be free of unknown fields and valid by its own schema. Defaults within maps of values are not looked at, as
 * the server does not either. Metadata of embedded resources in defaults is read (and cleaned of unknown fields) in place.
 */
export function validateDefaults(schema: GivenSchema, path: string): FieldError[] {
  return validateNode(asResource(schema), path, undefined);
}

/** The resource in which a node stands, and how a value of the node becomes one. */
interface Surroundings {
  readonly resource: GivenSchema;
  readonly around: (value: unknown) => Record<string, unknown>;
  /** Whether the node belongs to apiVersion, kind or metadata of the resource. */
  readonly insideMeta: boolean;
}

const META_FIELDS: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

function validateNode(node: GivenSchema, path: string, outer: Surroundings | undefined): FieldError[] {
  const isResource = node['x-kubernetes-embedded-resource'] === true;
  const place: Surroundings = isResource || outer === undefined ? { resource: node, around: resourceOf, insideMeta: false } : outer;
  const { around } = place;
  const items = itemsOf(node);
  return [
    ...(node.default === undefined || node.default === null ? [] : place.insideMeta ? validateInMetadata(node, `${path}.default`, place) : validateDefault(node, `${path}.default`)),
    ...(items ? validateNode(items, `${path}.items`, { ...place, around: (value) => around([value]) }) : []),
    ...Object.entries(node.properties ?? {}).flatMap(([name, property]) => validateNode(property, `${path}.properties[${name}]`, {
      ...place, around: (value) => around({ [name]: value }), insideMeta: place.insideMeta || (isResource && META_FIELDS.has(name)),
    })),
  ];
}

/** A definition's root is a resource without saying so. */
function asResource<T extends object>(schema: T): T {
  return { ...schema, 'x-kubernetes-embedded-resource': true };
}

function resourceOf(value: unknown): Record<string, unknown> {
  return { kind: 'Validation', apiVersion: 'validation/v1', ...(value as object) };
}

function validateDefault(node: GivenSchema, at: string): FieldError[] {
  const typed = structuralSchema(node as JSONSchemaProps);
  const errors = isPruned(node, typed) ? [] : [fieldInvalid(at, node.default, 'must not have unknown fields')];
  try {
    readEmbeddedMetadata(node.default, typed);
  } catch (error) {
    if (!(error instanceof GoDecodeError)) throw error;
    const [, place = '', message = ''] = /^([^:]*): ([^]*)$/.exec(error.message) ?? [];
    return [...errors, { type: 'FieldValueInvalid', field: `${at}.${place}`, message }];
  }
  const embedded = validateEmbeddedResources(node.default, typed, at);
  return [...errors, ...(embedded.length > 0 ? embedded : brokenConstraints(node, at))];
}

/** A default of a field of metadata is judged as part of an otherwise empty resource. */
function validateInMetadata(node: GivenSchema, at: string, { resource, around }: Surroundings): FieldError[] {
  const object = around(structuredClone(node.default));
  const typed = structuralSchema(asResource(resource) as JSONSchemaProps);
  const refuse = (problem: string): FieldError[] => [fieldInvalid(at, node.default, `must result in valid metadata: ${problem}`)];
  try {
    readEmbeddedMetadata(object, typed);
  } catch (error) {
    if (error instanceof GoDecodeError) return refuse(error.message);
    throw error;
  }
  const texts = [...new Set(validateEmbeddedResources(object, typed).map(({ field, message }) => `${field}: ${message}`))];
  if (texts.length > 0) return refuse(texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`);
  return brokenConstraints(node, at);
}

function brokenConstraints(node: GivenSchema, at: string): FieldError[] {
  const invalid = validateSchema(node.default, { ...structuralSchema(node as JSONSchemaProps), resolve: withoutIntOrString }, { at });
  return invalid.length > 0 ? invalid : brokenRules(node, at);
}

/** A default must keep its rules both where it replaces itself and where there was nothing before. */
function brokenRules(node: GivenSchema, at: string): FieldError[] {
  const schema = node as JSONSchemaProps;
  const options = { at, isResource: schema['x-kubernetes-embedded-resource'] === true };
  const unchanged = evaluateRules(schema, node.default, node.default, { ...options, ratchets: false });
  return unchanged.length > 0 ? unchanged : evaluateRules(schema, node.default, undefined, options);
}

/** Where defaults are concerned, the server takes any value for an int-or-string. */
function withoutIntOrString(node: JSONSchemaProps): JSONSchemaProps {
  if (node['x-kubernetes-int-or-string'] !== true) return node;
  const { 'x-kubernetes-int-or-string': _flag, ...rest } = node;
  return rest;
}

/** Pruning starts at the default's own node, which is no resource unless the schema says so. */
function isPruned(node: GivenSchema, typed: TypedSchema): boolean {
  if (typeof node.default !== 'object' || node.default === null) return true;
  const holder = { value: structuredClone(node.default) };
  pruneObject(holder, { root: { type: 'object', properties: { value: typed.root } }, resolve: typed.resolve });
  return deepEqual(holder.value, node.default);
}
