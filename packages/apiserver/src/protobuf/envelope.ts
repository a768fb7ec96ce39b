import { findMessage, LENGTH_DELIMITED, messageOf, type Message } from './message.js';
import { readMessage } from './read-message.js';
import { ProtobufError, WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';
import { writeMessage } from './write-message.js';

/** `k8s` and the number of the only way to go on: with a message that names its type and holds the object. */
const PREFIX = Buffer.from('k8s\0');

/** An object as it came, still in bytes. */
export interface Envelope {
  /** Empty where the sender has left them out. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** An object of a built-in type (a list or a Status as well) in its envelope; undefined for a type that has no protobuf form. */
export function encodeProtobuf(object: unknown): Buffer | undefined {
  const typed = object as Partial<Envelope>;
  const message = messageOf(typed.apiVersion ?? '', typed.kind ?? '');
  if (message === undefined) return undefined;
  writer.reset();
  writeEnvelope(message, typed);
  return writer.toBytes();
}

/** One event of a watch with its length before it; undefined for a type that has no protobuf form. */
export function encodeProtobufFrame(type: string, object: unknown): Buffer | undefined {
  const typed = object as Partial<Envelope>;
  const message = messageOf(typed.apiVersion ?? '', typed.kind ?? '');
  if (message === undefined) return undefined;
  writer.reset();
  writeEnvelope(message, typed);
  endField(1, 0); // RawExtension.raw
  endField(2, 0); // WatchEvent.object
  writer.string(type);
  writer.uint((1 << 3) | LENGTH_DELIMITED);
  writer.uint32(writer.length);
  return writer.toBytes();
}

/** Opens what a client has sent. @throws ProtobufError in the words of the real server */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length === 0) throw new ProtobufError('empty data');
  if (!PREFIX.equals(bytes.subarray(0, PREFIX.length))) throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  if (bytes.length === PREFIX.length) throw new ProtobufError('empty body');
  const reader = new WireReader(bytes);
  reader.position = PREFIX.length;
  const typeMeta: { apiVersion?: string; kind?: string } = {};
  let raw: Uint8Array = new Uint8Array();
  while (reader.position < reader.size) {
    const tag = reader.tag(reader.size);
    if (tag === 10) readMessage(reader, reader.length(reader.size), (typeMetaMessage ??= findMessage('k8s.io.apimachinery.pkg.runtime.TypeMeta')!), typeMeta);
    else if (tag === 18) raw = reader.slice(reader.length(reader.size));
    else reader.skip(tag & 7, reader.size);
  }
  return { apiVersion: typeMeta.apiVersion ?? '', kind: typeMeta.kind ?? '', raw };
}

/** The object of an {@link Envelope}, without apiVersion and kind. @throws ProtobufError */
export function readRaw(raw: Uint8Array, message: Message): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  readMessage(new WireReader(raw), raw.length, message, object);
  return object;
}

// One for the process: writing is synchronous and starts with a reset.
const writer = new WireWriter();
let typeMetaMessage: Message | undefined;

function writeEnvelope(message: Message, object: Partial<Envelope>): void {
  for (const number of [4, 3]) { // contentType and contentEncoding, which nobody uses
    writer.uint(0);
    writer.uint((number << 3) | LENGTH_DELIMITED);
  }
  const afterRaw = writer.length;
  writeMessage(writer, message, object as Readonly<Record<string, unknown>>);
  endField(2, afterRaw);
  const afterTypeMeta = writer.length;
  writer.string(object.kind ?? '');
  writer.uint((2 << 3) | LENGTH_DELIMITED);
  writer.string(object.apiVersion ?? '');
  writer.uint((1 << 3) | LENGTH_DELIMITED);
  endField(1, afterTypeMeta);
  writer.bytes(PREFIX);
}

/** Puts number and length before everything that was written since `length`. */
function endField(number: number, length: number): void {
  writer.uint(writer.length - length);
  writer.uint((number << 3) | LENGTH_DELIMITED);
}
