/**
 * @module check: what types an expression has. type.ts and signature.ts describe types, environment.ts what is declared, checker.ts finds the type
 * of each node and the functions that a call may mean; schema-type.ts makes types of structural schemas.
 */

export type TypeKind =
  | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration' | 'dyn' | 'error'
  | 'list' | 'map' | 'type' | 'object' | 'opaque' | 'param';

/** A type. `name` tells objects, opaque types and type parameters apart; `parameters` are the item of a list, key and value of a map. */
export interface Type {
  readonly kind: TypeKind;
  readonly name: string;
  readonly parameters: readonly Type[];
  /** Fields of an object; undefined where they are not known. */
  readonly fields?: ReadonlyMap<string, Field> | undefined;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
}

const simple = (kind: TypeKind, name: string = kind): Type => ({ kind, name, parameters: [] });

export const BOOL = simple('bool');
export const INT = simple('int');
export const UINT = simple('uint');
export const DOUBLE = simple('double');
export const STRING = simple('string');
export const BYTES = simple('bytes');
export const NULL = simple('null', 'null_type');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const DURATION = simple('duration', 'google.protobuf.Duration');
export const DYN = simple('dyn');
export const ERROR = simple('error', '!error!');

export const listOf = (item: Type): Type => ({ kind: 'list', name: 'list', parameters: [item] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', parameters: [key, value] });
export const typeOf = (type: Type): Type => ({ kind: 'type', name: 'type', parameters: [type] });
export const optionalOf = (type: Type): Type => ({ kind: 'opaque', name: 'optional_type', parameters: [type] });
export const opaque = (name: string): Type => ({ kind: 'opaque', name, parameters: [] });
export const param = (name: string): Type => ({ kind: 'param', name, parameters: [] });
export const objectOf = (name: string, fields?: ReadonlyMap<string, Field>): Type => ({ kind: 'object', name, parameters: [], fields });

export function isOptional(type: Type): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

/** A type as messages of the checker spell it: `list(string)`, `map(string, int)`, `timestamp`. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'timestamp': return 'timestamp';
    case 'duration': return 'duration';
    case 'null': return 'null';
    case 'error': return '!error!';
    default: return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(formatType).join(', ')})`;
  }
}

/** A type as it is told where an expression has the wrong one: `null_type`, `google.protobuf.Timestamp`. */
export function typeName(type: Type): string {
  return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(typeName).join(', ')})`;
}

export function sameType(a: Type, b: Type): boolean {
  return a.kind === b.kind && a.name === b.name && a.parameters.length === b.parameters.length && a.parameters.every((item, index) => sameType(item, b.parameters[index]!));
}
