/**
 * Reads objects of built-in kinds as the Go types do, by the OpenAPI documents: unknown fields go and are told, a value of a wrong type is
 * an error in the words of Go's decoder, quantities become canonical, and empty optional fields are left out as Go leaves them out.
 */
import { canonicalQuantity, encodeJson, GoDecodeError, isRecord, QuantityError, roundUpQuantity, type JSONSchemaProps, type TypedSchema } from '@kubewright/api';

import { fillZeros, formOfField, isLeftOut, jsonFormOf, type JsonForm } from '../protobuf/json-form.js';

interface Place {
  /** As unknown fields are told: `spec.containers[0].nonsense`. */
  readonly path: string;
  /** The innermost struct and the fields that led here, as wrong types are told. */
  readonly struct: string;
  readonly fields: string;
}

/** How an object came: as JSON, or as values that a patch has merged. Go reads both, and has other words for what does not fit. */
export type Source = 'json' | 'values';

/** @returns the paths of the fields that were dropped, in the order of the document @throws GoDecodeError */
export function readTyped(object: Record<string, unknown>, schema: TypedSchema, kind: string, apiVersion: string, source: Source = 'json'): string[] {
  const reader = new TypedReader(schema, source);
  reader.readStruct(object, schema.resolve(schema.root), { path: '', struct: kind, fields: '' }, jsonFormOf(apiVersion, kind));
  return reader.unknown;
}

class TypedReader {
  readonly unknown: string[] = [];

  constructor(private readonly schema: TypedSchema, private readonly source: Source) {}

  readStruct(value: Record<string, unknown>, node: JSONSchemaProps, place: Place, form: JsonForm | undefined): void {
    const properties = node.properties ?? {};
    for (const [key, item] of Object.entries(value)) {
      const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const path = place.path === '' ? key : `${place.path}.${key}`;
      if (!property) {
        delete value[key];
        this.unknown.push(path);
        continue;
      }
      const field = form?.fields.get(key);
      const read = this.#read(item, property, { path, struct: place.struct, fields: place.fields === '' ? key : `${place.fields}.${key}` }, formOfField(field));
      if (read === undefined || (field !== undefined && isLeftOut(field, read))) delete value[key];
      else value[key] = read;
    }
    if (form) fillZeros(value, form);
  }

  #read(value: unknown, property: JSONSchemaProps, place: Place, form: JsonForm | undefined): unknown {
    if (value === null || value === undefined) return undefined;
    const reference = property.$ref ?? property.allOf?.[0]?.$ref ?? '';
    const node = this.schema.resolve(property);
    if (isQuantity(property)) return readQuantity(value);
    if (node['x-kubernetes-int-or-string'] || reference.endsWith('.util.intstr.IntOrString')) {
      return typeof value === 'string' || (isWhole(value) && fits(value, 'int32')) ? value : this.#wrongType(value, 'int32', place);
    }
    if (node['x-kubernetes-preserve-unknown-fields'] && !node.properties) return value;
    switch (node.type) {
      case 'object':
        return this.#readObject(value, node, reference, place, form);
      case 'array':
        return this.#readList(value, node, place, form);
      case 'string':
        if (typeof value !== 'string') return this.#wrongType(value, 'string', place);
        if (node.format === 'byte') checkBase64(value);
        if (node.format === 'date-time') return readTime(value, reference.endsWith('MicroTime'));
        return value;
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#wrongType(value, 'bool', place);
      case 'integer':
        return isWhole(value) && fits(value, node.format) ? value : this.#wrongType(value, node.format ?? 'int64', place);
      case 'number':
        return typeof value === 'number' || typeof value === 'bigint' ? value : this.#wrongType(value, 'float64', place);
      default:
        return value;
    }
  }

  #wrongType(value: unknown, type: string, { struct, fields }: Place): never {
    if (this.source === 'values') throw new GoDecodeError(unrestorable(value, type));
    const shown = typeof value === 'number' && type.startsWith('int') ? `number ${value}` : goKind(value);
    throw new GoDecodeError(`json: cannot unmarshal ${shown} into Go struct field ${struct}.${fields} of type ${type}`);
  }

  #readObject(value: unknown, node: JSONSchemaProps, reference: string, place: Place, form: JsonForm | undefined): unknown {
    const { additionalProperties } = node;
    if (node.properties || (!isRecord(additionalProperties) && reference !== '')) {
      if (!isRecord(value)) return this.#wrongType(value, goType(reference, node, this.schema), place);
      if (node.properties) this.readStruct(value, node, { ...place, struct: structName(reference) || place.struct }, form);
      return value;
    }
    if (!isRecord(value)) return this.#wrongType(value, goType(reference, node, this.schema), place);
    if (!isRecord(additionalProperties)) return value;
    for (const [key, item] of Object.entries(value)) {
      const read = this.#read(item, additionalProperties, { ...place, path: `${place.path}.${key}` }, form);
      // Lists of resources are counted in thousandths.
      value[key] = read === undefined ? zeroOf(additionalProperties, this.schema) : isQuantity(additionalProperties) ? roundUpQuantity(read as string, -3) : read;
    }
    return value;
  }

  #readList(value: unknown, node: JSONSchemaProps, place: Place, form: JsonForm | undefined): unknown {
    if (!Array.isArray(value)) return this.#wrongType(value, goType('', node, this.schema), place);
    const items = node.items ?? {};
    return value.map((item, index) => this.#read(item, items, { ...place, path: `${place.path}[${index}]` }, form) ?? zeroOf(items, this.schema));
  }
}

