import type { FieldType, ListType, MapType } from './field-type.js';
import type { FieldSet } from './field-set.js';
import { fieldElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, visit } from './typed-value.js';

/**
 * The value without the fields and items of a set. What becomes empty because something below it went stays as an empty object or list;
 * undefined when everything went.
 */
export function removeFields(value: unknown, toRemove: FieldSet, type: FieldType): unknown {
  return visit<unknown>(formOf(type.atom, value), {
    map: (map) => (isFields(value) && !map.atomic ? removeFromMap(value, toRemove, map) : undefined),
    scalar: () => value,
    list: (list) => (Array.isArray(value) && !list.atomic ? removeFromList(value, toRemove, list) : undefined),
  });
}

function removeFromMap(value: Readonly<Record<string, unknown>>, toRemove: FieldSet, map: MapType): unknown {
  const kept: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    const element = fieldElement(name);
    if (!toRemove.hasMember(element)) kept.push([name, removeBelow(item, toRemove.below(element), fieldType(map, name))]);
  }
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function removeFromList(items: readonly unknown[], toRemove: FieldSet, list: ListType): unknown {
  const kept: unknown[] = [];
  for (const item of items) {
    const element = itemElement(list, item);
    if (!toRemove.hasMember(element)) kept.push(removeBelow(item, toRemove.below(element), list.element));
  }
  return kept.length > 0 ? kept : undefined;
}

function removeBelow(value: unknown, toRemove: FieldSet | undefined, type: FieldType | undefined): unknown {
  if (toRemove === undefined || type === undefined) return value;
  const left = removeFields(value, toRemove, type);
  if (left !== undefined) return left;
  return Array.isArray(value) ? [] : isFields(value) ? {} : null;
}
