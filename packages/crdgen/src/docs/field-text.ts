/**
 * @module docs: definitions in words. field-text.ts says what one schema is and demands; explain.ts answers `kubewright explain`,
 * reference-page.ts writes the Markdown page of a kind.
 */
import type { JSONSchemaProps } from '@kubewright/api';

/** `string`, `[]object`, `map[string]integer`, as kubectl explain names types. */
export function typeLabel(schema: JSONSchemaProps): string {
  if (schema['x-kubernetes-int-or-string']) return schema.pattern?.includes('KMGTPE') ? 'Quantity' : 'IntOrString';
  if (schema.type === 'array') return `[]${schema.items ? typeLabel(schema.items) : 'any'}`;
  if (schema.type === 'object' && typeof schema.additionalProperties === 'object') return `map[string]${typeLabel(schema.additionalProperties)}`;
  if (schema.type === 'object' && !schema.properties && schema['x-kubernetes-embedded-resource']) return 'Object';
  if (schema.type === undefined) return 'any';
  return schema.format ? `${schema.type} (${schema.format})` : schema.type;
}

/** The schema with named fields inside of lists and maps; undefined where there are none. */
export function fieldsOf(schema: JSONSchemaProps): JSONSchemaProps | undefined {
  if (schema.properties) return schema;
  if (schema.items) return fieldsOf(schema.items);
  return typeof schema.additionalProperties === 'object' ? fieldsOf(schema.additionalProperties) : undefined;
}

/** What values must keep to, in short sentences; defaults first. */
export function demands(schema: JSONSchemaProps): string[] {
  const out: string[] = [];
  const say = (value: unknown, text: (shown: string) => string) => {
    if (value !== undefined) out.push(text(String(value)));
  };
  if (schema.default !== undefined) out.push(`default ${JSON.stringify(schema.default)}`);
  if (schema.enum) out.push(`one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`);
  say(schema.minimum, (n) => `${schema.exclusiveMinimum ? 'above' : 'at least'} ${n}`);
  say(schema.maximum, (n) => `${schema.exclusiveMaximum ? 'below' : 'at most'} ${n}`);
  say(schema.multipleOf, (n) => `a multiple of ${n}`);
  say(schema.minLength, (n) => `at least ${n} characters`);
  say(schema.maxLength, (n) => `at most ${n} characters`);
  if (schema.pattern !== undefined && typeLabel(schema) !== 'Quantity') out.push(`matches ${schema.pattern}`);
  say(schema.minItems, (n) => `at least ${n} items`);
  say(schema.maxItems, (n) => `at most ${n} items`);
  say(schema.minProperties, (n) => `at least ${n} entries`);
  say(schema.maxProperties, (n) => `at most ${n} entries`);
  if (schema.nullable) out.push('may be null');
  if (schema['x-kubernetes-list-type'] === 'set') out.push('no value twice');
  if (schema['x-kubernetes-list-type'] === 'map') out.push(`items told apart by ${(schema['x-kubernetes-list-map-keys'] ?? []).join(', ')}`);
  if (schema['x-kubernetes-preserve-unknown-fields']) out.push('unknown fields are kept');
  for (const rule of schema['x-kubernetes-validations'] ?? []) out.push(rule.message ? `${rule.message} (${rule.rule})` : rule.rule);
  if (schema.items && !schema.items.properties) out.push(...demands(schema.items).map((text) => `items: ${text}`));
  if (typeof schema.additionalProperties === 'object' && !schema.additionalProperties.properties) out.push(...demands(schema.additionalProperties).map((text) => `values: ${text}`));
  return out;
}