function isQuantity(property: JSONSchemaProps): boolean {
  return (property.$ref ?? property.allOf?.[0]?.$ref ?? '').endsWith('.api.resource.Quantity');
}

function readQuantity(value: unknown): string {
  try {
    return canonicalQuantity(typeof value === 'object' || typeof value === 'boolean' ? encodeJson(value) : String(value));
  } catch (error) {
    throw error instanceof QuantityError ? new GoDecodeError(error.message) : error;
  }
}

function readTime(value: string, isMicro: boolean): string | undefined {
  if (value === '' && !isMicro) return undefined;
  const layout = isMicro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const problem = timeProblem(value, isMicro);
  if (problem !== undefined) throw new GoDecodeError(`parsing time ${JSON.stringify(value)}${problem.startsWith(':') ? '' : ` as ${JSON.stringify(layout)}: `}${problem}`);
  const millis = Date.parse(value);
  if (!isMicro) return `${new Date(millis).toISOString().slice(0, 19)}Z`;
  const micros = /\.(\d{6})/.exec(value)![1]!;
  return `${new Date(millis).toISOString().slice(0, 19)}.${micros}Z`;
}

const TIME_PARTS: readonly (readonly [layout: string, pattern: RegExp, range?: readonly [what: string, from: number, to: number]])[] = [
  ['2006', /^\d{4}/], ['-', /^-/], ['01', /^\d{2}/, ['month', 1, 12]], ['-', /^-/], ['02', /^\d{2}/, ['day', 1, 31]], ['T', /^T/],
  ['15', /^\d{2}/, ['hour', 0, 23]], [':', /^:/], ['04', /^\d{2}/, ['minute', 0, 59]], [':', /^:/], ['05', /^\d{2}/, ['second', 0, 59]],
];

/** What Go's parser says of a text that is no time of RFC 3339. */
function timeProblem(value: string, isMicro: boolean): string | undefined {
  let rest = value;
  const cannot = (layout: string): string => `cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`;
  for (const [layout, pattern, range] of TIME_PARTS) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) return cannot(layout);
    if (range && (Number(found) < range[1] || Number(found) > range[2])) return `: ${range[0]} out of range`;
    rest = rest.slice(found.length);
  }
  if (isMicro) {
    if (!/^\.\d{6}(?!\d)/.test(rest)) return cannot('.000000');
    rest = rest.slice(7);
  } else rest = rest.replace(/^[.,]\d+/, '');
  const [zone] = /^(?:Z|[+-]\d\d:\d\d)/.exec(rest) ?? [];
  if (zone === undefined) return cannot('Z07:00');
  rest = rest.slice(zone.length);
  if (rest !== '') return `: extra text: ${JSON.stringify(rest)}`;
  return Number.isNaN(Date.parse(value)) || Number(value.slice(8, 10)) > daysOf(Number(value.slice(0, 4)), Number(value.slice(5, 7))) ? ': day out of range' : undefined;
}

function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function checkBase64(value: string): void {
  const text = value.replace(/[\r\n]/g, '');
  const bad = /[^A-Za-z0-9+/=]/.exec(text);
  const at = bad ? bad.index : text.length % 4 === 0 ? -1 : text.length - (text.length % 4);
  if (at >= 0) throw new GoDecodeError(`illegal base64 data at input byte ${at}`);
}

function zeroOf(property: JSONSchemaProps, schema: TypedSchema): unknown {
  if (isQuantity(property)) return '0';
  switch (schema.resolve(property).type) {
    case 'string':
      return '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'array':
      return null;
    default:
      return {};
  }
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

function fits(value: number | bigint, format: string | undefined): boolean {
  return format !== 'int32' || (value >= -2147483648 && value <= 2147483647);
}

/** What Go says of a value that it can not copy into a field. */
function unrestorable(value: unknown, type: string): string {
  const given = Array.isArray(value) ? 'slice' : typeof value === 'object' ? 'map' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : isWhole(value) ? 'int64' : 'float64';
  if (type.startsWith('[]')) return `cannot restore slice from ${given}`;
  if (type.startsWith('map[')) return `cannot restore map from ${given}`;
  if (type.includes('.')) return `cannot restore struct from: ${given}`;
  // Go turns numbers into texts of one character, which is then refused, and nothing else into anything else.
  const isConvertible = given === 'int64' || (given === 'float64' && type !== 'string');
  return isConvertible && type !== 'bool' ? `cannot convert ${given} to ${type}` : `unrecognized type: ${type}`;
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `io.k8s.api.core.v1.Container` is `v1.Container` in Go. */
function goType(reference: string, node: JSONSchemaProps, schema: TypedSchema): string {
  if (reference !== '') return reference.split('/').pop()!.split('.').slice(-2).join('.');
  switch (node.type) {
    case 'array':
      return `[]${goTypeOf(node.items ?? {}, schema)}`;
    case 'object':
      return `map[string]${isRecord(node.additionalProperties) ? goTypeOf(node.additionalProperties, schema) : 'interface {}'}`;
    case 'integer':
      return node.format ?? 'int64';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    default:
      return node.format === 'byte' ? '[]uint8' : 'string';
  }
}

function goTypeOf(property: JSONSchemaProps, schema: TypedSchema): string {
  const reference = property.$ref ?? property.allOf?.[0]?.$ref ?? '';
  return goType(reference, schema.resolve(property), schema);
}

function structName(reference: string): string {
  return reference === '' ? '' : reference.split('.').pop()!;
}
