import { canonicalQuantity, decodeJson, isRecord } from '@kubewright/api';

import { FIXED_64, LENGTH_DELIMITED, VARINT, type Field, type Message } from './message.js';
import { microTimeText, timeText } from './timestamp.js';
import { ProtobufError, type WireReader } from './wire-reader.js';

/** Only schemas contain themselves; a real one is far flatter. */
const DEEPEST = 500;

/**
 * Reads the fields up to `end` into an object as Go's JSON encoder would show them: zero values of fields that are no pointers are left out
 * where their JSON omits them. Fields that nobody knows are passed over. What the bytes do not mention is left out, required or not.
 * @throws ProtobufError
 */
export function readMessage(reader: WireReader, end: number, message: Message, into: Record<string, unknown>, depth = 0): void {
  if (depth > DEEPEST) throw new ProtobufError(`proto: ${message.name} is nested more than ${DEEPEST} times`);
  while (reader.position < end) {
    const tag = reader.tag(end);
    const wireType = tag & 7;
    if (wireType === END_GROUP) throw new ProtobufError(`proto: ${goName(message)}: wiretype end group for non-group`);
    if (tag < 8) throw new ProtobufError(`proto: ${goName(message)}: illegal tag ${tag >>> 3} (wire type ${wireType})`);
    const field = message.byNumber[tag >>> 3];
    if (field === undefined) reader.skip(wireType, end);
    else if (tag !== field.tag) readPacked(reader, end, field, wireType, into);
    else if (field.shape === 'one') readOne(reader, end, field, into, depth);
    else if (field.shape === 'list') listOf(into, field).push(readValue(reader, end, field, depth));
    else readEntry(reader, reader.length(end), field, into, depth);
  }
}

const END_GROUP = 4;

function readOne(reader: WireReader, end: number, field: Field, into: Record<string, unknown>, depth: number): void {
  if (field.kind === 'message') {
    const stop = reader.length(end);
    const known = into[field.name];
    // A second message of a field is merged into the first.
    const target = field.isInline ? into : isRecord(known) ? known : (into[field.name] = {} as Record<string, unknown>);
    return readMessage(reader, stop, field.message, target, depth + 1);
  }
  const value = readValue(reader, end, field, depth);
  if (!isLeftOut(field, value)) into[field.name] = value;
  else if (into[field.name] !== undefined) delete into[field.name];
}

/** Whether Go's JSON encoder leaves out this value. */
function isLeftOut(field: Field, value: unknown): boolean {
  if (field.omitsZero) return value === null;
  if (field.isPointer || field.isKept) return false;
  switch (field.kind) {
    case 'string':
    case 'bytes':
      return value === '';
    case 'bool':
      return value === false;
    case 'int32':
    case 'int64':
    case 'double':
      return value === 0;
    case 'strings':
      return (value as unknown[]).length === 0;
    default:
      return false;
  }
}

function listOf(into: Record<string, unknown>, field: Field): unknown[] {
  return (into[field.name] ??= []) as unknown[];
}

/** Numbers of a list may come in one piece; any other wire type than that of the field is an error. */
function readPacked(reader: WireReader, end: number, field: Field, wireType: number, into: Record<string, unknown>): void {
  const isNumeric = (field.tag & 7) === VARINT || (field.tag & 7) === FIXED_64;
  if (field.shape !== 'list' || !isNumeric || wireType !== LENGTH_DELIMITED) throw new ProtobufError(`proto: wrong wireType = ${wireType} for field ${goFieldName(field)}`);
  const stop = reader.length(end);
  const list = listOf(into, field);
  while (reader.position < stop) list.push(readValue(reader, stop, field, 0));
}

function readEntry(reader: WireReader, end: number, field: Field, into: Record<string, unknown>, depth: number): void {
  let key = '';
  let value: unknown;
  while (reader.position < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if (number === 1 && (tag & 7) === LENGTH_DELIMITED) key = reader.text(reader.length(end));
    else if (number === 2 && (tag & 7) === LENGTH_DELIMITED) value = readValue(reader, end, field, depth);
    else reader.skip(tag & 7, end);
  }
  const map = (into[field.name] ??= {}) as Record<string, unknown>;
  if (value === undefined) value = zeroOf(field);
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
  else map[key] = value;
}

/** The value of an entry that has a key only. */
function zeroOf(field: Field): unknown {
  switch (field.kind) {
    case 'string':
    case 'bytes':
      return '';
    case 'quantity':
      return '0';
    case 'message':
      return {};
    default:
      return null;
  }
}

