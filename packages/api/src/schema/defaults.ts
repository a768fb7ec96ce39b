import type { JSONSchemaProps } from './json-schema.js';
import type { TypedSchema } from './typed-schema.js';
import { isRecord } from './value-kind.js';

/** How {@link applyDefaults} treats what it finds. */
export interface DefaultsOptions {
  /** Leave nulls where nothing else fits, for validation to refuse: what server-side apply has merged never went through a decoder. @default false */
  readonly keepNulls?: boolean;
}

/**
 * Fills in the defaults of `schema`, in place. A default applies where its field is missing, or null and not nullable, and only below
 * objects that are there (or that a default has just made). Nulls of fields that are neither nullable nor have a default are dropped first;
 * items of lists keep theirs.
 */
export function applyDefaults(object: object, schema: TypedSchema, { keepNulls = false }: DefaultsOptions = {}): void {
  if (!keepNulls) dropNulls(object, schema.root, schema);
  fill(object, schema.root, schema);
}

function dropNulls(value: unknown, node: JSONSchemaProps | undefined, schema: TypedSchema): void {
  if (node === undefined) return;
  const resolved = schema.resolve(node);
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item, resolved.items, schema);
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      const child = resolvedChild(resolved, key, schema);
      if (value[key] === null && child && child.nullable !== true && !hasDefault(child)) delete value[key];
      else dropNulls(value[key], child, schema);
    }
  }
}

function fill(value: unknown, node: JSONSchemaProps | undefined, schema: TypedSchema): void {
  if (node === undefined) return;
  const resolved = schema.resolve(node);
  if (Array.isArray(value)) {
    if (resolved.items === undefined) return;
    const items = schema.resolve(resolved.items);
    for (let index = 0; index < value.length; index++) {
      if (value[index] === null && items.nullable !== true) value[index] = copyDefault(items);
      fill(value[index], items, schema);
    }
  } else if (isRecord(value)) {
    for (const [key, property] of Object.entries(resolved.properties ?? {})) {
      const child = schema.resolve(property);
      if (!hasDefault(child)) continue;
      if (!Object.hasOwn(value, key) || (value[key] === null && child.nullable !== true)) set(value, key, copyDefault(child));
    }
    for (const key of Object.keys(value)) {
      const child = resolvedChild(resolved, key, schema);
      if (value[key] === null && child && child.nullable !== true && !isProperty(resolved, key)) value[key] = copyDefault(child);
      fill(value[key], child, schema);
    }
  }
}

function resolvedChild(node: JSONSchemaProps, key: string, schema: TypedSchema): JSONSchemaProps | undefined {
  const child = isProperty(node, key) ? node.properties![key] : typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
  return child && schema.resolve(child);
}

function isProperty(node: JSONSchemaProps, key: string): boolean {
  return node.properties !== undefined && Object.hasOwn(node.properties, key);
}

function hasDefault(node: JSONSchemaProps): boolean {
  return node.default !== undefined && node.default !== null;
}

function copyDefault(node: JSONSchemaProps): unknown {
  return hasDefault(node) ? structuredClone(node.default) : null;
}

function set(object: Record<string, unknown>, key: string, value: unknown): void {
  // A field may be called __proto__, which an assignment would not create.
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
