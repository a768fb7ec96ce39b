import { isRecord } from './value-kind.js';

/**
 * How a Go type reads JSON, for the few types whose decoding a client can see: ObjectMeta (custom resources are otherwise without types) and
 * CustomResourceDefinition. Shapes know the Go names because the server's messages do.
 */
export type GoShape =
  | { readonly kind: 'string' | 'bool' | 'int32' | 'int64' | 'float64'; readonly type: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'custom'; readonly decode: (value: unknown, reader: GoReader) => unknown }
  | { readonly kind: 'list' | 'map'; readonly of: () => GoShape; readonly type: string }
  | { readonly kind: 'struct'; readonly name: string; readonly type: string; readonly fields: () => Readonly<Record<string, GoField>> };

/** A field of a struct. */
export interface GoField {
  readonly shape: GoShape;
  /**
   * What becomes of empty values on the way out: `omit` drops zero values (Go's omitempty), `pointer` drops only what is absent or null,
   * `keep` writes the zero value even where the field was absent.
   */
  readonly when: 'omit' | 'pointer' | 'keep';
}

/** A value that does not fit its Go type; the message is the one of Go's decoder. */
export class GoDecodeError extends Error {}

/**
 * Reads `value` as a Go server would and writes it again: unknown fields and empty optional ones are gone, missing obligatory ones are there.
 * @returns the new value, and the paths of the unknown fields: `spec.versions[0].nonsense`
 * @throws GoDecodeError for the first value of a wrong type
 */
export function readAsGo(value: unknown, shape: GoShape, path = ''): { value: unknown; unknown: string[] } {
  const reader = new GoReader();
  return { value: reader.read(value, shape, { path, struct: '', fields: [] }), unknown: reader.unknown };
}

interface Place {
  /** Path as it is told for unknown fields. */
  readonly path: string;
  /** Name of the innermost struct and the fields that led here, as they are told for wrong types. */
  readonly struct: string;
  readonly fields: readonly string[];
}

export class GoReader {
  readonly unknown: string[] = [];

  /** Reads a value that has a decoder of its own: paths in messages begin anew, unknown fields are not told. */
  readAlone(value: unknown, shape: GoShape): unknown {
    return new GoReader().read(value, shape, { path: '', struct: '', fields: [] });
  }

  read(value: unknown, shape: GoShape, place: Place): unknown {
    if (shape.kind === 'any') return value;
    if (shape.kind === 'custom') return shape.decode(value, this);
    if (value === null || value === undefined) return zeroOf(shape, this);
    switch (shape.kind) {
      case 'string': return typeof value === 'string' ? value : wrongType(value, shape.type, place);
      case 'bool': return typeof value === 'boolean' ? value : wrongType(value, shape.type, place);
      case 'float64': return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : wrongType(value, shape.type, place);
      case 'int32':
      case 'int64': return isWhole(value) ? value : wrongType(value, shape.type, place);
      case 'list':
        if (!Array.isArray(value)) return wrongType(value, shape.type, place);
        return value.map((item, index) => this.read(item, shape.of(), { ...place, path: `${place.path}[${index}]` }));
      case 'map':
        if (!isRecord(value)) return wrongType(value, shape.type, place);
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.read(item, shape.of(), { ...place, path: below(place.path, key) })]));
      case 'struct':
        if (!isRecord(value)) return wrongType(value, shape.type, place);
        return this.#readStruct(value, shape, place);
    }
  }

  #readStruct(value: Record<string, unknown>, shape: GoShape & { kind: 'struct' }, place: Place): Record<string, unknown> {
    const fields = shape.fields();
    const read = new Map<string, unknown>();
    for (const [key, item] of Object.entries(value)) {
      const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (field === undefined) this.unknown.push(below(place.path, key));
      else if (item !== null) read.set(key, this.read(item, field.shape, { path: below(place.path, key), struct: shape.name, fields: [...place.fields, key] }));
    }
    const out: Record<string, unknown> = {};
    for (const [key, { shape: inner, when }] of Object.entries(fields)) {
      const item = read.get(key);
      if (when === 'keep') out[key] = item ?? zeroOf(inner, this);
      else if (item !== undefined && item !== null && (when === 'pointer' || !isEmpty(item))) out[key] = item;
    }
    return out;
  }
}

function zeroOf(shape: GoShape, reader: GoReader): unknown {
  switch (shape.kind) {
    case 'string': return '';
    case 'bool': return false;
    case 'int32': case 'int64': case 'float64': return 0;
    case 'struct': return reader.read({}, shape, { path: '', struct: '', fields: [] });
    default: return null;
  }
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === false || value === 0 || (Array.isArray(value) && value.length === 0)
    || (isRecord(value) && Object.keys(value).length === 0);
}

function isWhole(value: unknown): boolean {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function wrongType(value: unknown, type: string, { struct, fields }: Place): never {
  const actual = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool'
    : typeof value === 'number' || typeof value === 'bigint' ? (type.startsWith('int') ? `number ${value}` : 'number')
    : typeof value === 'string' ? 'string' : 'object';
  const target = fields.length === 0 ? 'Go value' : `Go struct field ${struct}.${fields.join('.')}`;
  throw new GoDecodeError(`json: cannot unmarshal ${actual} into ${target} of type ${type}`);
}

function below(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
