import { canonical, isList, isMap, same, type Json, type JsonMap, type Shape } from './shape.js';

/** One step of a JSON patch. */
export interface JsonStep {
  readonly op: 'add' | 'replace' | 'remove' | 'test';
  readonly path: string;
  readonly value?: Json;
}

/** RFC 7386. */
export function mergePatched(target: Json | undefined, patch: Json): Json {
  if (!isMap(patch)) return patch;
  // A field may have any name, __proto__ too.
  const result = new Map(Object.entries(isMap(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, mergePatched(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** RFC 6902, for the steps that the sequences use. @returns undefined when a step can not be carried out or a test fails */
export function jsonPatched(target: Json, steps: readonly JsonStep[]): Json | undefined {
  let result: Json | undefined = target;
  for (const step of steps) {
    if (result === undefined) return undefined;
    result = carryOut(result, step.path.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')), step);
  }
  return result;
}

function carryOut(target: Json, [name, ...rest]: readonly string[], step: JsonStep): Json | undefined {
  if (name === undefined) return undefined;
  if (isList(target)) {
    const index = name === '-' ? target.length : Number(name);
    if (rest.length > 0) {
      const below = target[index] === undefined ? undefined : carryOut(target[index], rest, step);
      return below === undefined ? undefined : target.toSpliced(index, 1, below);
    }
    if (step.op === 'add') return index > target.length ? undefined : target.toSpliced(index, 0, step.value!);
    if (target[index] === undefined) return undefined;
    if (step.op === 'test') return same(target[index], step.value) ? target : undefined;
    return step.op === 'remove' ? target.toSpliced(index, 1) : target.toSpliced(index, 1, step.value!);
  }
  if (!isMap(target)) return undefined;
  if (rest.length > 0) {
    const below = target[name] === undefined ? undefined : carryOut(target[name], rest, step);
    return below === undefined ? undefined : { ...target, [name]: below };
  }
  if (step.op !== 'add' && target[name] === undefined) return undefined;
  if (step.op === 'test') return same(target[name], step.value) ? target : undefined;
  if (step.op !== 'remove') return { ...target, [name]: step.value! };
  const { [name]: _gone, ...left } = target;
  return left;
}

/**
 * A strategic merge patch: maps merge, nulls delete, lists with a patch key merge by it (`$patch: delete` takes an item away), all else is replaced.
 * Items that the patch names come in its order, new ones before those that it does not name.
 */
export function strategicallyPatched(target: Json | undefined, patch: Json, shape: Shape, patchKey: (list: Shape) => string | undefined): Json {
  if (isMap(patch) && shape.is === 'map') {
    const result: JsonMap = isMap(target) ? { ...target } : {};
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) delete result[name];
      else result[name] = strategicallyPatched(result[name], value, shape.fields?.[name] ?? shape.items!, patchKey);
    }
    return result;
  }
  const key = patchKey(shape);
  if (!isList(patch) || shape.is !== 'list' || key === undefined || target === undefined) return patch;
  const of = (item: Json): string => canonical((item as JsonMap)[key]);
  const live = isList(target) ? target : [];
  const items = [...live];
  for (const item of patch) {
    const at = items.findIndex((other) => of(other) === of(item));
    if ((item as JsonMap)['$patch'] === 'delete') items.splice(0, items.length, ...items.filter((other) => of(other) !== of(item)));
    else items.splice(at < 0 ? items.length : at, at < 0 ? 0 : 1, strategicallyPatched(items[at], item, shape.items, patchKey));
  }
  const [order, before] = [patch.map(of), live.map(of)];
  const named = items.filter((item) => order.includes(of(item))).sort((a, b) => order.indexOf(of(a)) - order.indexOf(of(b)));
  const others = items.filter((item) => !order.includes(of(item)));
  const result: Json[] = [];
  while (named.length > 0 || others.length > 0) {
    const [next, other] = [named[0], others[0]];
    const otherFirst = next === undefined || (other !== undefined && before.includes(of(next)) && before.indexOf(of(other)) < before.indexOf(of(next)));
    result.push((otherFirst ? others : named).shift()!);
  }
  return result;
}
