import { readDocument } from '../schemas/load.js';
import { customDefinition, listDefinition, modelName } from './openapi-custom.js';
import type { ServedGroup } from './served-groups.js';

const REFERENCE = '#/definitions/';
const OBJECT_META = `${REFERENCE}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`;

/** `/openapi/v2`: the definitions of all kinds, without paths. Newer clients ask for version 3. */
export function openApiV2(groups: readonly ServedGroup[]): unknown {
  const { definitions } = JSON.parse(readDocument('openapi-v2')!.toString('utf8')) as { definitions: Record<string, unknown> };
  for (const { versions } of groups) {
    for (const resource of versions.flatMap(({ resources }) => resources).filter(({ custom }) => custom)) {
      definitions[modelName(resource, resource.kind)] = isOpen(resource.schema?.root) ? openDefinition(resource) : forVersion2(customDefinition(resource, OBJECT_META));
      definitions[modelName(resource, resource.listKind)] = forVersion2(listDefinition(resource, REFERENCE));
    }
  }
  return { swagger: '2.0', info: { title: 'Kubernetes', version: 'unversioned' }, paths: {}, definitions };
}

function isOpen(root: { 'x-kubernetes-preserve-unknown-fields'?: boolean } | undefined): boolean {
  return root === undefined || root['x-kubernetes-preserve-unknown-fields'] === true;
}

/** Clients of version 2 would call anything that is not declared an error. */
function openDefinition({ group, version, kind }: { group: string; version: string; kind: string }): unknown {
  return { type: 'object', 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

/** Version 2 has no alternatives and no null; what is open or ambiguous loses its type. References stand alone. */
function forVersion2(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forVersion2);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf, anyOf: _anyOf, oneOf: _oneOf, not: _not, nullable, ...node } = value as Record<string, unknown>;
  const only = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as { $ref?: string }).$ref : undefined;
  if (only !== undefined) return { ...node, $ref: only };
  if (nullable === true || node['x-kubernetes-int-or-string'] === true || node['x-kubernetes-preserve-unknown-fields'] === true) {
    const { type: _type, properties: _properties, items: _items, additionalProperties: _additional, required: _required, ...rest } = node;
    return rest;
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(node)) result[key] = key === 'properties' ? mapValues(item as Record<string, unknown>) : ['items', 'additionalProperties'].includes(key) ? forVersion2(item) : item;
  return result;
}

function mapValues(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, forVersion2(property)]));
}