function readValue(reader: WireReader, end: number, field: Field, depth: number): unknown {
  switch (field.kind) {
    case 'string':
      return reader.text(reader.length(end));
    case 'bool':
      return reader.bool(end);
    case 'int32':
      return reader.int32(end);
    case 'int64':
      return reader.integer(end);
    case 'double':
      return reader.double(end);
    case 'bytes':
      return reader.base64(reader.length(end));
    case 'message': {
      const stop = reader.length(end);
      const value: Record<string, unknown> = {};
      readMessage(reader, stop, field.message, value, depth + 1);
      return value;
    }
    default:
      return readSpecial(reader, reader.length(end), field, depth);
  }
}

/** Messages that are something else in JSON. */
function readSpecial(reader: WireReader, end: number, field: Field, depth: number): unknown {
  switch (field.kind) {
    case 'time':
    case 'microTime':
      return readTime(reader, end, field.kind);
    case 'quantity':
      return readQuantity(reader, end);
    case 'intOrString':
      return readIntOrString(reader, end);
    case 'anyJson':
      return readAnyJson(reader, end);
    case 'strings': {
      const texts: string[] = [];
      eachText(reader, end, 1, (text) => texts.push(text));
      return texts;
    }
    default:
      return readSchemaUnion(reader, end, field, depth);
  }
}

function readTime(reader: WireReader, end: number, kind: 'time' | 'microTime'): string | null {
  if (reader.position === end) return null;
  let seconds = 0;
  let nanos = 0;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 8) seconds = Number(reader.integer(end));
    else if (tag === 16) nanos = reader.int32(end);
    else reader.skip(tag & 7, end);
  }
  const text = kind === 'time' ? timeText(seconds) : microTimeText({ seconds, nanos });
  if (text === undefined) throw new ProtobufError(`proto: ${seconds} seconds are no time of day`);
  return text;
}

function readQuantity(reader: WireReader, end: number): string {
  let text = '0';
  eachText(reader, end, 1, (found) => (text = found));
  try {
    return canonicalQuantity(text);
  } catch {
    throw new ProtobufError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
}

function readIntOrString(reader: WireReader, end: number): number | string {
  let isText = false;
  let number = 0;
  let text = '';
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 8) isText = reader.int32(end) === 1;
    else if (tag === 16) number = reader.int32(end);
    else if (tag === 26) text = reader.text(reader.length(end));
    else reader.skip(tag & 7, end);
  }
  return isText ? text : number;
}

/** JSON inside of protobuf; nothing at all is null. */
function readAnyJson(reader: WireReader, end: number): unknown {
  let raw: Uint8Array | undefined;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 10) raw = reader.slice(reader.length(end));
    else reader.skip(tag & 7, end);
  }
  if (raw === undefined || raw.length === 0) return null;
  try {
    return decodeJson(raw);
  } catch (error) {
    throw new ProtobufError(error instanceof Error ? error.message : String(error));
  }
}

/** A schema, or what may stand in its place: a flag, a list of schemas, a list of names. */
function readSchemaUnion(reader: WireReader, end: number, field: Field, depth: number): unknown {
  const schemaNumber = field.kind === 'schemaOrBool' ? 2 : 1;
  let allows = false;
  let schema: Record<string, unknown> | undefined;
  const others: unknown[] = [];
  const readSchema = (): Record<string, unknown> => {
    const stop = reader.length(end);
    const value: Record<string, unknown> = {};
    readMessage(reader, stop, field.message, value, depth + 1);
    return value;
  };
  while (reader.position < end) {
    const tag = reader.tag(end);
    const number = tag >>> 3;
    if ((tag & 7) === VARINT && number === 1) allows = reader.bool(end);
    else if ((tag & 7) !== LENGTH_DELIMITED || number > 2) reader.skip(tag & 7, end);
    else if (number === schemaNumber) schema = readSchema();
    else others.push(field.kind === 'schemaOrArray' ? readSchema() : reader.text(reader.length(end)));
  }
  if (field.kind === 'schemaOrBool') return schema ?? allows;
  return others.length > 0 ? others : (schema ?? null);
}

function eachText(reader: WireReader, end: number, number: number, take: (text: string) => void): void {
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === ((number << 3) | LENGTH_DELIMITED)) take(reader.text(reader.length(end)));
    else reader.skip(tag & 7, end);
  }
}

function goName({ name }: Message): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function goFieldName({ name }: Field): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
