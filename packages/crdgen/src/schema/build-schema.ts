import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import { evaluate } from '../load/constants.js';
import { applyTags, taggedValue } from '../markers/apply.js';
import type { DocBlock, Tag } from '../markers/comment.js';
import { buildUnion } from './build-union.js';
import type { SchemaContext } from './context.js';
import { celName } from './rules.js';
import { flatten, type Built, type Member, type ObjectShape, type TypeModel } from './type-model.js';

/** Types whose instances are nested deeper than this are recursive in a way that has no name. */
const MAX_NESTING = 100;

/** Turns type models into structural schemas. */
export class SchemaBuilder {
  /** Declarations that are being built, outermost first. */
  private readonly path: { name: string; key: string }[] = [];
  private nesting = 0;
  private maxDepth: number | undefined;
  /** What is being built is the type of an embedded resource, or its metadata. */
  private embeds: 'nothing' | 'resource' | 'metadata' = 'nothing';

  constructor(readonly context: SchemaContext) {}

  /** @param at where findings about the type point when it has no declaration of its own */
  build(model: TypeModel, at: ts.Node): Built {
    const closes = model.names.find((named) => this.path.some((one) => one.key === named.key));
    const depth = closes ? this.path.filter((one) => one.key === closes.key).length : 0;
    if (closes && (this.maxDepth === undefined || depth >= this.maxDepth)) return this.recursion(model, closes.key);
    if (this.nesting >= MAX_NESTING) {
      this.context.diagnostics.report(
        'KW1001',
        model.node,
        `the type contains itself without end: ${this.path
          .slice(-3)
          .map((one) => one.name)
          .join(' -> ')} -> …`,
        CURE,
      );
      return { schema: {}, isOptional: false };
    }
    this.path.push(...model.names);
    this.nesting++;
    try {
      const built = this.content(model, at);
      this.context.origins.set(built.schema, at);
      for (const layer of model.layers) {
        this.document(built.schema, layer);
        this.applyDefaultTag(built.schema, layer);
      }
      return built;
    } finally {
      this.path.length -= model.names.length;
      this.nesting--;
    }
  }

  /** The schema of one property, with its documentation, tags and default. */
  buildMember(member: Member): Built {
    const tag = (name: string) => member.docs.tags.find((one) => one.name === name);
    const before = this.maxDepth;
    if (/^\d+$/.test(tag('maxDepth')?.value ?? '')) this.maxDepth = Number(tag('maxDepth')?.value);
    const above = this.embeds;
    this.embeds = tag('embeddedResource') ? 'resource' : above === 'resource' && member.name === 'metadata' ? 'metadata' : 'nothing';
    const forced = tag('type');
    const built = forced ? this.forcedType(forced, member) : this.build(member.type(), member.node);
    this.maxDepth = before;
    this.embeds = above;
    const { schema } = built;
    this.context.origins.set(schema, member.node);
    this.document(schema, member.docs);
    if (!this.applyDefaultTag(schema, member.docs) && member.initializer) this.applyInitializer(schema, member, member.initializer);
    const isOptional = tag('required') ? false : member.isOptional || built.isOptional || tag('optional') !== undefined;
    return { schema, isOptional };
  }

  /** An object schema: properties by name, `required` sorted, rules for immutable members before the type's own. */
  buildObject(shape: ObjectShape, at: ts.Node): JSONSchemaProps {
    const schema: JSONSchemaProps = { type: 'object' };
    if (shape.index) {
      if (shape.members.size > 0) {
        const message = 'named properties and an index signature are mutually exclusive in a schema';
        this.context.diagnostics.report('KW1006', shape.index.node, message, 'put the map into a property of its own');
        return schema;
      }
      schema.additionalProperties = this.build(shape.index.value(), at).schema;
      return schema;
    }
    const properties: Record<string, JSONSchemaProps> = {};
    const required: string[] = [];
    const rules: ValidationRule[] = [];
    for (const member of shape.members.values()) {
      if (isAbsent(member)) continue;
      const built = this.buildMember(member);
      // defineProperty, because `__proto__` is a name like any other.
      Object.defineProperty(properties, member.name, { value: built.schema, enumerable: true, writable: true, configurable: true });
      if (!built.isOptional) required.push(member.name);
      else if (member.docs.tags.some((tag) => tag.name === 'immutable')) {
        const name = celName(member.name) ?? member.name;
        rules.push({ rule: `!has(oldSelf.${name}) || has(self.${name})`, message: `field ${member.name} is immutable once set` });
      }
    }
    if (Object.keys(properties).length > 0) schema.properties = properties;
    if (required.length > 0) schema.required = required.sort();
    if (rules.length + shape.rules.length > 0) schema['x-kubernetes-validations'] = [...rules, ...shape.rules];
    return schema;
  }

