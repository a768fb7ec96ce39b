/**
 * @module parse: text to tree. tokenizer.ts and parser.ts read the grammar, the macro files turn `has`, `all`, `map`, … into plain trees,
 * print.ts writes a tree as text again. Nothing here knows types or values of variables.
 */

/** Where an expression stands: the offset in the source, in code points. */
interface Positioned {
  readonly at: number;
  /** The call that a macro replaced: print.ts writes that one. */
  readonly macro?: Call;
}

/** A 64-bit unsigned constant; plain bigints are signed. */
export class UintConstant {
  constructor(readonly value: bigint) {}
}

export type Constant = null | boolean | bigint | UintConstant | number | string | Uint8Array;

export interface Literal extends Positioned {
  readonly kind: 'literal';
  readonly value: Constant;
}

export interface Ident extends Positioned {
  readonly kind: 'ident';
  readonly name: string;
}

export interface Select extends Positioned {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** `has(operand.field)` */
  readonly testOnly: boolean;
}

/** Functions, methods and operators; operators have names such as `_+_`, `_[_]`, `_?_:_`. */
export interface Call extends Positioned {
  readonly kind: 'call';
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

export interface ListExpr extends Positioned {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  /** Indexes of the elements written with `?`: they are left out where they hold no value. */
  readonly optional: ReadonlySet<number>;
}

export interface Entry {
  readonly at: number;
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface MapExpr extends Positioned {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface StructField {
  readonly at: number;
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
}

/** `Type{field: value}` */
export interface StructExpr extends Positioned {
  readonly kind: 'struct';
  readonly type: string;
  readonly fields: readonly StructField[];
}

/** A loop: `accumulator` starts as `init`; while `condition` holds, each item of `range` makes it `step`; in the end it is `result`. */
export interface Comprehension extends Positioned {
  readonly kind: 'comprehension';
  readonly variable: string;
  /** With two variables, the first is the index or key. */
  readonly variable2?: string;
  readonly range: Expr;
  readonly accumulator: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr = Literal | Ident | Select | Call | ListExpr | MapExpr | StructExpr | Comprehension;

/** The accumulator of all macros but `cel.bind` and `sortBy`. No identifier can be spelled like it. */
export const ACCUMULATOR = '@result';

export const literal = (at: number, value: Constant): Literal => ({ kind: 'literal', at, value });
export const ident = (at: number, name: string): Ident => ({ kind: 'ident', at, name });
export const call = (at: number, name: string, ...args: Expr[]): Call => ({ kind: 'call', at, name, args });
export const method = (at: number, target: Expr, name: string, ...args: Expr[]): Call => ({ kind: 'call', at, name, target, args });
export const list = (at: number, ...elements: Expr[]): ListExpr => ({ kind: 'list', at, elements, optional: new Set() });
/** The dotted name that an expression spells (`a.b.c`); undefined where it is anything else. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
