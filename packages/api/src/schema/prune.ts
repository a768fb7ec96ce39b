import type { JSONSchemaProps } from './json-schema.js';
import type { TypedSchema } from './typed-schema.js';
import { isRecord } from './value-kind.js';

/**
 * Removes, in place, every field that `schema` does not know, and returns the paths of what it removed, sorted: `spec.list[0].name`. The
 * root's apiVersion, kind and metadata stay untouched, as do those of embedded resources (x-kubernetes-embedded-resource). Below
 * x-kubernetes-preserve-unknown-fields unknown fields stay, while known ones go on by their own schema.
 */
export function pruneObject(object: object, schema: TypedSchema): string[] {
  const pruner = new Pruner(schema);
  pruner.visit(object, { ...schema.resolve(schema.root), 'x-kubernetes-embedded-resource': true }, '');
  return pruner.removed.sort(byCodePoint);
}

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

class Pruner {
  readonly removed: string[] = [];

  constructor(private readonly schema: TypedSchema) {}

  visit(value: unknown, node: JSONSchemaProps | undefined, path: string): void {
    const resolved = node && this.schema.resolve(node);
    if (resolved?.['x-kubernetes-preserve-unknown-fields'] === true) this.#preserve(value, resolved, path);
    else if (Array.isArray(value)) value.forEach((item, index) => this.visit(item, resolved?.items, `${path}[${index}]`));
    else if (isRecord(value)) this.#prune(value, resolved, path);
  }

  #prune(value: Record<string, unknown>, node: JSONSchemaProps | undefined, path: string): void {
    for (const key of Object.keys(value)) {
      if (node?.['x-kubernetes-embedded-resource'] === true && META_FIELDS.has(key)) continue;
      const child = childNode(node, key);
      if (child) {
        this.visit(value[key], child.node, join(path, key));
        continue;
      }
      delete value[key];
      this.removed.push(join(path, key));
    }
  }

  #preserve(value: unknown, node: JSONSchemaProps | undefined, path: string): void {
    const resolved = node && this.schema.resolve(node);
    if (resolved === undefined) return;
    if (Array.isArray(value)) {
      value.forEach((item, index) => this.#preserve(item, resolved.items, `${path}[${index}]`));
    } else if (isRecord(value)) {
      for (const key of Object.keys(value)) {
        if (resolved['x-kubernetes-embedded-resource'] === true && META_FIELDS.has(key)) continue;
        const child = childNode(resolved, key);
        if (child) this.visit(value[key], child.node, join(path, key));
      }
    }
  }
}

/** The schema of a property. `{ node: undefined }` is a property that is known, with nothing known about its value (additionalProperties: true). */
function childNode(node: JSONSchemaProps | undefined, key: string): { node: JSONSchemaProps | undefined } | undefined {
  if (node === undefined) return undefined;
  const { properties, additionalProperties } = node;
  if (properties !== undefined && Object.hasOwn(properties, key)) return { node: properties[key] };
  if (additionalProperties === undefined) return undefined;
  return { node: typeof additionalProperties === 'object' ? additionalProperties : undefined };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
