import type { Macros } from '../parse/macro.js';
import type { Value } from '../value/value.js';
import type { SchemaType } from './schema-type.js';
import { parseSignature, type Signature } from './signature.js';
import type { Type } from './type.js';

/** One meaning of a function's name. */
export interface Overload extends Signature {
  /** @throws CelEvaluationError */
  readonly call: (...args: never[]) => Value;
}

/** Declares an overload by its signature; `call` gets values of the types that stand there. */
export function overload(signature: string, call: (...args: never[]) => Value): Overload {
  return { ...parseSignature(signature), call };
}

/** What an expression may use. Environments are values: extending one leaves it as it was. */
export interface Environment {
  readonly variables: ReadonlyMap<string, Type>;
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly macros: Macros;
  /** Types that may be named in an expression or built with `Type{…}`. */
  readonly types: Pick<ReadonlyMap<string, StructType>, 'get'>;
  /** What sizes of variables are estimated by: the schema of `self`. */
  readonly schema?: SchemaType | undefined;
}

/** A type whose values expressions may build. */
export interface StructType {
  readonly type: Type;
  /** The type that a field takes; undefined where there is no such field. */
  readonly field: (name: string) => Type | undefined;
  readonly create: (fields: ReadonlyMap<string, Value>) => Value;
}

export function functionTable(...libraries: readonly (readonly Overload[])[]): ReadonlyMap<string, readonly Overload[]> {
  const table = new Map<string, Overload[]>();
  for (const library of libraries) {
    for (const declared of library) {
      const known = table.get(declared.name);
      if (known) known.push(declared);
      else table.set(declared.name, [declared]);
    }
  }
  return table;
}
