import type { JSONSchemaProps } from '@kubewright/api';

/**
 * The type of what server-side apply may send: everything is optional but the identity of the object and the keys of items that are told
 * apart by them.
 */
export function applyTypeSource(name: string, schema: JSONSchemaProps, apiVersion: string, kind: string): string {
  const own = Object.entries(schema.properties ?? {}).filter(([key]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(key));
  const status = schema.properties?.status;
  const members = [
    `apiVersion: '${apiVersion}';`,
    `kind: '${kind}';`,
    'metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] };',
    ...own.map(([key, child]) => `${propertyName(key)}?: ${typeText(child, '  ')};`),
    ...(status ? [`status?: ${typeText(status, '  ')};`] : []),
  ];
  return `/** What server-side apply may send of a ${kind}: the fields that one owner cares for. */\nexport interface ${name} {\n${members.map((one) => `  ${one}\n`).join('')}}\n`;
}

function typeText(schema: JSONSchemaProps, indent: string, keys: readonly string[] = []): string {
  const text = plainType(schema, indent, keys);
  return schema.nullable ? `${text} | null` : text;
}

function plainType(schema: JSONSchemaProps, indent: string, keys: readonly string[]): string {
  if (schema['x-kubernetes-int-or-string']) return 'number | string';
  if (schema.enum && !schema.nullable) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array': {
      const item = schema.items ? typeText(schema.items, indent, schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : []) : 'unknown';
      return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
    }
    case 'object':
      return objectType(schema, indent, keys);
    default:
      return 'unknown';
  }
}

function objectType(schema: JSONSchemaProps, indent: string, keys: readonly string[]): string {
  if (typeof schema.additionalProperties === 'object') return `Record<string, ${typeText(schema.additionalProperties, indent)}>`;
  if (!schema.properties) return 'Record<string, unknown>';
  const inner = `${indent}  `;
  // A key with a default may be left out.
  const isKey = (name: string, child: JSONSchemaProps) => keys.includes(name) && child.default === undefined;
  const members = Object.entries(schema.properties).map(([name, child]) => `${inner}${propertyName(name)}${isKey(name, child) ? '' : '?'}: ${typeText(child, inner)};\n`);
  return `{\n${members.join('')}${indent}}`;
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
