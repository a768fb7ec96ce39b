import type { JSONSchemaProps } from '@kubewright/api';

import { commentText } from './comment-text.js';
import { coreShapeOf } from './core-shape.js';
import { openText, Rendering, scalarText, type NodeText } from './node-text.js';
import { canonical, isDescribed, typePart } from './normal-schema.js';
import { nameShapes, typeName, type Nameable } from './shape-names.js';

/** Where a schema is used. */
export interface UsePlace {
  readonly property: string;
  readonly parent: Shape;
  readonly depth: number;
  /** Items of lists and values of maps take their description from their type; members have their own. */
  readonly isValue?: boolean;
  readonly isItem?: boolean;
}

/** A type of its own: an interface, or an alias for a value with tags or a description. */
export interface Shape extends Nameable {
  readonly kind: 'root' | 'interface' | 'alias';
  readonly schema: JSONSchemaProps;
  /** The texts that uses inherit from the type; the empty one for uses that must inherit none. */
  readonly docs: Set<string>;
  readonly members: { name: string; isRequired: boolean; schema: JSONSchemaProps; text: () => NodeText }[];
  readonly aliasOf?: () => NodeText;
  /** Names of aliases that add a text, by text. */
  readonly documented: Map<string, string>;
}

export interface TypeWriterOptions {
  /**
   * Whether types of `@kubewright/api` stand for shapes that are theirs: true gives their descriptions up, false never uses them.
   * @default only where no description would be lost
   */
  readonly coreTypes?: boolean;
}

/**
 * Writes the types of one file. First every schema is visited, which finds the shapes that repeat; then {@link finish} names them; then the
 * functions that visits returned give the types.
 */
export class TypeWriter {
  private readonly shapes = new Map<string, Shape>();
  private readonly modules = new Map<string, Set<string>>();

  constructor(private readonly options: TypeWriterOptions = {}) {}

  /** The shape that members of the class itself belong to. */
  root(name: string, schema: JSONSchemaProps): Shape {
    const shape = newShape('root', schema);
    shape.name = name;
    return shape;
  }

  /** Visits the properties of a shape. */
  members(shape: Shape, depth: number): void {
    for (const [name, schema] of Object.entries(shape.schema.properties ?? {})) {
      const text = this.visit(schema, { property: name, parent: shape, depth });
      shape.members.push({ name, isRequired: shape.schema.required?.includes(name) ?? false, schema, text });
    }
  }

  visit(schema: JSONSchemaProps, place: UsePlace): () => NodeText {
    const scalar = scalarText(schema);
    if (scalar) return () => scalar;
    if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined) return this.object(schema, place);
    if (schema.type === 'object' && typeof schema.additionalProperties === 'object' && !schema.properties) {
      const value = this.value(schema.additionalProperties, { ...place, isValue: true, isItem: false });
      return () => new Rendering(schema).says('type', 'additionalProperties').done(`Record<string, ${value().type}>`);
    }
    if (schema.type === 'array' && schema.items) return this.list(schema, schema.items, place);
    return () => openText(schema, place.property);
  }

  /** Names all shapes; afterwards the functions of visits may be called. */
  finish(root: Shape): void {
    const taken = new Set([root.name ?? '', ...[...this.modules.values()].flatMap((names) => [...names])]);
    nameShapes([...this.shapes.values()], taken);
    for (const shape of this.shapes.values()) if (shape.name) taken.add(shape.name);
    for (const shape of this.shapes.values()) {
      if (shape.docs.size < 2) continue;
      for (const text of shape.docs) {
        if (text === '') continue;
        let name = `${shape.name}Item`;
        for (let count = 2; taken.has(name); count++) name = `${shape.name}Item${count}`;
        taken.add(name);
        shape.documented.set(text, name);
      }
    }
  }

  /** All named types as source, in the order in which they were found. */
  declarations(): string[] {
    return [...this.shapes.values()].flatMap((shape) => [declaration(shape), ...[...shape.documented].map(([text, name]) => `${commentText(text, [], '')}export type ${name} = ${shape.name};\n`)]);
  }

  /** What the source uses of other modules, by module. */
  imports(source: string): Map<string, string[]> {
    const out = new Map<string, string[]>();
    const helpers = HELPERS.filter((name) => new RegExp(`(?<![\\w.'])${name}\\b(?!['?:(])`).test(source.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/'(?:\\.|[^'\\])*'/g, "''")));
    out.set('@kubewright/api', helpers);
    for (const [module, names] of this.modules) out.set(module, [...new Set([...(out.get(module) ?? []), ...names])].sort());
    return out;
  }

  private object(schema: JSONSchemaProps, place: UsePlace): () => NodeText {
    const part = typePart(schema);
    const { coreTypes } = this.options;
    const isLossy = isDescribed(part) || (place.isValue === true && schema.description !== undefined);
    const core = coreTypes === false || (coreTypes === undefined && isLossy) ? undefined : coreShapeOf(part, place.property);
    const site = (type: string) => new Rendering(schema).omit(...(Object.keys(part) as (keyof JSONSchemaProps)[])).done(type);
    if (core) {
      this.modules.set(core.module, (this.modules.get(core.module) ?? new Set()).add(core.name));
      return () => site(core.name);
    }
    const shape = this.shape(`interface ${canonical(part)}`, 'interface', part, place);
    const text = schema.description ?? '';
    const inherits = place.isValue === true || text === '';
    if (inherits) shape.docs.add(text);
    return () => site((inherits ? shape.documented.get(text) : undefined) ?? shape.name ?? '');
  }

  private list(schema: JSONSchemaProps, items: JSONSchemaProps, place: UsePlace): () => NodeText {
    const item = this.value(items, { ...place, isValue: true, isItem: true });
    return () => {
      const { type, tags } = item();
      const text = new Rendering(schema).says('type').omit('items');
      const listType = listOf(schema, type, text);
      for (const tag of tags) text.tag(`items.${tag}`);
      return text.done(listType);
    };
  }

  /** An item or a value: what no tag of the list (or none of a map) can say of it needs an alias. */
  private value(schema: JSONSchemaProps, place: UsePlace): () => NodeText {
    const text = this.visit(schema, place);
    const { type, tags } = text();
    const isNamed = schema.type === 'object' && schema.properties !== undefined && type !== 'JSONObject' && type !== 'JSONObject | null';
    const needsText = schema.description !== undefined && !isNamed;
    const needsTags = place.isItem ? tags.some((tag) => /^default\b/.test(tag)) : tags.length > 0;
    if (!needsText && !needsTags) return text;
    const shape = this.shape(`alias ${canonical(schema)}`, 'alias', schema, place, text);
    shape.docs.add(schema.description ?? '');
    return () => ({ type: shape.name ?? '', tags: [] });
  }

  private shape(key: string, kind: Shape['kind'], schema: JSONSchemaProps, place: UsePlace, aliasOf?: () => NodeText): Shape {
    const hint = { name: typeName(place.property, place.isItem === true), parent: place.parent, depth: place.depth };
    const known = this.shapes.get(key);
    if (known) {
      known.hints.push(hint);
      return known;
    }
    const shape = newShape(kind, schema, aliasOf);
    shape.hints.push(hint);
    this.shapes.set(key, shape);
    if (kind === 'interface') this.members(shape, place.depth + 1);
    return shape;
  }
}

