import type { JSONSchemaProps } from '@kubewright/api';

import { re2ToJavaScript } from '../constraints/re2.js';
import { canonical } from '../import/normal-schema.js';

/** The nodes of a validator as constants of a module; equal ones are one. */
export class NodeSource {
  private readonly names = new Map<string, string>();
  private readonly lines: string[] = [];
  /** Patterns that JavaScript can not say; their values are not checked. */
  readonly unchecked: string[] = [];

  constructor(
    private readonly annotation: string,
    private readonly hasRules = false,
  ) {}

  /** The name of the constant for a schema. */
  node(schema: JSONSchemaProps): string {
    const bare = this.hasRules ? strip(schema) : withoutRules(strip(schema));
    const key = canonical(bare);
    const known = this.names.get(key);
    if (known) return known;
    const text = this.literal(bare);
    const name = `n${this.names.size}`;
    this.names.set(key, name);
    this.lines.push(`const ${name}${this.annotation} = ${text};`);
    return name;
  }

  source(): string {
    return this.lines.join('\n');
  }

  private literal(schema: JSONSchemaProps): string {
    const parts: string[] = [];
    const say = (name: string, text: string | undefined) => {
      if (text !== undefined) parts.push(`${name}: ${text}`);
    };
    for (const key of PLAIN) if (schema[key] !== undefined) say(key, JSON.stringify(schema[key]));
    if (schema.pattern !== undefined) say('pattern', this.pattern(schema.pattern));
    if (schema['x-kubernetes-int-or-string']) say('isMixed', 'true');
    if (schema['x-kubernetes-embedded-resource']) say('isEmbedded', 'true');
    if (schema['x-kubernetes-list-type'] === 'set') say('keys', '[]');
    if (schema['x-kubernetes-list-type'] === 'map') say('keys', JSON.stringify(schema['x-kubernetes-list-map-keys'] ?? []));
    if (schema.items) say('items', this.node(schema.items));
    if (typeof schema.additionalProperties === 'object') say('values', this.node(schema.additionalProperties));
    if (schema.additionalProperties === false) say('isClosed', 'true');
    // Quoted in brackets, because `__proto__` is a name like any other.
    if (schema.properties)
      say('properties', `{ ${Object.entries(schema.properties).map(([name, child]) => `${/^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${JSON.stringify(name)}]`}: ${this.node(child)}`).join(', ')} }`);
    for (const key of ['allOf', 'anyOf', 'oneOf'] as const) if (schema[key]?.length) say(key, `[${schema[key].map((one) => this.node(one)).join(', ')}]`);
    if (schema['x-kubernetes-validations']?.length) say('rules', JSON.stringify(schema['x-kubernetes-validations']));
    if (schema.not) say('not', this.node(schema.not));
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
  }

  private pattern(pattern: string): string | undefined {
    const compiled = re2ToJavaScript(pattern);
    if (!compiled) this.unchecked.push(pattern);
    return compiled && `new RegExp(${JSON.stringify(compiled.source)}, ${JSON.stringify(compiled.flags)})`;
  }
}

const PLAIN = [
  'type', 'nullable', 'default', 'enum', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'format', 'minItems', 'maxItems',
  'minProperties', 'maxProperties', 'required',
] as const;

function withoutRules({ 'x-kubernetes-validations': _rules, ...rest }: JSONSchemaProps): JSONSchemaProps {
  return rest;
}

/** Without documentation. */
function strip(schema: JSONSchemaProps): JSONSchemaProps {
  const { description: _description, title: _title, example: _example, externalDocs: _docs, 'x-kubernetes-map-type': _map, ...out } = schema;
  if (out.properties) out.properties = Object.fromEntries(Object.entries(out.properties).map(([name, child]) => [name, strip(child)]));
  if (out.items) out.items = strip(out.items);
  if (typeof out.additionalProperties === 'object') out.additionalProperties = strip(out.additionalProperties);
  return out;
}
