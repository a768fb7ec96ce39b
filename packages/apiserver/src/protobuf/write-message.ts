import { encodeJson, isRecord } from '@kubewright/api';

import { LENGTH_DELIMITED, type Field, type Message } from './message.js';
import { ZERO_TIME, instantOf } from './timestamp.js';
import { WireWriter } from './wire-writer.js';

/**
 * Writes an object of JSON as the Go type would: fields in the order of their numbers, zero values of fields that are no pointers included.
 * Fields that the type does not have are left out. @throws Error for a value that the field can not hold
 */
export function writeMessage(writer: WireWriter, message: Message, value: Readonly<Record<string, unknown>>): void {
  const { fields } = message;
  for (let index = fields.length - 1; index >= 0; index--) {
    const field = fields[index]!;
    const item = field.isInline ? value : value[field.name];
    if (item === undefined || item === null) writeZero(writer, field);
    else if (field.shape === 'one') {
      writeValue(writer, field, item);
      writer.uint(field.tag);
    } else if (field.shape === 'list') writeList(writer, field, item);
    else writeMap(writer, field, item);
  }
}

/** A nil pointer, list or map is not written, everything else is. */
function writeZero(writer: WireWriter, field: Field): void {
  if (field.isPointer || field.shape !== 'one') return;
  switch (field.kind) {
    case 'bytes':
    case 'strings':
      return;
    case 'message':
      field.message.emptyBytes ??= emptyBytesOf(field.message);
      writer.bytes(field.message.emptyBytes);
      writer.uint(field.message.emptyBytes.length);
      break;
    default:
      writeNull(writer, field);
  }
  writer.uint(field.tag);
}

/** The zero value of a kind. */
function writeNull(writer: WireWriter, field: Field): void {
  switch (field.kind) {
    case 'double':
      return writer.double(0);
    case 'quantity':
      return writeValue(writer, field, '0');
    case 'intOrString':
      return writeValue(writer, field, 0);
    case 'message':
      return writeValue(writer, field, {});
    case 'schemaOrBool':
      return writeValue(writer, field, false);
    default:
      return writer.uint(0); // the number, or the length of what is empty
  }
}

function emptyBytesOf(message: Message): Uint8Array {
  const writer = new WireWriter();
  writeMessage(writer, message, {});
  return writer.toBytes();
}

function writeList(writer: WireWriter, field: Field, items: unknown): void {
  if (!Array.isArray(items)) throw unfit(field, items);
  for (let index = items.length - 1; index >= 0; index--) {
    const item: unknown = items[index];
    if (item === null || item === undefined) writeNull(writer, field);
    else writeValue(writer, field, item);
    writer.uint(field.tag);
  }
}

const MAP_KEY = (1 << 3) | LENGTH_DELIMITED;
const MAP_VALUE = (2 << 3) | LENGTH_DELIMITED;

function writeMap(writer: WireWriter, field: Field, value: unknown): void {
  if (!isRecord(value)) throw unfit(field, value);
  const keys = Object.keys(value);
  if (keys.length > 1) keys.sort();
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index]!;
    const before = writer.length;
    const item = value[key];
    if (item !== null && item !== undefined) writeValue(writer, field, item);
    else if (field.kind !== 'bytes') writeNull(writer, field);
    // Of nil bytes there is only the key.
    if (field.kind !== 'bytes' || typeof item === 'string') writer.uint(MAP_VALUE);
    writer.string(key);
    writer.uint(MAP_KEY);
    writer.uint(writer.length - before);
    writer.uint(field.tag);
  }
}

