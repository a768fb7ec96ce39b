import { canonical, free, isList, isMap, same, string, type Json, type JsonMap, type ListShape, type MapShape, type Shape } from './shape.js';

/**
 * The rules of typed values: what a value says, how two differ, how one is laid over another, what is left without some of its fields.
 *
 * A place is its elements as managedFields writes them (`f:spec`, `k:{"name":"a"}`, `v:"x"`), joined by line ends. A set of places is flat: owning a
 * list item and owning its fields are different members.
 */
export type Places = ReadonlySet<string>;

export interface Difference {
  readonly added: Places;
  readonly modified: Places;
  readonly removed: Places;
}

/** The places that a configuration speaks of. */
export function placesOf(value: Json, shape: Shape, at = '', into = new Set<string>()): Set<string> {
  const as = formOf(value, shape);
  if (as.is === 'map' && !as.atomic) {
    if (!isMap(value)) return into;
    for (const [name, item] of Object.entries(value)) {
      const below = join(at, `f:${name}`);
      placesOf(item, fieldShape(as, name), below, into);
      const isNothing = item === null || (isMap(item) && Object.keys(item).length === 0);
      if (isNothing || as.fields?.[name] === undefined) into.add(below);
    }
  } else if (as.is === 'list' && as.of !== 'atomic') {
    if (!isList(value)) return into;
    const counts = new Map<string, number>();
    for (const item of value) counts.set(elementOf(as, item), (counts.get(elementOf(as, item)) ?? 0) + 1);
    for (const item of value) {
      const below = join(at, elementOf(as, item));
      // Items that share their key are owned together, as one thing.
      if (counts.get(elementOf(as, item)) === 1) placesOf(item, as.items, below, into);
      into.add(below);
    }
  } else {
    into.add(at);
  }
  return into;
}

/** What differs from one value to another. Where all of something appears or goes, its containers are counted, too. */
export function compare(before: Json | undefined, after: Json | undefined, shape: Shape): Difference {
  const difference = { added: new Set<string>(), modified: new Set<string>(), removed: new Set<string>() };
  compareAt(before, after, shape, '', difference);
  return difference;
}

type Growing = { readonly [key in keyof Difference]: Set<string> };

function compareAt(before: Json | undefined, after: Json | undefined, shape: Shape, at: string, into: Growing): void {
  const left = before === undefined ? undefined : formOf(before, shape);
  const right = after === undefined ? undefined : formOf(after, shape);
  let wasLeaf = false;
  // A free value that changes its form is looked at in both.
  if (left && right && left.is !== right.is) compareAs(left, before, after, at, into);
  wasLeaf = compareAs((right ?? left)!, before, after, at, into);
  if (wasLeaf) return;
  if (before === undefined) into.added.add(at);
  else if (after === undefined) into.removed.add(at);
}

/** @returns whether the value counts as a whole */
function compareAs(as: Shape, before: Json | undefined, after: Json | undefined, at: string, into: Growing): boolean {
  if (as.is === 'map' && !as.atomic && !(isEmpty(before) && isEmpty(after))) {
    const [left, right] = [isMap(before) ? before : {}, isMap(after) ? after : {}];
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) compareAt(left[name], right[name], fieldShape(as, name), join(at, `f:${name}`), into);
    return false;
  }
  if (as.is === 'list' && as.of !== 'atomic' && !(isEmpty(before) && isEmpty(after))) {
    const [left, right] = [byElement(as, before), byElement(as, after)];
    for (const element of new Set([...left.keys(), ...right.keys()])) compareItems(as, left.get(element) ?? [], right.get(element) ?? [], join(at, element), into);
    return false;
  }
  if (before === undefined) into.added.add(at);
  else if (after === undefined) into.removed.add(at);
  else if (!same(before, after)) into.modified.add(at);
  return true;
}

function compareItems(as: ListShape, left: readonly Json[], right: readonly Json[], at: string, into: Growing): void {
  if (left.length < 2 && right.length < 2) compareAt(left[0], right[0], as.items, at, into);
  else if (left.length > 1 && right.length > 1) {
    if (!same(left, right)) into.modified.add(at);
  } else if (left.length > 1) {
    if (right.length > 0) compareAt(undefined, right[0], as.items, at, into);
    into.removed.add(at);
  } else {
    if (left.length > 0) compareAt(left[0], undefined, as.items, at, into);
    into.added.add(at);
  }
}

/** A configuration laid over a live value. */
export function merge(live: Json | undefined, applied: Json | undefined, shape: Shape): Json {
  if (applied === undefined) return live!;
  const as = formOf(applied, shape);
  if (live === undefined) return applied;
  if (as.is === 'map' && !as.atomic && isMap(live) && isMap(applied)) {
    const result: JsonMap = {};
    for (const name of new Set([...Object.keys(live), ...Object.keys(applied)])) result[name] = merge(live[name], applied[name], fieldShape(as, name));
    return result;
  }
  if (as.is === 'list' && as.of !== 'atomic' && isList(live) && isList(applied)) return mergeItems(as, live, applied);
  return applied;
}

