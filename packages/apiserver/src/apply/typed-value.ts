import type { Atom, FieldType, ListType, MapType } from './field-type.js';
import { keyElement, valueElement } from './path-element.js';
import type { PathElement } from './path-element.js';

/** Why a value does not fit its type, or can not be merged. `path` is in the form of messages: `.spec.ports[port=80]`. */
export interface TypeProblem {
  readonly path: string;
  readonly message: string;
}

/** All problems of one value; the message is the server's. */
export class TypeMismatch extends Error {
  readonly problems: readonly TypeProblem[];

  constructor(problems: readonly TypeProblem[]) {
    const lines = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    super(lines.length === 1 ? lines[0] : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n'));
    this.name = 'TypeMismatch';
    this.problems = problems;
  }
}

/** The object does not fit another version of its kind, although all that conversion changes is the version's name. */
export class ConversionMismatch extends TypeMismatch {
  constructor(what: string, { problems, message }: TypeMismatch) {
    super(problems);
    this.message = `${what}: ${message}`;
  }
}

/** An object's fields. Undefined means absent, null is a value. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The form of the atom that a value takes; all of them for an absent value, for null, and for one that does not fit. */
export function formOf(atom: Atom, value: unknown): Atom {
  if (value === undefined || value === null) return atom;
  if (Array.isArray(value)) return atom.list && (atom.scalar || atom.map) ? { list: atom.list } : atom;
  if (typeof value === 'object') return atom.map && (atom.scalar || atom.list) ? { map: atom.map } : atom;
  return atom.scalar && (atom.map || atom.list) ? { scalar: atom.scalar } : atom;
}

/** Whether two forms of one atom are the same. */
export function sameForm(a: Atom, b: Atom): boolean {
  return a === b || (a.scalar === b.scalar && a.list === b.list && a.map === b.map);
}

/** Calls the visitor for the form that counts: objects before scalars before lists. */
export function visit<T>(atom: Atom, visitor: { map(type: MapType): T; scalar(type: NonNullable<Atom['scalar']>): T; list(type: ListType): T }): T {
  if (atom.map !== undefined) return visitor.map(atom.map);
  return atom.scalar !== undefined ? visitor.scalar(atom.scalar) : visitor.list(atom.list!);
}

/** The type of a field, declared or not; undefined where it is not allowed. */
export function fieldType(type: MapType, name: string): FieldType | undefined {
  return type.field(name) ?? type.element;
}

/** The step that leads to an item of a set or of a list with keys. @throws Error when the item can not be told from others */
export function itemElement(list: ListType, item: unknown): PathElement {
  return list.keys.length > 0 ? keyedElement(list, item) : setElement(item);
}

function keyedElement({ keys, element }: ListType, item: unknown): PathElement {
  if (item === null || item === undefined) throw new Error('associative list with keys may not have a null element');
  if (!isFields(item)) throw new Error('associative list with keys may not have non-map elements');
  const given: Record<string, unknown> = {};
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : element.atom.map?.defaultOf(key);
    if (value !== undefined) given[key] = value;
  }
  if (Object.keys(given).length === 0) {
    const names = keys.map((key) => JSON.stringify(key)).join(' ');
    throw new Error(`associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`);
  }
  return keyElement(given);
}

function setElement(item: unknown): PathElement {
  if (isFields(item)) throw new Error("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new Error('not supported: associative list with lists as elements');
  if (item === null || item === undefined) throw new Error("associative list without keys has an element that's an explicit null");
  return valueElement(item);
}
