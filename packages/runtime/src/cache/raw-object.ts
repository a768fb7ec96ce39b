import { decodeJson, encodeJson, formatApiVersion, type KubeObject, type ObjectMeta, type ResourceKind } from '@kubewright/api';

/** Where things are in the bytes of an object; ends are exclusive. */
interface ObjectLayout {
  readonly metadata: Range;
  /** `metadata.managedFields` with one of its commas; empty when there is none. */
  readonly managedFields: Range;
}
type Range = readonly [start: number, end: number];

/**
 * An object as the bytes that came, of which only `metadata` is parsed, when somebody asks for it. It has its own copy of the bytes,
 * outside of the heap: nothing for the garbage collector to walk.
 */
export class RawObject implements KubeObject {
  #metadata: ObjectMeta | undefined;

  private constructor(private readonly of: ResourceKind<never>, readonly bytes: Buffer, private readonly range: Range) {}

  /** @param bytes of one object, as servers write it; they may be reused afterwards */
  static read(kind: ResourceKind<never>, bytes: Uint8Array, keepManagedFields: boolean): RawObject {
    const layout = layoutOf(bytes);
    if (!layout) return RawObject.from(kind, decodeJson(bytes) as KubeObject, keepManagedFields);
    const [cut, end] = keepManagedFields ? [0, 0] : layout.managedFields;
    const copy = Buffer.allocUnsafeSlow(bytes.byteLength - (end - cut));
    copy.set(bytes.subarray(0, cut), 0);
    copy.set(bytes.subarray(end), cut);
    return new RawObject(kind, copy, [layout.metadata[0], layout.metadata[1] - (end - cut)]);
  }

  /** The same of an object that has been parsed already. */
  static from(kind: ResourceKind<never>, object: KubeObject, keepManagedFields: boolean): RawObject {
    const { managedFields, ...metadata } = object.metadata;
    const bytes = Buffer.from(encodeJson({ ...object, metadata: managedFields && keepManagedFields ? object.metadata : metadata }));
    return new RawObject(kind, bytes, layoutOf(bytes)!.metadata);
  }

  get apiVersion(): string {
    return formatApiVersion(this.of.group, this.of.version);
  }

  get kind(): string {
    return this.of.kind;
  }

  get metadata(): ObjectMeta {
    return (this.#metadata ??= this.readMetadata());
  }

  /** Parsed anew with each call. */
  readMetadata(): ObjectMeta {
    return decodeJson(this.bytes.subarray(...this.range)) as ObjectMeta;
  }

  /** Parsed anew with each call. */
  parse(): KubeObject {
    const object = decodeJson(this.bytes) as KubeObject;
    return object.apiVersion && object.kind ? object : { apiVersion: this.apiVersion, kind: this.kind, ...object };
  }

  /** Lets go of what was parsed. */
  forget(): this {
    this.#metadata = undefined;
    return this;
  }
}

/** The bytes without `metadata.managedFields`, which are half of many an object: cutting them costs less than parsing them. */
export function cutManagedFields(bytes: Uint8Array): Uint8Array {
  const [start, end] = layoutOf(bytes)?.managedFields ?? [0, 0];
  if (start === end) return bytes;
  const rest = Buffer.allocUnsafe(bytes.byteLength - (end - start));
  rest.set(bytes.subarray(0, start), 0);
  rest.set(bytes.subarray(end), start);
  return rest;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const METADATA = Buffer.from('"metadata"');
const MANAGED_FIELDS = Buffer.from('"managedFields"');

/** Undefined for bytes that are not written as servers do, without a space: then only a parser can tell. Most of an object is never looked at. */
function layoutOf(bytes: Uint8Array): ObjectLayout | undefined {
  const metadata = memberOf(bytes, 0, METADATA);
  if (!metadata || bytes[metadata.start] !== OPEN_BRACE) return undefined;
  const managed = memberOf(bytes, metadata.start, MANAGED_FIELDS);
  if (!managed) return undefined;
  if (managed.key < 0) return { metadata: [metadata.start, managed.end], managedFields: [0, 0] };
  // It is the last member, nearly always.
  const end = bytes[managed.end] === CLOSE_BRACE ? managed.end + 1 : endOfValue(bytes, metadata.start);
  const follows = bytes[managed.end] === COMMA;
  const cut: Range = bytes[managed.key - 1] === COMMA ? [managed.key - 1, managed.end] : [managed.key, follows ? managed.end + 1 : managed.end];
  return { metadata: [metadata.start, end], managedFields: cut };
}

interface Member {
  /** Where its key begins; -1 when the object ended (at `end`) without it. */
  readonly key: number;
  readonly start: number;
  readonly end: number;
}

/** Finds a member of the object that begins at `open`, without looking into the others. */
function memberOf(bytes: Uint8Array, open: number, name: Uint8Array): Member | undefined {
  if (bytes[open] !== OPEN_BRACE) return undefined;
  if (bytes[open + 1] === CLOSE_BRACE) return { key: -1, start: 0, end: open + 2 };
  for (let at = open + 1; ; at++) {
    if (bytes[at] !== QUOTE) return undefined;
    const key = at;
    const afterKey = endOfString(bytes, at);
    if (bytes[afterKey] !== COLON) return undefined;
    const wanted = afterKey - key === name.length && name.every((byte, index) => bytes[key + index] === byte);
    // The value of `metadata` itself need not be passed over: its end is found by whoever looks into it.
    const end = wanted && name === METADATA ? afterKey + 1 : endOfValue(bytes, afterKey + 1);
    if (end < 0) return undefined;
    if (wanted) return { key, start: afterKey + 1, end };
    at = end;
    if (bytes[at] === CLOSE_BRACE) return { key: -1, start: 0, end: at + 1 };
    if (bytes[at] !== COMMA) return undefined;
  }
}

/** Where the value that begins at `at` ends; -1 when the bytes end before. */
function endOfValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    for (let depth = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = endOfString(bytes, at) - 1;
        if (at < 0) return -1;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1;
    }
    return -1;
  }
  for (; at < bytes.length; at++) if (bytes[at] === COMMA || bytes[at] === CLOSE_BRACE) return at;
  return -1;
}

/** One past the closing quote; -1 when there is none. */
function endOfString(bytes: Uint8Array, open: number): number {
  for (let at = open + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return -1;
}
