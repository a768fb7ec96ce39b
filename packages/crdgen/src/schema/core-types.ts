import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import type { JSONSchemaProps } from '@kubewright/api';

/**
 * The schema of a built-in type as controller-gen writes it into a CRD, expanded: integer formats, defaults, list types and map keys are
 * exact, which no TypeScript declaration says. The data come from scripts/pack-core-types.mjs.
 *
 * @param key folder and name: `core/v1.Container`, `meta/v1.Condition`
 */
export function coreType(key: string): JSONSchemaProps | undefined {
  return Object.hasOwn(types(), key) ? expand(key, []) : undefined;
}

/** The same by the name of a class of `@kubernetes/client-node`: `V1Container`, `CoreV1Event`. */
export function coreTypeOfClientNode(name: string): JSONSchemaProps | undefined {
  const [, prefix = '', version = '', type = ''] = /^([A-Z][a-z]+)??(V\d+(?:(?:alpha|beta)\d+)?)(\w+)$/.exec(name) ?? [];
  if (!type) return undefined;
  const folders = prefix ? [prefix.toLowerCase()] : ['core', 'meta', 'apps', 'batch', ...groups()];
  for (const folder of folders) {
    const found = coreType(`${folder}/${version.toLowerCase()}.${type}`);
    if (found) return found;
  }
  return undefined;
}

/** The built-in types whose own properties have these names, as keys of {@link coreType}. */
export function coreTypesWithProperties(names: readonly string[]): readonly string[] {
  if (!byProperties) {
    byProperties = new Map();
    for (const [key, schema] of Object.entries(types())) {
      const properties = Object.keys(schema.properties ?? {});
      if (properties.length === 0) continue;
      const found = byProperties.get(propertyKey(properties));
      if (found) found.push(key);
      else byProperties.set(propertyKey(properties), [key]);
    }
  }
  return byProperties.get(propertyKey(names)) ?? [];
}

let byProperties: Map<string, string[]> | undefined;

function propertyKey(names: readonly string[]): string {
  return [...names].sort().join(' ');
}

type Packed = JSONSchemaProps & { $ref?: string };

let loaded: Record<string, Packed> | undefined;

function types(): Record<string, Packed> {
  loaded ??= JSON.parse(gunzipSync(readFileSync(new URL('../../data/core-types.json.gz', import.meta.url))).toString()) as Record<string, Packed>;
  return loaded;
}

function groups(): string[] {
  return [...new Set(Object.keys(types()).map((key) => key.slice(0, key.indexOf('/'))))];
}

/** A type that contains itself (JSONSchemaProps does) is open where it recurses. */
function expand(key: string, path: readonly string[]): JSONSchemaProps {
  if (path.includes(key)) return { 'x-kubernetes-preserve-unknown-fields': true };
  return expandNode(types()[key] ?? {}, [...path, key]);
}

function expandNode(node: Packed, path: readonly string[]): JSONSchemaProps {
  const { $ref, ...own } = node;
  const out: JSONSchemaProps = $ref === undefined ? structuredClone(own) : { ...expand($ref, path), ...structuredClone(own) };
  if (own.items) out.items = expandNode(own.items, path);
  if (typeof own.additionalProperties === 'object') out.additionalProperties = expandNode(own.additionalProperties, path);
  if (own.properties)
    out.properties = Object.fromEntries(Object.entries(own.properties).map(([name, child]) => [name, expandNode(child as Packed, path)]));
  return out;
}
