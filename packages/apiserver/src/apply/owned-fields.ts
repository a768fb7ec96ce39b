import type { FieldType, ListType, MapType } from './field-type.js';
import { FieldSet } from './field-set.js';
import { fieldElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, visit } from './typed-value.js';

/** Every leaf and item that a value mentions: what a manager owns who applies it. The value has been checked. */
export function fieldsOf(value: unknown, type: FieldType): FieldSet {
  const set = new FieldSet();
  collect(value, type, [], set);
  return set;
}

function collect(value: unknown, type: FieldType, path: PathElement[], set: FieldSet): void {
  visit(formOf(type.atom, value), {
    map: (map) => {
      if (map.atomic) set.insert(path);
      else if (isFields(value)) collectFields(value, map, path, set);
    },
    scalar: () => set.insert(path),
    list: (list) => {
      if (list.atomic) set.insert(path);
      else if (Array.isArray(value)) collectItems(value, list, path, set);
    },
  });
}

function collectFields(value: Readonly<Record<string, unknown>>, map: MapType, path: PathElement[], set: FieldSet): void {
  for (const [name, item] of Object.entries(value)) {
    const type = fieldType(map, name);
    if (type === undefined) continue;
    const below = [...path, fieldElement(name)];
    collect(item, type, below, set);
    // A key of a map is something to own besides its value; a declared field only where it has nothing below it.
    const isEmpty = item === null || (isFields(item) && Object.keys(item).length === 0);
    if (isEmpty || map.field(name) === undefined) set.insert(below);
  }
}

function collectItems(items: readonly unknown[], list: ListType, path: PathElement[], set: FieldSet): void {
  const elements = items.map((item) => itemElement(list, item));
  const counts = new Map<PathElement, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  for (const [index, element] of elements.entries()) {
    const below = [...path, element];
    // Equal items are owned as one.
    if (counts.get(element) === 1) collect(items[index], list.element, below, set);
    set.insert(below);
  }
}
