import { deepEqual } from '@kubewright/api';

import type { FieldType, ListType, MapType } from './field-type.js';
import { FieldSet } from './field-set.js';
import { fieldElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, sameForm, visit } from './typed-value.js';

/** How two values of a type differ. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly modified: FieldSet;
  readonly added: FieldSet;
}

/** Compares two values that have been checked against their type. */
export function compareTyped(before: unknown, after: unknown, type: FieldType): Comparison {
  const walker = new CompareWalker();
  walker.compare(before, after, type, []);
  return walker;
}

class CompareWalker implements Comparison {
  readonly removed = new FieldSet();
  readonly modified = new FieldSet();
  readonly added = new FieldSet();

  /** At least one side is present. */
  compare(before: unknown, after: unknown, type: FieldType, path: PathElement[]): void {
    const formBefore = formOf(type.atom, before);
    const formAfter = formOf(type.atom, after);
    let isLeaf: boolean;
    if (after === undefined) isLeaf = this.#visit(formBefore, before, after, path);
    else if (before === undefined || sameForm(formBefore, formAfter)) isLeaf = this.#visit(formAfter, before, after, path);
    else {
      // The value took another form, say a list where an object was: what was below the old one is gone.
      this.#visit(formBefore, before, after, path);
      isLeaf = this.#visit(formAfter, before, after, path);
    }
    if (isLeaf) return;
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
  }

  /** Whether the place was compared as a whole. */
  #visit(atom: FieldType['atom'], before: unknown, after: unknown, path: PathElement[]): boolean {
    return visit(atom, {
      map: (map) => this.#compareMaps(map, before, after, path),
      scalar: () => this.#leaf(before, after, path),
      list: (list) => this.#compareLists(list, before, after, path),
    });
  }

  #leaf(before: unknown, after: unknown, path: PathElement[]): boolean {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!deepEqual(before, after)) this.modified.insert(path);
    return true;
  }

  #compareMaps(map: MapType, before: unknown, after: unknown, path: PathElement[]): boolean {
    const left = isFields(before) ? before : {};
    const right = isFields(after) ? after : {};
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    // Two empty sides are a leaf, which keeps the difference between empty and null.
    if (map.atomic || names.size === 0) return this.#leaf(before, after, path);
    for (const name of names) {
      const type = fieldType(map, name);
      if (type !== undefined) this.compare(own(left, name), own(right, name), type, [...path, fieldElement(name)]);
    }
    return false;
  }

  #compareLists(list: ListType, before: unknown, after: unknown, path: PathElement[]): boolean {
    const left = Array.isArray(before) ? before : [];
    const right = Array.isArray(after) ? after : [];
    if (list.atomic || left.length + right.length === 0) return this.#leaf(before, after, path);
    const itemsBefore = groupItems(list, left);
    const itemsAfter = groupItems(list, right);
    for (const element of new Set([...itemsBefore.keys(), ...itemsAfter.keys()])) {
      this.#compareItems(list, itemsBefore.get(element) ?? [], itemsAfter.get(element) ?? [], [...path, element]);
    }
    return false;
  }

  /** Equal items count as one whole that is modified when any of them is. */
  #compareItems(list: ListType, before: readonly unknown[], after: readonly unknown[], path: PathElement[]): void {
    if (before.length <= 1 && after.length <= 1) this.compare(before[0], after[0], list.element, path);
    else if (before.length > 1 && after.length > 1) {
      if (!deepEqual(before, after)) this.modified.insert(path);
    } else if (before.length > 1) {
      if (after.length > 0) this.compare(undefined, after[0], list.element, path);
      this.removed.insert(path);
    } else {
      if (before.length > 0) this.compare(before[0], undefined, list.element, path);
      this.added.insert(path);
    }
  }
}

function groupItems(list: ListType, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const groups = new Map<PathElement, unknown[]>();
  for (const item of items) {
    const element = itemElement(list, item);
    const group = groups.get(element);
    if (group === undefined) groups.set(element, [item]);
    else group.push(item);
  }
  return groups;
}

function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
