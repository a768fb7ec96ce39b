import type { Checked } from '../check/checker.js';
import type { Overload } from '../check/environment.js';
import type { SchemaType } from '../check/schema-type.js';
import type { Call, Comprehension, Expr, ListExpr, MapExpr, Select } from '../parse/ast.js';
import { libraryCost, regexCost, type CallEstimate } from './call-cost.js';
import { NOTHING, UNKNOWN, fixed, plus, scaled, times, union, type Range } from './estimate.js';
import { literalSize, schemaSize, sizeOrUnknown, typeSize, type Operand, type Path } from './sizes.js';

/** What an expression costs at least and at most, by the sizes that the schema of its variables allows. */
export function staticCost(checked: Checked, schema: SchemaType | undefined): Range {
  return new Estimator(checked, schema).cost(checked.expr);
}

/** Sizes of what is in a list or map: of its items, or of keys and values. */
interface EntrySizes {
  readonly isList: boolean;
  readonly key: Range;
  readonly value: Range;
}

interface Local {
  readonly path: Path;
  readonly size?: Range | undefined;
  readonly entries?: EntrySizes | undefined;
}

/** What passing over a string costs by its length. */
const PASS = 0.1;

class Estimator {
  readonly #paths = new Map<Expr, Path>();
  readonly #sizes = new Map<Expr, Range>();
  readonly #entries = new Map<Expr, EntrySizes>();
  readonly #locals: { readonly name: string; readonly local: Local }[] = [];

  constructor(private readonly checked: Checked, private readonly schema: SchemaType | undefined) {}

  cost(expr: Expr): Range {
    switch (expr.kind) {
      case 'literal': return NOTHING;
      case 'ident':
        this.#paths.set(expr, this.#local(expr.name)?.path ?? (this.#local(expr.name) ? undefined : [expr.name]));
        return fixed(1);
      case 'select': return this.#select(expr);
      case 'call': return this.#call(expr);
      case 'list': return this.#list(expr);
      case 'map': return this.#map(expr);
      case 'struct': return plus(fixed(40), ...expr.fields.map(({ value }) => this.cost(value)));
      case 'comprehension': return isBinding(expr) ? this.#binding(expr) : this.#loop(expr);
    }
  }