/** Applied items come in the order of the configuration; live ones that it does not name stay where they are between those it does. */
function mergeItems(as: ListShape, live: readonly Json[], applied: readonly Json[]): Json[] {
  const [liveNames, names] = [live.map((item) => elementOf(as, item)), applied.map((item) => elementOf(as, item))];
  const merged = (name: string): Json => {
    const twins = live.filter((item) => elementOf(as, item) === name);
    return merge(twins.length === 1 ? twins[0] : undefined, applied[names.indexOf(name)], as.items);
  };
  const shared = names.filter((name) => liveNames.includes(name));
  const done = new Set<string>();
  const result: Json[] = [];
  const take = (name: string): void => {
    result.push(merged(name));
    done.add(name);
    if (shared[0] === name) shared.shift();
  };
  for (let l = 0, a = 0; l < live.length || a < applied.length;) {
    const [liveName, name] = [liveNames[l], names[a]];
    if (liveName !== undefined && name !== undefined) {
      if (liveName === name) {
        take(name);
        l++;
        a++;
        continue;
      }
      if (names.includes(liveName) && shared.length > 0 && shared[0] !== liveName) {
        l++;
        continue;
      }
    }
    if (liveName !== undefined) {
      if (!names.includes(liveName)) {
        result.push(live[l++]!);
        continue;
      }
      if (done.has(liveName)) l++;
    }
    if (name !== undefined) {
      take(name);
      a++;
    }
  }
  return result;
}

/** A value without some places; what becomes empty stays, empty. */
export function without(value: Json, places: Places, shape: Shape, at = ''): Json {
  const as = formOf(value, shape);
  if (as.is === 'map' && !as.atomic && isMap(value)) {
    const kept = Object.entries(value).filter(([name]) => !places.has(join(at, `f:${name}`)));
    return Object.fromEntries(kept.map(([name, item]) => [name, without(item, places, fieldShape(as, name), join(at, `f:${name}`))]));
  }
  if (as.is === 'list' && as.of !== 'atomic' && isList(value)) {
    const kept = value.filter((item) => !places.has(join(at, elementOf(as, item))));
    return kept.map((item) => without(item, places, as.items, join(at, elementOf(as, item))));
  }
  return value;
}

/** With the declared fields on the way to every place. Items of lists and keys of maps stand only for themselves. */
export function withDeclaredParents(places: Places, root: Shape): Set<string> {
  const result = new Set(places);
  for (const place of places) {
    const elements = place.split('\n');
    let shape: Shape | undefined = root;
    for (const [depth, element] of elements.entries()) {
      if (shape?.is === 'map') {
        const name = element.slice(2);
        const declared: Shape | undefined = element.startsWith('f:') ? shape.fields?.[name] : undefined;
        if (declared && depth < elements.length - 1) result.add(elements.slice(0, depth + 1).join('\n'));
        shape = declared ?? shape.items;
      } else {
        shape = shape?.is === 'list' ? shape.items : shape;
      }
    }
  }
  return result;
}

export const union = (...sets: Places[]): Set<string> => new Set(sets.flatMap((set) => [...set]));
export const minus = (set: Places, ...others: Places[]): Set<string> => new Set([...set].filter((place) => !others.some((other) => other.has(place))));
export const both = (a: Places, b: Places): Set<string> => new Set([...a].filter((place) => b.has(place)));
/** Without these places and all below them. */
export const outside = (set: Places, roots: readonly string[]): Set<string> => new Set([...set].filter((place) => !roots.some((root) => place === root || place.startsWith(`${root}\n`))));

/** What a value without a schema is treated as. */
function formOf(value: Json, shape: Shape): Exclude<Shape, { is: 'free' }> {
  if (shape.is !== 'free') return shape;
  if (isMap(value)) return { is: 'map', items: free };
  return isList(value) ? { is: 'list', of: 'atomic', items: free } : string;
}

function fieldShape(map: MapShape, name: string): Shape {
  return map.fields?.[name] ?? map.items ?? free;
}

/** The name of an item: its value in a set, its keys (with their defaults) in a list of items with keys. */
function elementOf(list: ListShape, item: Json): string {
  if (list.of === 'set') return `v:${canonical(item)}`;
  const fields = list.items.is === 'map' ? list.items.fields : undefined;
  const keys: JsonMap = {};
  for (const key of [...list.keys!].sort()) {
    const field = fields?.[key];
    const value = (isMap(item) ? item[key] : undefined) ?? (field && 'default' in field ? field.default : undefined);
    if (value !== undefined) keys[key] = value;
  }
  return `k:${canonical(keys)}`;
}

function byElement(list: ListShape, items: Json | undefined): Map<string, Json[]> {
  const result = new Map<string, Json[]>();
  for (const item of isList(items) ? items : []) result.set(elementOf(list, item), [...(result.get(elementOf(list, item)) ?? []), item]);
  return result;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function join(at: string, element: string): string {
  return at === '' ? element : `${at}\n${element}`;
}

/** The places of an entry of managedFields. */
export function readFieldsV1(fields: JsonMap, at = '', into = new Set<string>()): Set<string> {
  for (const [name, below] of Object.entries(fields)) {
    if (name === '.') into.add(at);
    else if (Object.keys(below as JsonMap).length === 0) into.add(join(at, name));
    else readFieldsV1(below as JsonMap, join(at, name), into);
  }
  return into;
}

/** A place as messages name it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function placeText(place: string): string {
  return place.split('\n').map((element) => {
    if (element.startsWith('f:')) return `.${element.slice(2)}`;
    if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
    return `[${Object.entries(JSON.parse(element.slice(2)) as JsonMap).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join()}]`;
  }).join('');
}
