import type { Overload } from '../check/environment.js';
import type { Type } from '../check/type.js';
import { CelEvaluationError, noSuchOverload } from '../value/evaluation-error.js';
import { Duration, ListValue, MapValue, OpaqueValue, OptionalValue, Timestamp, TypeValue, Uint, nameOfType, type Value } from '../value/value.js';

/** The overload that takes these values. @throws CelEvaluationError where there is none */
export function dispatch(name: string, overloads: readonly Overload[], args: readonly Value[]): Overload {
  for (const candidate of overloads) {
    if (candidate.parameters.length === args.length && candidate.parameters.every((type, index) => isOfType(args[index]!, type))) return candidate;
  }
  throw noOverload(name, args);
}

/** Functions whose implementation looks at its arguments itself do not name them. */
const PLAIN: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'find', 'findAll']);
const COMPARABLE = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'google.protobuf.Timestamp', 'google.protobuf.Duration'];
const NUMBERS = ['int', 'uint', 'double'];
/** Which types an operator or function is made for at all; others are told its name. */
const MADE_FOR: Readonly<Record<string, readonly string[]>> = {
  '_<_': COMPARABLE, '_<=_': COMPARABLE, '_>_': COMPARABLE, '_>=_': COMPARABLE, '_+_': [...COMPARABLE.slice(1), 'list'],
  '_-_': [...NUMBERS, ...COMPARABLE.slice(-2)], '_*_': NUMBERS, '_/_': NUMBERS, '_%_': NUMBERS.slice(0, 2), size: ['string', 'bytes', 'list', 'map'],
};

function noOverload(name: string, args: readonly Value[]): CelEvaluationError {
  const types = args.map(nameOfType);
  const madeFor = Object.hasOwn(MADE_FOR, name) ? MADE_FOR[name] : undefined;
  if (madeFor !== undefined && !madeFor.includes(types[0]!)) return new CelEvaluationError(`no such overload: ${name}`);
  return /^[_!@-]/.test(name) || PLAIN.has(name) ? noSuchOverload() : new CelEvaluationError(`no such overload: ${name}(${types.join(', ')})`);
}

/** Whether a value may be passed as a parameter. Items of lists are not looked at, but for the first, which tells apart lists of functions for one type. */
function isOfType(value: Value, type: Type): boolean {
  switch (type.kind) {
    case 'bool': return typeof value === 'boolean';
    case 'int': return typeof value === 'bigint';
    case 'uint': return value instanceof Uint;
    case 'double': return typeof value === 'number';
    case 'string': return typeof value === 'string';
    case 'bytes': return value instanceof Uint8Array;
    case 'null': return value === null;
    case 'timestamp': return value instanceof Timestamp;
    case 'duration': return value instanceof Duration;
    case 'list': return value instanceof ListValue && (value.size === 0 || isOfType(value.at(0), type.parameters[0]!));
    case 'map': return value instanceof MapValue;
    case 'type': return value instanceof TypeValue;
    case 'opaque': return type.name === 'optional_type' ? value instanceof OptionalValue : value instanceof OpaqueValue && value.typeName === type.name;
    case 'object': return value instanceof MapValue;
    default: return true;
  }
}
