import type { JSONSchemaProps } from './json-schema.js';

/**
 * A schema that can be walked: structural schemas of custom resources as they are, and the OpenAPI documents of built-in types, whose nodes
 * point at each other by `$ref`. Everything that needs types (pruning, defaulting, strategic merge, server-side apply) takes this.
 */
export interface TypedSchema {
  readonly root: JSONSchemaProps;
  /** The node itself, or what its `$ref` (alone or as the only member of `allOf`, with siblings laid over it) points at. */
  resolve(node: JSONSchemaProps): JSONSchemaProps;
}

/** A structural schema: it has no references to follow. */
export function structuralSchema(root: JSONSchemaProps): TypedSchema {
  return { root, resolve: (node) => node };
}
