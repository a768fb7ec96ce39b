import type { Overload } from '../check/environment.js';
import type { SchemaType } from '../check/schema-type.js';
import { NOTHING, UNBOUNDED, UNKNOWN, fixed, plus, scaled, times, union, type Range } from './estimate.js';
import { schemaSize, sizeOrUnknown, type Operand } from './sizes.js';

/** A call as it is estimated: methods have a target. */
export interface EstimatedCall {
  readonly name: string;
  readonly overload: Overload;
  readonly target: Operand | undefined;
  readonly args: readonly Operand[];
  /** What sizes of items are looked up in. */
  readonly schema: SchemaType | undefined;
}

/** What a call itself costs, and how large its result is where that is known. */
export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range | undefined;
}

/** What passing over a string costs by its length. */
const PASS = 0.1;
/** What an expression of a regular expression costs by its length. */
const REGEX = 0.25;

/** The estimate for functions of libraries; undefined for all others (static-cost.ts). */
export function libraryCost(call: EstimatedCall): CallEstimate | undefined {
  const { name, target, args } = call;
  const [first] = args;
  switch (name) {
    case 'check': return { cost: fixed(350_000) };
    case 'fieldSelector':
    case 'labelSelector': return { cost: selectorCost(sizeOf(first)) };
    case 'isSorted': case 'sum': case 'max': case 'min': case 'indexOf': case 'lastIndexOf': return target && { cost: passOverItems(target, call.schema) };
    case 'url':
    case 'jsonpatch.escapeKey': return { cost: scaled(sizeOf(first), PASS), size: sizeOf(first) };
    case 'lowerAscii': case 'upperAscii': case 'substring': case 'trim': return { cost: scaled(sizeOf(target), PASS), size: sizeOf(target) };
    case 'replace': return { cost: scaled(sizeOf(target), 2 * PASS), size: replacedSize(sizeOf(target), sizeOf(first), sizeOf(args[1])) };
    case 'split': return { cost: scaled(sizeOf(target), 2 * PASS), size: { min: 0n, max: splitLimit(args[1]) ?? sizeOf(target).max } };
    case 'join': return joinCost(call);
    case 'find':
    case 'findAll': return { cost: regexCost(sizeOf(target), sizeOf(first)), size: { min: 0n, max: sizeOf(target).max } };
    case 'ip': return { cost: target ? fixed(1) : scaled(sizeOf(first), PASS) };
    case 'ip.isCanonical': return { cost: scaled(sizeOf(first), 2 * PASS) };
    case 'cidr': case 'isIP': case 'isCIDR': case 'quantity': case 'isQuantity': case 'semver': case 'isSemver': return { cost: scaled(sizeOf(first), PASS) };
    case 'containsIP': return { cost: plus(BYTES_COMPARED, textCost(call)) };
    case 'containsCIDR': return { cost: plus(BYTES_COMPARED, scaled(ADDRESS, PASS), fixed(1), textCost(call)) };
    case 'validate': return { cost: scaled(scaled(sizeOf(first), PASS), 128 * REGEX) };
    default: return listCost(call) ?? setCost(call) ?? equalityCost(call);
  }
}

function sizeOf(operand: Operand | undefined): Range {
  return operand === undefined ? UNKNOWN : sizeOrUnknown(operand);
}

/** The bytes of an address. */
const ADDRESS: Range = { min: 4n, max: 16n };
const BYTES_COMPARED = scaled(plus(ADDRESS, ADDRESS), PASS);

function textCost({ overload, args }: EstimatedCall): Range {
  return overload.parameters[1]?.kind === 'string' ? scaled(sizeOf(args[0]), PASS) : NOTHING;
}

function selectorCost(size: Range): Range {
  return plus(fixed(10), scaled(size, PASS), scaled(scaled(size, 0.5), 50));
}

export function regexCost(text: Range, pattern: Range): Range {
  return times(scaled(plus(text, fixed(1)), PASS), scaled(pattern, REGEX));
}

/** One for each item, and once over each string. `indexOf` of strings passes over the string. */
function passOverItems(target: Operand, schema: SchemaType | undefined): Range {
  const item = target.type.parameters[0];
  if (item === undefined) return scaled(sizeOf(target), PASS);
  const isText = item.kind === 'string' || item.kind === 'bytes';
  return times(sizeOf(target), isText ? plus(fixed(1), scaled(itemSize(target, schema), PASS)) : fixed(1));
}

