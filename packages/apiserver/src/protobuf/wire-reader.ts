import { FIXED_32, FIXED_64, LENGTH_DELIMITED, VARINT } from './message.js';

/** Bytes that are not what they should be, in the words of Go's generated code. */
export class ProtobufError extends Error {}

const SHORT_TEXT = 24;

/** Reads the parts of a message one by one. Every read stays before `end`, which its callers hand on. */
export class WireReader {
  position = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** The number and wire type before a value. @throws ProtobufError */
  tag(end: number): number {
    const tag = this.uint(end);
    if (tag >= 0x80000000) throw new ProtobufError(`proto: illegal tag ${Math.floor(tag / 8)} (wire type ${tag % 8})`);
    return tag;
  }

  /** A number of up to 32 bits; higher bits are cut off, as Go cuts them off. */
  int32(end: number): number {
    const value = this.integer(end);
    return typeof value === 'number' ? value | 0 : Number(BigInt.asIntN(32, value));
  }

  /** Flags are true for everything but zero. */
  bool(end: number): boolean {
    return this.uint(end) !== 0;
  }

  /** A signed number: small ones, which are nearly all, as a number and others as a bigint. */
  integer(end: number): number | bigint {
    const start = this.position;
    const value = this.uint(end);
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.position = start;
    const exact = this.int64(end);
    return exact >= BigInt(Number.MIN_SAFE_INTEGER) && exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
  }

  /** The end of what a length counts. @throws ProtobufError when it lies behind `end` */
  length(end: number): number {
    const size = this.uint(end);
    if (size > Number.MAX_SAFE_INTEGER) throw new ProtobufError('proto: negative length found during unmarshaling');
    if (this.position + size > end) throw unexpectedEnd();
    return this.position + size;
  }

  double(end: number): number {
    const start = this.#advance(8, end);
    return this.#bytes.readDoubleLE(start);
  }

  /** A text up to `end`. */
  text(end: number): string {
    const start = this.position;
    this.position = end;
    if (end - start > SHORT_TEXT) return this.#bytes.toString('utf8', start, end);
    let text = '';
    for (let index = start; index < end; index++) {
      const byte = this.#bytes[index]!;
      if (byte >= 0x80) return this.#bytes.toString('utf8', start, end);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  base64(end: number): string {
    const start = this.position;
    this.position = end;
    return this.#bytes.toString('base64', start, end);
  }

  /** The bytes up to `end`, not copied. */
  slice(end: number): Buffer {
    const start = this.position;
    this.position = end;
    return this.#bytes.subarray(start, end);
  }

  /** Passes over a value of a field that nobody knows. @throws ProtobufError */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case VARINT:
        this.int64(end);
        return;
      case FIXED_64:
        this.#advance(8, end);
        return;
      case LENGTH_DELIMITED:
        this.position = this.length(end);
        return;
      case FIXED_32:
        this.#advance(4, end);
        return;
      case START_GROUP:
        return this.#skipGroup(end);
      default:
        throw new ProtobufError(wireType === END_GROUP ? 'proto: unexpected end of group' : `proto: illegal wireType ${wireType}`);
    }
  }

  #skipGroup(end: number): void {
    for (let open = 1; open > 0;) {
      const wireType = this.tag(end) & 7;
      if (wireType === START_GROUP) open++;
      else if (wireType === END_GROUP) open--;
      else this.skip(wireType, end);
    }
  }

  /** Not exact above what a double holds; {@link integer} reads those again. */
  uint(end: number): number {
    const bytes = this.#bytes;
    if (this.position < end && bytes[this.position]! < 0x80) return bytes[this.position++]!;
    let value = 0;
    for (let scale = 1, count = 0; ; scale *= 0x80, count++) {
      if (this.position >= end) throw unexpectedEnd();
      if (count === LONGEST_VARINT) throw new ProtobufError('proto: integer overflow');
      const byte = bytes[this.position++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  int64(end: number): bigint {
    let value = 0n;
    for (let shift = 0n, count = 0; ; shift += 7n, count++) {
      if (this.position >= end) throw unexpectedEnd();
      if (count === LONGEST_VARINT) throw new ProtobufError('proto: integer overflow');
      const byte = this.#bytes[this.position++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  }

  #advance(size: number, end: number): number {
    const start = this.position;
    if (start + size > end) throw unexpectedEnd();
    this.position += size;
    return start;
  }
}

const START_GROUP = 3;
const END_GROUP = 4;
const LONGEST_VARINT = 10;

function unexpectedEnd(): ProtobufError {
  return new ProtobufError('unexpected EOF');
}
