import type { JSONSchemaProps } from '@kubewright/api';

/** Keywords that belong to the place where a type is used, and not to the type. */
const SITE = ['description', 'default', 'example', 'title', 'externalDocs', 'nullable'] as const;

const FLAGS = [
  'nullable', 'uniqueItems', 'exclusiveMinimum', 'exclusiveMaximum', 'x-kubernetes-embedded-resource', 'x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields',
] as const;

/** A copy as the server keeps it: flags that are false and lists that are empty are not there. */
export function normalSchema(given: JSONSchemaProps): JSONSchemaProps {
  const out: JSONSchemaProps = { ...given };
  for (const key of FLAGS) if (out[key] === false) delete out[key];
  for (const key of ['required', 'allOf', 'anyOf', 'oneOf', 'x-kubernetes-validations', 'enum', 'x-kubernetes-list-map-keys'] as const)
    if (out[key]?.length === 0) delete out[key];
  if (out.description === '') delete out.description;
  if (given.properties) {
    out.properties = Object.fromEntries(Object.entries(given.properties).map(([name, child]) => [name, normalSchema(child)]));
    if (Object.keys(out.properties).length === 0) delete out.properties;
  }
  if (given.items) out.items = normalSchema(given.items);
  if (typeof given.additionalProperties === 'object') out.additionalProperties = normalSchema(given.additionalProperties);
  return out;
}

/** The schema without what belongs to the place where it is used. */
export function typePart(schema: JSONSchemaProps): JSONSchemaProps {
  const out = { ...schema };
  for (const key of SITE) delete out[key];
  return out;
}

/** The schema without any description; properties of that name stay. */
export function withoutDescriptions(schema: JSONSchemaProps): JSONSchemaProps {
  const { description: _description, ...out } = schema;
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, child]) => [name, withoutDescriptions(child)]));
  if (out.items) out.items = withoutDescriptions(out.items);
  if (typeof out.additionalProperties === 'object') out.additionalProperties = withoutDescriptions(out.additionalProperties);
  return out;
}

/** Whether anything inside has a description. */
export function isDescribed(schema: JSONSchemaProps): boolean {
  const inner = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return schema.description !== undefined || inner.some((one) => typeof one === 'object' && isDescribed(one));
}

/** JSON in which the order of keys says nothing. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, child]) => child !== undefined);
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`).join(',')}}`;
}