  #select(expr: Select): Range {
    if (this.checked.typeNamed(expr) !== undefined) {
      this.#paths.set(expr, [expr.field]);
      return fixed(1);
    }
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    this.#paths.set(expr, below(this.#path(expr.operand), expr.field));
    const { kind } = this.checked.typeOf(expr.operand);
    return kind === 'map' || kind === 'object' ? plus(operand, fixed(1)) : operand;
  }

  #call(expr: Call): Range {
    const name = this.checked.functionOf(expr);
    if (name === 'dyn') {
      const [argument] = expr.args;
      const cost = this.cost(argument!);
      this.#copySizes(expr, argument!);
      return plus(cost, fixed(1));
    }
    const costs = expr.args.map((argument) => this.cost(argument));
    const args = expr.args.map((argument) => this.#operand(argument));
    const isMethod = expr.target !== undefined && name === expr.name;
    const before = isMethod ? this.cost(expr.target) : NOTHING;
    const target = isMethod ? this.#operand(expr.target) : undefined;
    const overloads = this.checked.overloadsOf(expr);
    if (overloads.length === 0) return NOTHING;
    let cost: Range | undefined;
    let size: Range | undefined;
    for (const overload of overloads) {
      const estimate = this.#overload(expr, name, overload, target, args, costs);
      cost = cost === undefined ? estimate.cost : union(cost, estimate.cost);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : union(size, estimate.size);
      const indexed = name === '_[_]' ? overload.parameters[0]!.kind : undefined;
      if (indexed === 'list' || indexed === 'map') {
        size = this.#entrySizes(expr.args[0]!)?.value;
        this.#paths.set(expr, below(this.#path(expr.args[0]!), indexed === 'list' ? '@items' : '@values'));
      }
      size ??= this.#size(expr);
    }
    if (size !== undefined) this.#sizes.set(expr, size);
    return plus(before, cost!);
  }

  /** Arguments included. */
  #overload(expr: Call, name: string, overload: Overload, target: Operand | undefined, args: readonly Operand[], costs: readonly Range[]): CallEstimate {
    const [first, second, third] = costs as [Range, Range, Range];
    if (name === '_&&_' || name === '_||_') return { cost: { min: first.min, max: plus(first, second).max } };
    if (name === '_?_:_') {
      this.#setEntries(expr, unionEntries(this.#entrySizes(expr.args[1]!), this.#entrySizes(expr.args[2]!)));
      return { cost: plus(first, union(second, third)), size: union(sizeOrUnknown(args[1]!), sizeOrUnknown(args[2]!)) };
    }
    const estimate = libraryCost({ name, overload, target, args, schema: this.schema }) ?? this.#coreCost(expr, name, overload, target, args);
    return { cost: plus(estimate.cost, ...costs), size: estimate.size };
  }

  #coreCost(expr: Call, name: string, overload: Overload, target: Operand | undefined, args: readonly Operand[]): CallEstimate {
    const [first, second] = args;
    const kinds = overload.parameters.map(({ kind }) => kind);
    const isText = kinds[0] === 'string' || kinds[0] === 'bytes';
    switch (name) {
      case 'format': return target ? { cost: scaled(sizeOrUnknown(target), PASS) } : { cost: fixed(1) };
      case 'bytes':
        if (kinds[0] !== 'string') break;
        return { cost: scaled(sizeOrUnknown(first!), PASS), size: { min: sizeOrUnknown(first!).min, max: BigInt.asUintN(64, sizeOrUnknown(first!).max * 4n) } };
      case 'string':
        if (kinds[0] !== 'bytes') break;
        return { cost: scaled(sizeOrUnknown(first!), PASS), size: { min: sizeOrUnknown(first!).min / 4n, max: sizeOrUnknown(first!).max } };
      case 'strings.quote': {
        const { min, max } = sizeOrUnknown(first!);
        return { cost: scaled({ min, max }, PASS), size: { min: min + 2n, max: BigInt.asUintN(64, max * 2n + 2n) } };
      }
      case 'startsWith':
      case 'endsWith': return { cost: scaled(sizeOrUnknown(first!), PASS) };
      case 'matches': return target ? { cost: regexCost(sizeOrUnknown(target), sizeOrUnknown(first!)) } : { cost: fixed(1) };
      case 'contains': return target ? { cost: times(scaled(sizeOrUnknown(target), PASS), scaled(sizeOrUnknown(first!), PASS)) } : { cost: fixed(1) };
      case '@in': return kinds[1] === 'list' ? { cost: sizeOrUnknown(second!) } : { cost: fixed(1) };
      case '_+_':
        if (!isText && kinds[0] !== 'list') break;
        return this.#sum(expr, kinds[0] === 'list', sizeOrUnknown(first!), sizeOrUnknown(second!));
      case '_<_': case '_<=_': case '_>_': case '_>=_': return { cost: isText ? comparison(first!, second!) : fixed(1) };
      case '_==_': case '_!=_': return { cost: comparison(first!, second!) };
      default:
    }
    return { cost: fixed(1) };
  }

  #sum(expr: Call, isList: boolean, left: Range, right: Range): CallEstimate {
    this.#setEntries(expr, unionEntries(this.#entrySizes(expr.args[0]!), this.#entrySizes(expr.args[1]!)));
    const size = plus(left, right);
    return { cost: isList ? fixed(1) : scaled(size, PASS), size };
  }

  #list(expr: ListExpr): Range {
    const costs = expr.elements.map((element) => this.cost(element));
    const value = expr.elements.map((element) => this.#size(element) ?? UNKNOWN).reduce<Range | undefined>((sum, size) => (sum ? union(sum, size) : size), undefined);
    this.#setEntries(expr, { isList: true, key: fixed(1), value: value ?? NOTHING });
    return plus(fixed(10), ...costs);
  }

  #map(expr: MapExpr): Range {
    const costs = expr.entries.flatMap((entry) => [this.cost(entry.key), this.cost(entry.value)]);
    const unite = (nodes: readonly Expr[]): Range => nodes.map((node) => this.#size(node) ?? UNKNOWN).reduce<Range | undefined>((sum, size) => (sum ? union(sum, size) : size), undefined) ?? NOTHING;
    this.#setEntries(expr, { isList: false, key: unite(expr.entries.map(({ key }) => key)), value: unite(expr.entries.map(({ value }) => value)) });
    return plus(fixed(30), ...costs);
  }

  #loop(expr: Comprehension): Range {
    const before = plus(this.cost(expr.range), this.cost(expr.init));
    const depth = this.#locals.length;
    this.#push(expr.accumulator, this.#localFor(expr.init));
    if (expr.variable2 === undefined) this.#push(expr.variable, this.#loopVariable(expr.range, 'single'));
    else {
      this.#push(expr.variable, this.#loopVariable(expr.range, 'key'));
      this.#push(expr.variable2, this.#loopVariable(expr.range, 'value'));
    }
    const turn = plus(this.cost(expr.condition), this.cost(expr.step));
    this.#locals.length = depth + 1;
    const result = this.cost(expr.result);
    this.#locals.length = depth;
    const count = this.#size(expr.range) ?? UNKNOWN;
    if (expr.init.kind === 'literal') this.#setSize(expr, this.#size(expr.init));
    else if (expr.init.kind === 'list' || expr.init.kind === 'map') {
      this.#setSize(expr, count);
      this.#setEntries(expr, this.#entrySizes(expr.step));
    }
    return plus(before, result, times(count, turn));
  }

  #binding(expr: Comprehension): Range {
    const before = plus(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accumulator, this.#localFor(expr.init));
    const result = this.cost(expr.result);
    this.#locals.pop();
    this.#copySizes(expr, expr.result);
    return plus(before, result);
  }

  #localFor(init: Expr): Local {
    return { path: this.#path(init), size: this.#size(init), entries: this.#entrySizes(init) };
  }

  #loopVariable(range: Expr, role: 'single' | 'key' | 'value'): Local {
    const entries = this.#entrySizes(range);
    const isList = entries?.isList ?? this.checked.typeOf(range).kind === 'list';
    const isValue = role === 'value' || (role === 'single' && isList);
    const name = isValue ? (isList ? '@items' : '@values') : role === 'key' && isList ? '@indices' : '@keys';
    return { path: [...(this.#path(range) ?? []), name], size: isValue ? entries?.value : entries?.key };
  }

  #push(name: string, local: Local): void {
    this.#locals.push({ name, local });
  }

  #local(name: string): Local | undefined {
    return this.#locals.findLast((candidate) => candidate.name === name)?.local;
  }

  #path(expr: Expr): Path {
    const local = expr.kind === 'ident' ? this.#local(expr.name) : undefined;
    return local !== undefined ? local.path : this.#paths.get(expr);
  }

  #operand(expr: Expr): Operand {
    return { type: this.checked.typeOf(expr), path: this.#path(expr), size: this.#size(expr), expr };
  }

  #size(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr);
    if (known !== undefined) return known;
    const bySchema = schemaSize(this.schema, this.#path(expr));
    if (bySchema !== undefined) {
      this.#sizes.set(expr, bySchema);
      return bySchema;
    }
    return typeSize(this.checked.typeOf(expr)) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined);
  }

  #entrySizes(expr: Expr): EntrySizes | undefined {
    return this.#entries.get(expr) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.entries : undefined);
  }

  #setSize(expr: Expr, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expr, size);
  }

  #setEntries(expr: Expr, entries: EntrySizes | undefined): void {
    if (entries !== undefined) this.#entries.set(expr, entries);
  }

  #copySizes(to: Expr, from: Expr): void {
    this.#setSize(to, this.#size(from));
    this.#setEntries(to, this.#entrySizes(from));
  }
}

function below(path: Path, name: string): Path {
  return [...(path ?? []), name];
}

function isBinding({ range, condition, accumulator }: Comprehension): boolean {
  return range.kind === 'list' && range.elements.length === 0 && condition.kind === 'literal' && condition.value === false && accumulator !== '@result';
}

function unionEntries(a: EntrySizes | undefined, b: EntrySizes | undefined): EntrySizes | undefined {
  return a && b && { isList: a.isList, key: union(a.key, b.key), value: union(a.value, b.value) };
}

/** By the shorter of both. */
function comparison(left: Operand, right: Operand): Range {
  const [a, b] = [sizeOrUnknown(left).max, sizeOrUnknown(right).max];
  const max = a < b ? a : b;
  return scaled({ min: max > 0n ? 1n : 0n, max }, PASS);
}
