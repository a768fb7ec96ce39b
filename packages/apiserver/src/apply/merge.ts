import type { Atom, FieldType, ListType, MapType } from './field-type.js';
import { formatPath } from './field-set.js';
import { fieldElement, formatElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, TypeMismatch, visit } from './typed-value.js';
import type { Fields, TypeProblem } from './typed-value.js';

/**
 * Lays an applied value over the live one. Nothing is removed; where both have a leaf, the applied one stays. Items of sets and of lists with
 * keys keep the live order unless the applied value has them in another one. Parts of both may be shared with the result.
 * @throws TypeMismatch
 */
export function mergeTyped(live: unknown, applied: unknown, type: FieldType): unknown {
  const problems: TypeProblem[] = [];
  const merged = merge(live, applied, type, [], problems);
  if (problems.length > 0) throw new TypeMismatch(problems);
  return merged;
}

type Path = readonly PathElement[];

function merge(live: unknown, applied: unknown, type: FieldType, path: Path, problems: TypeProblem[]): unknown {
  // Where the value takes another form than before, what was there does not fit into it and goes.
  return mergeForm(formOf(type.atom, applied === undefined ? live : applied), live, applied, path, problems);
}

function mergeForm(form: Atom, live: unknown, applied: unknown, path: Path, problems: TypeProblem[]): unknown {
  const leaf = () => (applied === undefined ? live : applied);
  return visit(form, {
    map: (map) => {
      const left = isFields(live) ? live : {};
      const right = isFields(applied) ? applied : {};
      const isEmpty = Object.keys(left).length + Object.keys(right).length === 0;
      return map.atomic || isEmpty ? leaf() : mergeMaps(map, left, right, path, problems);
    },
    scalar: leaf,
    list: (list) => {
      const left = Array.isArray(live) ? live : [];
      const right = Array.isArray(applied) ? applied : [];
      return list.atomic || left.length + right.length === 0 ? leaf() : mergeLists(list, left, right, path, problems);
    },
  });
}

function mergeMaps(map: MapType, live: Fields, applied: Fields, path: Path, problems: TypeProblem[]): unknown {
  const result: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(live), ...Object.keys(applied)])) {
    const type = fieldType(map, name);
    if (type === undefined) continue;
    const [left, right] = [live, applied].map((side) => (Object.hasOwn(side, name) ? side[name] : undefined));
    const merged = merge(left, right, type, [...path, fieldElement(name)], problems);
    if (merged !== undefined) Object.defineProperty(result, name, { value: merged, writable: true, enumerable: true, configurable: true });
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

interface IndexedList {
  readonly elements: readonly PathElement[];
  /** Items by step; undefined for steps that occur more than once: such items are not merged. */
  readonly items: ReadonlyMap<PathElement, unknown>;
}

function mergeLists(list: ListType, live: readonly unknown[], applied: readonly unknown[], path: Path, problems: TypeProblem[]): unknown {
  const right = indexItems(list, applied, path, false, problems);
  const left = indexItems(list, live, path, true, problems);
  if (problems.length > 0) return undefined;
  const result: unknown[] = [];
  const put = (element: PathElement, liveItem: unknown, appliedItem: unknown) => {
    const merged = merge(liveItem ?? undefined, appliedItem, list.element, [...path, element], problems);
    if (merged !== undefined) result.push(merged);
  };
  // Items that both have, in the applied order; the walk takes live items up to the next of them.
  const shared = right.elements.filter((element) => left.items.has(element));
  let nextShared = shared.shift();
  const done = new Set<PathElement>();
  let l = 0;
  let r = 0;
  const takeApplied = (element: PathElement) => {
    done.add(element);
    put(element, left.items.get(element), right.items.get(element));
    r++;
  };
  while (l < left.elements.length || r < right.elements.length) {
    const liveElement = left.elements[l];
    const appliedElement = right.elements[r];
    if (liveElement !== undefined && appliedElement !== undefined) {
      if (liveElement === appliedElement) {
        takeApplied(appliedElement);
        l++;
        nextShared = shared.shift();
        continue;
      }
      if (right.items.has(liveElement) && nextShared !== undefined && nextShared !== liveElement) {
        l++; // shared, but its turn is later
        continue;
      }
    }
    if (liveElement !== undefined) {
      if (!right.items.has(liveElement)) {
        put(liveElement, live[l], undefined);
        l++;
        continue;
      }
      if (done.has(liveElement)) l++;
    }
    if (appliedElement !== undefined) {
      takeApplied(appliedElement);
      if (nextShared === appliedElement) nextShared = shared.shift();
    }
  }
  return result.length > 0 ? result : undefined;
}

function indexItems(list: ListType, items: readonly unknown[], path: Path, allowDuplicates: boolean, problems: TypeProblem[]): IndexedList {
  const elements: PathElement[] = [];
  const found = new Map<PathElement, unknown>();
  for (const [index, item] of items.entries()) {
    let element: PathElement;
    try {
      element = itemElement(list, item);
    } catch (error) {
      problems.push({ path: formatPath(path), message: `element ${index}: ${(error as Error).message}` });
      continue;
    }
    if (found.has(element) && !allowDuplicates) {
      problems.push({ path: formatPath(path), message: `duplicate entries for key ${formatElement(element)}` });
      continue;
    }
    found.set(element, found.has(element) ? undefined : item);
    elements.push(element);
  }
  return { elements, items: found };
}
