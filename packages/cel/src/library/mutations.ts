import { functionTable, type Environment, type StructType } from '../check/environment.js';
import { DYN, STRING, objectOf, type Field, type Type } from '../check/type.js';
import { EntryMap, type Value } from '../value/value.js';
import { BASE_ENVIRONMENT } from './kubernetes.js';
import { JSON_PATCH } from './strings.js';

/** Fields of an operation of a JSON patch. */
const OPERATION: ReadonlyMap<string, Field> = new Map(
  ([['op', STRING], ['path', STRING], ['from', STRING], ['value', DYN]] as [string, Type][]).map(([name, type]) => [name, { name, type }]));
const JSON_PATCH_TYPE = objectOf('JSONPatch', OPERATION);
/** The type of fields that there are not; the checker tells it by its empty name. */
const NO_TYPE: Type = { kind: 'error', name: '', parameters: [] };

const JSON_PATCH_STRUCT: StructType = { type: JSON_PATCH_TYPE, field: (name) => OPERATION.get(name)?.type ?? NO_TYPE, create };

/**
 * As {@link BASE_ENVIRONMENT}, with what mutating policies build: `JSONPatch{op: "add", path: "/x", value: 1}`, and `Object{spec: Object.spec{…}}`
 * for apply configurations, whose types are named by their paths. Values of both are maps; toJson makes JSON of them.
 */
export const MUTATION_ENVIRONMENT: Environment = {
  ...BASE_ENVIRONMENT,
  functions: new Map([...BASE_ENVIRONMENT.functions, ...functionTable(JSON_PATCH)]),
  types: { get: (name) => (name === 'JSONPatch' ? JSON_PATCH_STRUCT : /^Object(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name) ? objectStruct(name) : undefined) },
};

function objectStruct(name: string): StructType {
  return { type: objectOf(name, new Map()), field: () => DYN, create };
}

function create(fields: ReadonlyMap<string, Value>): Value {
  return EntryMap.of(fields);
}
