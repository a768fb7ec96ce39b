/**
 * @module apply: server-side apply and the record of who owns which field (sigs.k8s.io/structured-merge-diff and apiserver's fieldmanager).
 * field-set.ts is the record's algebra; field-type.ts reads types from schemas; validate.ts, compare.ts, merge.ts, remove.ts and owned-fields.ts
 * walk typed values; ownership.ts is the engine that decides, managed-fields.ts the wire form, and apply-patch.ts the entry. It never stores.
 */
import { compareElements, fieldName, formatElement, parseElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import type { FieldType } from './field-type.js';

/** Steps from the object's root. */
export type FieldPath = readonly PathElement[];

/** A field, and whether it belongs to the set itself besides having children that do. */
interface Node {
  member: boolean;
  children: FieldSet | undefined;
}

/** A set of fields. Results of operations share what did not change, so only a set that was built by inserting may be inserted into. */
export class FieldSet {
  readonly #nodes = new Map<PathElement, Node>();

  static of(...paths: readonly FieldPath[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }

  /** The inverse of {@link toFieldsV1}. @throws SyntaxError for keys that are no steps */
  static fromFieldsV1(fields: Readonly<Record<string, unknown>>): FieldSet {
    return FieldSet.#read(fields).children ?? new FieldSet();
  }

  get isEmpty(): boolean {
    for (const { member, children } of this.#nodes.values()) if (member || (children !== undefined && !children.isEmpty)) return false;
    return true;
  }

  /** Parents are not added. The empty path stands for the whole object, which nobody owns: it is ignored. */
  insert(path: FieldPath): void {
    if (path.length === 0) return;
    let set: FieldSet = this;
    for (const element of path.slice(0, -1)) {
      const node = set.#node(element);
      node.children ??= new FieldSet();
      set = node.children;
    }
    set.#node(path.at(-1)!).member = true;
  }

  /** Whether the field itself is in the set. */
  has(path: FieldPath): boolean {
    let set: FieldSet | undefined = this;
    for (const element of path.slice(0, -1)) set = set === undefined ? undefined : set.#nodes.get(element)?.children;
    return path.length > 0 && (set?.hasMember(path.at(-1)!) ?? false);
  }

  /** Whether a field of the first level is in the set. */
  hasMember(element: PathElement): boolean {
    return this.#nodes.get(element)?.member ?? false;
  }

  /** What lies below a field of the first level; undefined when nothing does. */
  below(element: PathElement): FieldSet | undefined {
    const children = this.#nodes.get(element)?.children;
    return children === undefined || children.isEmpty ? undefined : children;
  }

  union(other: FieldSet): FieldSet {
    const result = this.#copy();
    for (const [element, node] of other.#nodes) {
      const mine = result.#nodes.get(element);
      const children = mine?.children && node.children ? mine.children.union(node.children) : (mine?.children ?? node.children);
      result.#put(element, { member: node.member || (mine?.member ?? false), children });
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    return this.#map((element, node) => {
      const theirs = other.#nodes.get(element);
      if (theirs === undefined) return undefined;
      return { member: node.member && theirs.member, children: theirs.children && node.children?.intersection(theirs.children) };
    });
  }

  /** Takes away the fields of `other`, not what lies below them. */
  difference(other: FieldSet): FieldSet {
    return this.#map((element, node) => {
      const theirs = other.#nodes.get(element);
      if (theirs === undefined) return node;
      return { member: node.member && !theirs.member, children: theirs.children && node.children ? node.children.difference(theirs.children) : node.children };
    });
  }

  /** Takes away the fields of `other` and everything below them. */
  recursiveDifference(other: FieldSet): FieldSet {
    return this.#map((element, node) => {
      const theirs = other.#nodes.get(element);
      if (theirs === undefined) return node;
      if (theirs.member) return undefined;
      return { member: node.member, children: theirs.children && node.children ? node.children.recursiveDifference(theirs.children) : node.children };
    });
  }

  /** Adds the declared fields of structures that have members below them: who sets `spec.replicas` has a say in `spec`. */
  withNamedParents(type: FieldType | undefined): FieldSet {
    const atom = type?.atom;
    return this.#map((element, node) => {
      const name = fieldName(element);
      const declared = name === undefined ? undefined : atom?.map?.field(name);
      const below = name === undefined ? atom?.list?.element : (declared ?? atom?.map?.element);
      return { member: node.member || (node.children !== undefined && declared !== undefined), children: node.children?.withNamedParents(below) };
    });
  }

  equals(other: FieldSet): boolean {
    if (this.#nodes.size !== other.#nodes.size) return false;
    for (const [element, { member, children }] of this.#nodes) {
      const theirs = other.#nodes.get(element);
      if (theirs === undefined || theirs.member !== member || (theirs.children === undefined) !== (children === undefined)) return false;
      if (children !== undefined && !children.equals(theirs.children!)) return false;
    }
    return true;
  }

  /** First-level fields in order. */
  elements(): PathElement[] {
    return [...this.#nodes.keys()].sort(compareElements);
  }

  /** All members; those of a level come before what lies below them. */
  *paths(prefix: FieldPath = []): Generator<FieldPath> {
    const elements = this.elements();
    for (const element of elements) if (this.hasMember(element)) yield [...prefix, element];
    for (const element of elements) yield* this.#nodes.get(element)!.children?.paths([...prefix, element]) ?? [];
  }

  /** As metadata.managedFields has it. */
  toFieldsV1(): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const element of this.elements()) {
      const { member, children } = this.#nodes.get(element)!;
      const below = children?.toFieldsV1() ?? {};
      if (member || Object.keys(below).length > 0) fields[element] = member && children !== undefined ? { '.': {}, ...below } : below;
    }
    return fields;
  }

  #node(element: PathElement): Node {
    let node = this.#nodes.get(element);
    if (node === undefined) this.#nodes.set(element, (node = { member: false, children: undefined }));
    return node;
  }

  #put(element: PathElement, { member, children }: Node): void {
    const below = children === undefined || children.#nodes.size === 0 ? undefined : children;
    if (member || below !== undefined) this.#nodes.set(element, { member, children: below });
  }

  #map(change: (element: PathElement, node: Node) => Node | undefined): FieldSet {
    const result = new FieldSet();
    for (const [element, node] of this.#nodes) {
      const changed = change(element, node);
      if (changed !== undefined) result.#put(element, changed);
    }
    return result;
  }

  #copy(): FieldSet {
    return this.#map((_element, node) => node);
  }

  /** What stands under a key of FieldsV1: an empty object makes the field a member, others do so by their `.`. */
  static #read(fields: Readonly<Record<string, unknown>>): Node {
    const children = new FieldSet();
    for (const [key, value] of Object.entries(fields)) {
      const element = key === '.' ? undefined : parseElement(key);
      if (element !== undefined) children.#put(element, FieldSet.#read(isObject(value) ? value : {}));
    }
    return children.#nodes.size === 0 ? { member: true, children: undefined } : { member: Object.hasOwn(fields, '.'), children };
  }
}

/** `.spec.parts[name="p1"].image` */
export function formatPath(path: FieldPath): string {
  return path.map(formatElement).join('');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