/** Writes a value without its tag, but with its length where it has one. */
function writeValue(writer: WireWriter, field: Field, value: unknown): void {
  switch (field.kind) {
    case 'string':
      if (typeof value !== 'string') throw unfit(field, value);
      return writer.string(value);
    case 'bool':
      return writer.uint(value === true ? 1 : 0);
    case 'int32':
    case 'int64':
      if (typeof value !== 'bigint' && !Number.isInteger(value)) throw unfit(field, value);
      return writer.int(value as number | bigint);
    case 'double':
      return writer.double(Number(value));
    case 'bytes':
      if (typeof value !== 'string') throw unfit(field, value);
      return delimited(writer, Buffer.from(value, 'base64'));
    case 'message': {
      if (!isRecord(value)) throw unfit(field, value);
      const before = writer.length;
      writeMessage(writer, field.message, value);
      return writer.uint(writer.length - before);
    }
    default:
      return writeSpecial(writer, field, value);
  }
}

function delimited(writer: WireWriter, bytes: Uint8Array): void {
  writer.bytes(bytes);
  writer.uint(bytes.length);
}

/** Messages that are something else in JSON. */
function writeSpecial(writer: WireWriter, field: Field, value: unknown): void {
  const before = writer.length;
  switch (field.kind) {
    case 'time':
    case 'microTime': {
      if (typeof value !== 'string') throw unfit(field, value);
      const instant = instantOf(value);
      if (instant === undefined) throw unfit(field, value);
      // Times of full seconds have a fraction on the wire, too, and it is zero.
      if (instant.seconds !== ZERO_TIME || (field.kind === 'microTime' && instant.nanos !== 0)) {
        tagged(writer, 2, field.kind === 'time' ? 0 : instant.nanos);
        tagged(writer, 1, instant.seconds);
      }
      break;
    }
    case 'quantity':
      taggedText(writer, 1, String(value));
      break;
    case 'intOrString': {
      const isText = typeof value === 'string';
      taggedText(writer, 3, isText ? value : '');
      tagged(writer, 2, isText ? 0 : (value as number));
      tagged(writer, 1, isText ? 1 : 0);
      break;
    }
    case 'anyJson':
      taggedText(writer, 1, encodeJson(value));
      break;
    case 'strings':
      if (!Array.isArray(value)) throw unfit(field, value);
      taggedTexts(writer, 1, value);
      break;
    case 'schemaOrBool':
      if (isRecord(value)) taggedMessage(writer, 2, field.message, value);
      tagged(writer, 1, value === false ? 0 : 1);
      break;
    case 'schemaOrArray':
      if (Array.isArray(value)) for (const item of value.toReversed()) taggedMessage(writer, 2, field.message, isRecord(item) ? item : {});
      else if (isRecord(value)) taggedMessage(writer, 1, field.message, value);
      break;
    case 'schemaOrStrings':
      if (Array.isArray(value)) taggedTexts(writer, 2, value);
      else if (isRecord(value)) taggedMessage(writer, 1, field.message, value);
      break;
    default:
      throw new Error(`${field.name}: values of kind ${field.kind} are no messages`);
  }
  writer.uint(writer.length - before);
}

function tagged(writer: WireWriter, number: number, value: number): void {
  writer.int(value);
  writer.uint(number << 3);
}

function taggedText(writer: WireWriter, number: number, text: string): void {
  writer.string(text);
  writer.uint((number << 3) | LENGTH_DELIMITED);
}

function taggedTexts(writer: WireWriter, number: number, texts: readonly unknown[]): void {
  for (let index = texts.length - 1; index >= 0; index--) taggedText(writer, number, String(texts[index]));
}

function taggedMessage(writer: WireWriter, number: number, message: Message, value: Readonly<Record<string, unknown>>): void {
  const before = writer.length;
  writeMessage(writer, message, value);
  writer.uint(writer.length - before);
  writer.uint((number << 3) | LENGTH_DELIMITED);
}

function unfit(field: Field, value: unknown): Error {
  return new Error(`${field.name} holds ${encodeJson(value).slice(0, 80)}, which is no ${field.shape === 'one' ? field.kind : `${field.shape} of ${field.kind}`}: it can not be written as protobuf`);
}
