import type { Overload } from '../check/environment.js';
import { ListValue, MapValue, OpaqueValue, OptionalValue, stringSize, type Value } from '../value/value.js';

/** What passing over a string costs by its length. */
const PASS = 0.1;
const REGEX = 0.25;

/** What a call that was made has cost. For methods, the receiver is the first argument. */
export function actualCost(name: string, overload: Overload, args: readonly Value[], result: Value): number {
  const [first, second] = args as [Value, Value];
  const kinds = overload.parameters;
  switch (name) {
    case 'check': return 350_000;
    case 'fieldSelector':
    case 'labelSelector': return 10 + passes(second) + Math.ceil(Math.ceil(sizeOf(second) * 0.5) * 50);
    case 'isSorted': case 'sum': case 'max': case 'min': case 'indexOf': case 'lastIndexOf': return traversal(first);
    case 'url': case 'lowerAscii': case 'upperAscii': case 'substring': case 'trim': case 'jsonpatch.escapeKey': return passes(first);
    case 'replace': case 'split': return Math.ceil(sizeOf(first) * 2 * PASS);
    case 'join': return Math.ceil(sizeOf(result) * 2 * PASS);
    case 'find': case 'findAll': return regex(first, sizeOf(second));
    case 'matches': return regex(first, sizeOf(second));
    case 'cidr': case 'isIP': case 'isCIDR': case 'quantity': case 'isQuantity': case 'semver': case 'isSemver': return passes(first);
    case 'ip': return overload.isMethod ? 1 : passes(first);
    case 'ip.isCanonical': return Math.ceil(sizeOf(first) * 2 * PASS);
    case 'containsIP': return Math.ceil(sizeOf(first) * 2 * PASS) + (kinds[1]?.kind === 'string' ? passes(second) : 0);
    case 'containsCIDR': return Math.ceil(sizeOf(first) * 2 * PASS) + passes(first) + 1 + (kinds[1]?.kind === 'string' ? passes(second) : 0);
    case 'validate': return regex(second, (first as { patternSize?: number }).patternSize ?? 128);
    case 'startsWith': case 'endsWith': case 'format': return passes(first);
    case 'bytes': return kinds[0]?.kind === 'string' ? passes(first) : 1;
    case 'string': return kinds[0]?.kind === 'bytes' ? passes(first) : 1;
    case 'contains': return passes(first) * passes(second);
    case '@in': return kinds[1]?.kind === 'list' ? sizeOf(second) : 1;
    case '_+_': return typeof first === 'string' || first instanceof Uint8Array ? Math.ceil((sizeOf(first) + sizeOf(second)) * PASS) : 1;
    case '_<_': case '_<=_': case '_>_': case '_>=_': return typeof first === 'string' || first instanceof Uint8Array ? comparison(first, second) : 1;
    case '_==_': return first instanceof OpaqueValue ? 1 : comparison(first, second);
    case '_!=_': return comparison(first, second);
    case 'slice': case 'lists.range': return 11 + sizeOf(result);
    case 'reverse': return 11 + sizeOf(result);
    case 'flatten': return 11 + Math.trunc(sizeOf(first) * (typeof second === 'bigint' ? Number(second) : 1));
    case 'distinct': case 'sort': return 11 + selfComparison(first);
    case '@sortByAssociatedKeys': return 11 + selfComparison(second);
    case 'sets.contains': case 'sets.intersects': return 1 + sizeOf(first) * sizeOf(second);
    case 'sets.equivalent': return 1 + 2 * sizeOf(first) * sizeOf(second);
    default: return 1;
  }
}

/** Scalars count as 1, everything else by its length. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return stringSize(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof ListValue || value instanceof MapValue) return value.size;
  if (value instanceof OptionalValue) return value.value === undefined ? 1 : sizeOf(value.value);
  return value instanceof OpaqueValue ? value.costSize : 1;
}

function passes(value: Value): number {
  return Math.ceil(sizeOf(value) * PASS);
}

function regex(text: Value, patternSize: number): number {
  return Math.ceil((1 + sizeOf(text)) * PASS) * Math.ceil(patternSize * REGEX);
}

function comparison(a: Value, b: Value): number {
  return Math.ceil(Math.min(sizeOf(a), sizeOf(b)) * PASS);
}

function selfComparison(list: Value): number {
  if (!(list instanceof ListValue) || list.size === 0) return 0;
  const first = list.at(0);
  return Math.trunc(list.size * list.size * (typeof first === 'string' || first instanceof Uint8Array ? 2 + PASS : 2));
}

/** Once over everything in it, strings by their bytes. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * PASS);
  if (value instanceof Uint8Array) return Math.trunc(value.length * PASS);
  let cost = 0;
  if (value instanceof ListValue) for (const item of value) cost += traversal(item);
  else if (value instanceof MapValue) for (const key of value.keys()) cost += traversal(key) + traversal(value.find(key)!);
  else cost = 1;
  return cost;
}
