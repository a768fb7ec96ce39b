import type { SchemaType } from '../check/schema-type.js';
import type { Type } from '../check/type.js';
import type { Expr } from '../parse/ast.js';
import { stringSize } from '../value/value.js';
import { UNKNOWN, fixed, type Range } from './estimate.js';

/**
 * How a value is reached from a variable: `['self', 'list', '@items']`. Undefined where it is not read from a variable.
 * Only what follows the variable is looked at, so that `oldSelf` has the sizes of `self`.
 */
export type Path = readonly string[] | undefined;

/** What an estimate of a call knows about its receiver or an argument. */
export interface Operand {
  readonly type: Type;
  readonly path: Path;
  readonly size: Range | undefined;
  readonly expr?: Expr;
}

export function sizeOrUnknown({ size }: Operand): Range {
  return size ?? UNKNOWN;
}

/** The size that the schema allows at a path. */
export function schemaSize(root: SchemaType | undefined, path: Path): Range | undefined {
  if (root === undefined || path === undefined || path.length === 0) return undefined;
  let node: SchemaType = root;
  for (const name of path.slice(1)) {
    if (name === '@keys') return node.type.kind === 'map' ? { min: 0n, max: 0n } : undefined;
    const next: SchemaType | undefined = name === '@items' || name === '@values' ? node.item : node.fields?.get(name)?.value;
    if (next === undefined) return undefined;
    node = next;
  }
  return { min: 0n, max: BigInt(node.maxElements) };
}

/** The size of what is written out in the expression. */
export function literalSize(expr: Expr): Range | undefined {
  switch (expr.kind) {
    case 'list': return fixed(expr.elements.length);
    case 'map': return fixed(expr.entries.length);
    case 'literal':
      if (typeof expr.value === 'string') return fixed(stringSize(expr.value));
      return fixed(expr.value instanceof Uint8Array ? expr.value.length : 1);
    default: return undefined;
  }
}

/** Values of scalar types have the size 1. */
export function typeSize(type: Type): Range | undefined {
  switch (type.kind) {
    case 'bool': case 'double': case 'duration': case 'int': case 'timestamp': case 'uint': return fixed(1);
    case 'opaque': return type.name === 'optional_type' ? typeSize(type.parameters[0]!) : undefined;
    default: return undefined;
  }
}
