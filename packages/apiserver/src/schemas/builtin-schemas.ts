import type { JSONSchemaProps, TypedSchema } from '@kubewright/api';
import { formatApiVersion } from '@kubewright/api';

import { findDocument } from './load.js';

/**
 * The types of a built-in kind; undefined when there is no such kind. Bodies of subresources count: a kind that its own group version does not
 * describe is looked for where it is used (Eviction of policy/v1 stands in the document of v1). The group's document is parsed on first use.
 */
export function builtinSchema(group: string, version: string, kind: string): TypedSchema | undefined {
  const apiVersion = formatApiVersion(group, version);
  for (const name of new Set([documentName(group, version), 'api__v1', 'apis__apps__v1'])) {
    const schema = documentSchemas(name)?.byKind(apiVersion, kind);
    if (schema !== undefined) return schema;
  }
  return undefined;
}

/** The types of `metadata`, the same for every object. */
export function objectMetaSchema(): TypedSchema {
  const lease = builtinSchema('coordination.k8s.io', 'v1', 'Lease')!; // stands in one of the smaller documents
  return { root: lease.resolve(lease.root.properties!.metadata!), resolve: lease.resolve };
}

/** The name under which the OpenAPI v3 document of a group version is packed. */
export function documentName(group: string, version: string): string {
  return group === '' ? `api__${version}` : `apis__${group}__${version}`;
}

/** A node of a recorded document: what JSONSchemaProps has, and the kinds that it describes. */
type DocumentNode = JSONSchemaProps & { 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] };

const REFERENCE = '#/components/schemas/';
const cache = new Map<string, DocumentSchemas | undefined>();

function documentSchemas(name: string): DocumentSchemas | undefined {
  if (!cache.has(name)) {
    const found = findDocument<{ components: { schemas: Record<string, DocumentNode> } }>(`openapi-v3/${name}`);
    cache.set(name, found && new DocumentSchemas(found.components.schemas));
  }
  return cache.get(name);
}

/** The schemas of one document, which point at each other. */
class DocumentSchemas {
  readonly #definitions: Record<string, DocumentNode>;
  readonly #byKind = new Map<string, TypedSchema>();
  /** A node has one resolved form, so that walkers can remember things by it. */
  readonly #resolved = new WeakMap<JSONSchemaProps, JSONSchemaProps>();

  constructor(definitions: Record<string, DocumentNode>) {
    this.#definitions = definitions;
    const resolve = (node: JSONSchemaProps) => this.#resolve(node);
    for (const [name, definition] of Object.entries(definitions)) {
      sayWhatIsOpen(name, definition);
      for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
        this.#byKind.set(`${formatApiVersion(group, version)} ${kind}`, { root: definition, resolve });
      }
    }
  }

  byKind(apiVersion: string, kind: string): TypedSchema | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`);
  }

  #resolve(node: JSONSchemaProps): JSONSchemaProps {
    const reference = node.$ref ?? (node.allOf?.length === 1 ? node.allOf[0]!.$ref : undefined);
    if (reference === undefined) return node;
    let resolved = this.#resolved.get(node);
    if (resolved === undefined) {
      const target = this.#definitions[reference.slice(REFERENCE.length)];
      if (target === undefined) throw new Error(`${reference} points at nothing`);
      const { $ref: _ref, allOf: _allOf, ...siblings } = node;
      resolved = Object.keys(siblings).length === 0 ? target : { ...target, ...siblings };
      this.#resolved.set(node, resolved);
    }
    return resolved;
  }
}

const ANY_OBJECT = /\.(RawExtension|FieldsV1|Patch|JSON|JSONSchemaPropsOr\w+)$/;

/**
 * OpenAPI has no word for "any value" and for int-or-string that the tools for structural schemas would understand, so their words are added
 * to the definitions.
 */
function sayWhatIsOpen(name: string, definition: DocumentNode): void {
  if (definition.format === 'int-or-string') definition['x-kubernetes-int-or-string'] = true;
  if (ANY_OBJECT.test(name)) definition['x-kubernetes-preserve-unknown-fields'] = true;
  if (name.endsWith('.RawExtension')) definition['x-kubernetes-map-type'] = 'atomic';
}