/** The comment and tags of a shape's own, and the members of its body. */
export function memberLines(shape: Shape, isClass: boolean): string {
  return shape.members
    .map(({ name, isRequired, schema, text }) => {
      const { type, tags } = text();
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
      return `${commentText(schema.description, tags, '  ')}  ${key}${isRequired ? (isClass ? '!' : '') : '?'}: ${type};\n`;
    })
    .join('');
}

/** Tags of an object type: everything that its members do not say. */
export function objectTags(schema: JSONSchemaProps, required: readonly string[] | undefined): readonly string[] {
  const text = new Rendering(schema).omit('type', 'properties');
  if (canonical(required ?? []) === canonical([...(required ?? [])].sort()) && (required ?? []).every((name) => schema.properties?.[name])) text.omit('required');
  if (text.has('x-kubernetes-preserve-unknown-fields')) text.tag('preserveUnknownFields', 'x-kubernetes-preserve-unknown-fields');
  if (text.has('x-kubernetes-embedded-resource')) text.tag('embeddedResource', 'x-kubernetes-embedded-resource');
  return text.done('').tags;
}

function newShape(kind: Shape['kind'], schema: JSONSchemaProps, aliasOf?: () => NodeText): Shape {
  return { kind, schema, hints: [], name: undefined, docs: new Set(), members: [], documented: new Map(), ...(aliasOf ? { aliasOf } : {}) };
}

function declaration(shape: Shape): string {
  const own = shape.docs.size === 1 ? [...shape.docs][0] : '';
  const text = own === '' ? undefined : own;
  if (shape.aliasOf) {
    const { type, tags } = shape.aliasOf();
    return `${commentText(text, tags, '')}export type ${shape.name} = ${type};\n`;
  }
  return `${commentText(text, objectTags(shape.schema, shape.schema.required), '')}export interface ${shape.name} {\n${memberLines(shape, false)}}\n`;
}

function listOf(schema: JSONSchemaProps, item: string, text: Rendering): string {
  const keys = schema['x-kubernetes-list-map-keys'];
  switch (schema['x-kubernetes-list-type']) {
    case 'atomic':
      return text.has('x-kubernetes-list-map-keys') ? plain(item) : (text.says('x-kubernetes-list-type'), `AtomicList<${item}>`);
    case 'set':
      return text.has('x-kubernetes-list-map-keys') ? plain(item) : (text.says('x-kubernetes-list-type'), `SetList<${item}>`);
    case 'map':
      if (!keys || !/^[A-Z]\w*$/.test(item) || !keys.every((key) => schema.items?.properties?.[key]) || new Set(keys).size < keys.length) return plain(item);
      text.says('x-kubernetes-list-type', 'x-kubernetes-list-map-keys');
      return `MapList<${item}, ${keys.map((key) => `'${key}'`).join(' | ')}>`;
    default:
      return plain(item);
  }
}

function plain(item: string): string {
  return item.includes(' ') ? `(${item})[]` : `${item}[]`;
}

const HELPERS = `Int Int32 Int64 Float Double Quantity IntOrString Time Bytes Format JSONValue JSONObject EmbeddedResource AtomicList SetList MapList ObjectMeta`.split(' ');
