import { functionTable, type Environment, type StructType } from '../check/environment.js';
import { DYN, STRING, objectOf, type Field, type Type } from '../check/type.js';
import { ListValue, MapValue, type Value } from '../value/value.js';
import { BASE_ENVIRONMENT } from './kubernetes.js';
import { JSON_PATCH } from './strings.js';

/** Fields of an operation of a JSON patch. */
const OPERATION: ReadonlyMap<string, Field> = new Map(
  ([['op', STRING], ['path', STRING], ['from', STRING], ['value', DYN]] as [string, Type][]).map(([name, type]) => [name, { name, type }]));
const JSON_PATCH_TYPE = objectOf('JSONPatch', OPERATION);
/** The type of fields that there are not; the checker tells it by its empty name. */
const NO_TYPE: Type = { kind: 'error', name: '', parameters: [] };

const JSON_PATCH_STRUCT: StructType = {
  type: JSON_PATCH_TYPE, field: (name) => OPERATION.get(name)?.type ?? NO_TYPE, create: (fields) => new StructValue('JSONPatch', fields),
};

/**
 * As {@link BASE_ENVIRONMENT}, with what mutating policies build: `JSONPatch{op: "add", path: "/x", value: 1}`, and `Object{spec: Object.spec{…}}`
 * for apply configurations, whose types are named by their paths. Values of both are {@link StructValue}s; toJson makes JSON of them.
 */
export const MUTATION_ENVIRONMENT: Environment = {
  ...BASE_ENVIRONMENT,
  functions: new Map([...BASE_ENVIRONMENT.functions, ...functionTable(JSON_PATCH)]),
  types: { get: (name) => (name === 'JSONPatch' ? JSON_PATCH_STRUCT : /^Object(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name) ? objectStruct(name) : undefined) },
};

/** What `Type{…}` has built. */
export class StructValue extends MapValue {
  constructor(readonly typeName: string, private readonly fields: ReadonlyMap<string, Value>) {
    super();
  }

  get size(): number {
    return this.fields.size;
  }

  find(key: Value): Value | undefined {
    return typeof key === 'string' ? this.fields.get(key) : undefined;
  }

  keys(): Iterable<string> {
    return this.fields.keys();
  }
}

/** Objects of an apply configuration whose types are not named like the path that they stand at: what is wrong with each. */
export function misplacedTypes(value: Value, path: string): string[] {
  if (value instanceof ListValue) return [...value].flatMap((item) => misplacedTypes(item, path));
  if (!(value instanceof MapValue)) return [];
  const isStruct = value instanceof StructValue;
  const below = [...value.keys()].flatMap((key) => misplacedTypes(value.find(key)!, isStruct ? `${path}.${String(key as string)}` : path));
  if (!isStruct || value.typeName === path) return below;
  return [`unexpected type name "${value.typeName}", expected "${path}", which matches field name path from root Object type`, ...below];
}

function objectStruct(name: string): StructType {
  return { type: objectOf(name, ANY_FIELD), field: () => DYN, create: (fields) => new StructValue(name, fields) };
}

/** Nothing is known of the fields of an apply configuration: every name is one. */
class AnyField extends Map<string, Field> {
  override get(name: string): Field {
    return { name, type: DYN };
  }
}

const ANY_FIELD: ReadonlyMap<string, Field> = new AnyField();