function itemSize({ path }: Operand, schema: SchemaType | undefined): Range {
  return (path && schemaSize(schema, [...path, '@items'])) ?? UNKNOWN;
}

function joinCost({ target, args, schema }: EstimatedCall): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const list = sizeOf(target);
  let size = target.type.parameters[0] === undefined ? NOTHING : times(list, itemSize(target, schema));
  if (args[0] !== undefined) {
    const separators = { min: list.min > 0n ? list.min - 1n : 0n, max: list.max > 0n ? list.max - 1n : 0n };
    size = plus(size, times(sizeOf(args[0]), separators));
  }
  return { cost: scaled(size, PASS), size };
}

/** How long a string can be after parts of it were replaced. */
function replacedSize(text: Range, from: Range, to: Range): Range {
  let [max, keptMax] = [0n, text.max];
  if (from.min === 0n) max = text.max < UNBOUNDED ? text.max + 1n : text.max;
  else if (to.max > from.min) [max, keptMax] = [ceilDivide(text.max, from.min), 0n];
  let [min, keptMin] = [0n, text.min];
  if (from.max === 0n) min = text.min < UNBOUNDED ? text.min + 1n : text.min;
  else if (from.max > to.min) [min, keptMin] = [ceilDivide(text.min, from.max), 0n];
  return plus(times({ min, max }, to), { min: keptMin, max: keptMax });
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

/** A negative limit counts as an unsigned number, and so is no limit at all. */
function splitLimit(limit: Operand | undefined): bigint | undefined {
  const value = limit?.expr?.kind === 'literal' ? limit.expr.value : undefined;
  return typeof value === 'bigint' ? BigInt.asUintN(64, value) : undefined;
}

/** Functions of the lists extension make a list, and compare each item with each where they sort or look for doubles. */
function listCost({ name, overload, target, args }: EstimatedCall): CallEstimate | undefined {
  const made = (factor: number, size: Range): CallEstimate => ({ cost: plus(scaled(size, factor), fixed(1), fixed(10)), size });
  const list = sizeOf(target);
  switch (name) {
    case 'slice': return made(1, fixed(BigInt.asUintN(64, constantOf(args[1], list.max) - constantOf(args[0], 0n))));
    case 'lists.range': return made(1, fixed(constantOf(args[0], UNBOUNDED)));
    case 'reverse': return target?.type.kind === 'list' ? made(1, list) : undefined;
    case 'flatten': return made(args.length === 0 ? 1 : Number(constantOf(args[0], UNBOUNDED)), list);
    case 'distinct': return made(2, times(list, list));
    case 'sort':
    case '@sortByAssociatedKeys': {
      const keys = name === 'sort' ? list : sizeOf(args[0]);
      const item = overload.parameters.at(-1)!.parameters[0]?.kind;
      return made(item === 'string' || item === 'bytes' ? 2 + PASS : 2, times(keys, keys));
    }
    default: return undefined;
  }
}

function constantOf(operand: Operand | undefined, otherwise: bigint): bigint {
  const value = operand?.expr?.kind === 'literal' ? operand.expr.value : undefined;
  return typeof value !== 'bigint' ? otherwise : value < 0n ? 0n : value;
}

/** Each item of one is looked for in the other, and back where they have to be equivalent. */
function setCost({ name, args }: EstimatedCall): CallEstimate | undefined {
  if (name !== 'sets.contains' && name !== 'sets.intersects' && name !== 'sets.equivalent') return undefined;
  return { cost: plus(scaled(times(sizeOf(args[0]), sizeOf(args[1])), name === 'sets.equivalent' ? 2 : 1), fixed(1)) };
}

/** Values of libraries are small. */
function equalityCost({ name, args: [left, right] }: EstimatedCall): CallEstimate | undefined {
  if (name !== '_==_' || left?.type.kind !== 'opaque' || left.type.name !== right?.type.name) return undefined;
  switch (left.type.name) {
    case 'optional_type': return undefined;
    case 'kubernetes.NamedFormat': return { cost: scaled({ min: 1n, max: 64n }, PASS) };
    case 'kubernetes.URL': {
      const size = right.size === undefined ? fixed(1) : union(right.size, right.size);
      return { cost: scaled({ min: 1n, max: size.max }, PASS) };
    }
    default: return { cost: fixed(1) };
  }
}