  private content(model: TypeModel, at: ts.Node): Built {
    const built = (schema: JSONSchemaProps): Built => ({ schema, isOptional: false });
    switch (model.kind) {
      case 'schema':
        if (model.isVague) {
          const message = 'a number may be an integer or a float: say Int32, Int64 or Int, or Float or Double';
          this.context.diagnostics.report('KW1003', model.node, message, '--allow-dangerous-types makes it type: number');
          return built({});
        }
        if (model.isPruned && this.embeds !== 'metadata') {
          const message = 'labels and annotations of a nested ObjectMeta will be pruned: only the metadata of the object itself is kept';
          this.context.diagnostics.report('KW2201', model.node, message, 'use EmbeddedObjectMeta, or --generate-embedded-object-meta');
        }
        return built(structuredClone(model.schema));
      case 'literal':
        return built({ type: literalType(model.value), enum: [model.value] });
      case 'pattern':
        return built({ type: 'string', pattern: `^${model.pattern}$` });
      case 'array':
        return built({ type: 'array', items: this.item(model.item(), at), ...structuredClone(model.add) });
      case 'map':
        return built({ type: 'object', additionalProperties: this.item(model.value(), at) });
      case 'object':
        return built(this.buildObject(model.shape(), at));
      case 'union':
        return buildUnion(this, model, at);
      case 'invalid':
        return built({});
      case 'undefined':
      case 'null':
      case 'never':
        this.context.diagnostics.report('KW1015', model.node, `${model.kind} alone has no schema`, 'leave the member out, or give it a type');
        return { schema: {}, isOptional: model.kind === 'undefined' };
    }
  }

  private item(model: TypeModel, at: ts.Node): JSONSchemaProps {
    return this.build(model, at).schema;
  }

  private recursion(model: TypeModel, key: string): Built {
    const isUnrolled = this.maxDepth !== undefined;
    const schema: JSONSchemaProps = { 'x-kubernetes-preserve-unknown-fields': true };
    if (!isUnrolled) {
      const from = this.path.findIndex((one) => one.key === key);
      const cycle = [...this.path.slice(from), this.path[from]].map((one) => one?.name ?? '');
      this.context.diagnostics.report('KW1001', model.node, `a schema can not be recursive: ${cycle.join(' -> ')}`, CURE);
    }
    this.context.origins.set(schema, model.node);
    return { schema, isOptional: flatten(model).some((one) => one.kind === 'undefined') };
  }

  private document(schema: JSONSchemaProps, docs: DocBlock): void {
    if (docs.text) schema.description = docs.text;
    if (docs.tags.length > 0 && Object.keys(schema).length > (docs.text ? 1 : 0)) applyTags(schema, docs, this.context.diagnostics);
  }

  private forcedType(tag: Tag, member: Member): Built {
    // JSDoc writes types in braces.
    const type = tag.value.replace(/^\{\s*(.*?)\s*\}$/, '$1');
    const isKnown = /^(object|array|string|integer|number|boolean)$/.test(type);
    if (!isKnown) this.context.diagnostics.report('KW1103', member.docs.node, `@type is object, array, string, integer, number or boolean, not "${type}"`);
    return { schema: isKnown ? { type } : {}, isOptional: false };
  }

  private applyDefaultTag(schema: JSONSchemaProps, docs: DocBlock): boolean {
    const tag = docs.tags.find((one) => one.name === 'default');
    if (!tag) return false;
    const found = taggedValue(tag, schema, (code, message) => this.context.diagnostics.report(code, docs.node, message));
    if (found) schema.default = found.value;
    return true;
  }

  private applyInitializer(schema: JSONSchemaProps, member: Member, initializer: ts.Expression): void {
    const found = evaluate(initializer, this.context.declarations);
    if ('value' in found) {
      // null and undefined are what an absent field is anyway.
      if (found.value !== undefined && found.value !== null) schema.default = found.value;
      return;
    }
    const hint = 'only literals, const variables, enum members and new Sub() can be read without running the code';
    this.context.diagnostics.report('KW1201', member.node, `the default of ${member.name} is not a constant: ${found.notConstant.getText()}`, hint);
  }
}

const CURE = 'use Opaque<T> where it recurses, JSONValue, or @maxDepth n to unroll n levels';

/** `b?: never` says that the property must not be there. */
function isAbsent(member: Member): boolean {
  if (!member.isOptional) return false;
  const parts = flatten(member.type());
  return parts.every((one) => one.kind === 'never' || one.kind === 'undefined');
}

function literalType(value: string | number | boolean): string {
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}
