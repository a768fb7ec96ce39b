import type { JSONSchemaProps, TypedSchema } from '@kubewright/api';

import { objectMetaSchema } from '../schemas/builtin-schemas.js';

/** What a schema says of one place in an object, as far as ownership goes. */
export interface FieldType {
  /** What may stand there; computed on first use, because types may contain themselves. */
  readonly atom: Atom;
}

/** The forms that a value may take. With several, the value decides. */
export interface Atom {
  readonly scalar?: 'numeric' | 'string' | 'boolean' | 'untyped';
  readonly list?: ListType;
  readonly map?: MapType;
}

/** A list: one value as a whole, a set, or items that are told apart by keys. */
export interface ListType {
  readonly atomic: boolean;
  /** Empty for sets. */
  readonly keys: readonly string[];
  readonly element: FieldType;
}

/** An object: one value as a whole, or fields of their own. */
export interface MapType {
  readonly atomic: boolean;
  /** Declared fields. */
  field(name: string): FieldType | undefined;
  /** The default of a declared field. */
  defaultOf(name: string): unknown;
  /** Everything that is not declared; undefined: nothing else is allowed. */
  readonly element: FieldType | undefined;
  readonly hasFields: boolean;
}

/** Without a schema: objects are granular, lists are atomic. */
export const DEDUCED: FieldType = {
  get atom() {
    return DEDUCED_ATOM;
  },
};

const UNTYPED: FieldType = {
  get atom() {
    return UNTYPED_ATOM;
  },
};

const noFields = { field: () => undefined, defaultOf: () => undefined, hasFields: false };
const UNTYPED_ATOM: Atom = { scalar: 'untyped', list: { atomic: true, keys: [], element: UNTYPED }, map: { ...noFields, atomic: true, element: UNTYPED } };
const DEDUCED_ATOM: Atom = { scalar: 'untyped', list: { atomic: true, keys: [], element: UNTYPED }, map: { ...noFields, atomic: false, element: DEDUCED } };

/** The type of a whole object of a kind. Undefined schemas are deduced; structural ones get the metadata that every object has. */
export function objectType(schema: TypedSchema | undefined): FieldType {
  if (schema === undefined) return DEDUCED;
  return isBuiltin(schema) ? typeOf(schema, schema.root, false) : typeOf(schema, embeddedResource(schema.root), false);
}

/** Built-in types describe their metadata by reference; a structural schema has no references. */
export function isBuiltin(schema: TypedSchema): boolean {
  const metadata = schema.root.properties?.metadata;
  return metadata !== undefined && schema.resolve(metadata) !== metadata;
}

type ByNode = WeakMap<JSONSchemaProps, FieldType>;
const cache = new WeakMap<TypedSchema['resolve'], { open: ByNode; closed: ByNode }>();
const embedded = new WeakMap<JSONSchemaProps, JSONSchemaProps>();

/** @param open whether an ancestor said x-kubernetes-preserve-unknown-fields, which holds for all that it describes in place */
function typeOf(schema: TypedSchema, given: JSONSchemaProps, open: boolean): FieldType {
  if (given === METADATA) return metadataType();
  const node = schema.resolve(given);
  const isOpen = (node === given && open) || node['x-kubernetes-preserve-unknown-fields'] === true;
  let byNode = cache.get(schema.resolve);
  if (byNode === undefined) cache.set(schema.resolve, (byNode = { open: new WeakMap(), closed: new WeakMap() }));
  const types = isOpen ? byNode.open : byNode.closed;
  let type = types.get(node);
  if (type === undefined) types.set(node, (type = new SchemaType(schema, node, isOpen)));
  return type;
}

class SchemaType implements FieldType {
  readonly #schema: TypedSchema;
  readonly #node: JSONSchemaProps;
  readonly #isOpen: boolean;
  #atom: Atom | undefined;

  constructor(schema: TypedSchema, node: JSONSchemaProps, isOpen: boolean) {
    this.#schema = schema;
    this.#node = node['x-kubernetes-embedded-resource'] === true ? embeddedResource(node) : node;
    this.#isOpen = isOpen;
  }

  get atom(): Atom {
    this.#atom ??= this.#read();
    return this.#atom;
  }

  #read(): Atom {
    const { type = '', format } = this.#node;
    switch (this.#node['x-kubernetes-int-or-string'] === true ? '' : type) {
      case 'object':
        return { map: this.#map() };
      case 'array':
        return { list: this.#list() };
      case 'integer':
      case 'number':
        return { scalar: 'numeric' };
      case 'boolean':
        return { scalar: 'boolean' };
      case 'string':
        return { scalar: format === undefined || format === '' || format === 'byte' ? 'string' : 'untyped' };
      default:
        return { scalar: 'untyped', list: this.#list(), map: this.#map() };
    }
  }

  #map(): MapType {
    const { properties, additionalProperties } = this.#node;
    const typeAt = (node: JSONSchemaProps) => typeOf(this.#schema, node, this.#isOpen);
    let element: FieldType | undefined;
    if (typeof additionalProperties === 'object') element = typeAt(additionalProperties);
    else if (additionalProperties === undefined ? this.#isOpen || properties === undefined || Object.keys(properties).length === 0 : additionalProperties) element = DEDUCED;
    const property = (name: string) => (properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined);
    return {
      atomic: this.#node['x-kubernetes-map-type'] === 'atomic',
      field: (name) => {
        const node = property(name);
        return node && typeAt(node);
      },
      defaultOf: (name) => property(name)?.default,
      element,
      hasFields: properties !== undefined && Object.keys(properties).length > 0,
    };
  }

  #list(): ListType {
    const { items } = this.#node;
    const element = items === undefined ? UNTYPED : typeOf(this.#schema, items, this.#isOpen);
    return { ...this.#listType(), element };
  }

  #listType(): { atomic: boolean; keys: readonly string[] } {
    const node = this.#node;
    switch (node['x-kubernetes-list-type']) {
      case 'atomic':
        return { atomic: true, keys: [] };
      case 'set':
        return { atomic: false, keys: [] };
      case 'map':
        return { atomic: false, keys: node['x-kubernetes-list-map-keys'] ?? [] };
      default:
        if (!node['x-kubernetes-patch-strategy']?.split(',').includes('merge')) return { atomic: true, keys: [] };
        return { atomic: false, keys: node['x-kubernetes-patch-merge-key'] === undefined ? [] : [node['x-kubernetes-patch-merge-key']] };
    }
  }
}

/** Stands for the metadata of every object where a structural schema says at most `type: object`. */
const METADATA: JSONSchemaProps = { type: 'object' };
let metadata: FieldType | undefined;

function metadataType(): FieldType {
  if (metadata === undefined) {
    const schema = objectMetaSchema();
    metadata = typeOf(schema, schema.root, false);
  }
  return metadata;
}

function embeddedResource(node: JSONSchemaProps): JSONSchemaProps {
  let result = embedded.get(node);
  if (result === undefined) {
    result = { ...node, properties: { ...node.properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: METADATA } };
    embedded.set(node, result);
  }
  return result;
}
