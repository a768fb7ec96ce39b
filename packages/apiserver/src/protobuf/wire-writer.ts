/** Shorter texts are written faster here than by the call into the engine. */
const SHORT_TEXT = 40;
const FIRST_SIZE = 16 * 1024;
/** A larger buffer is given away with what was written, not copied. */
const KEPT_SIZE = 1024 * 1024;

/**
 * Writes protobuf from its end to its beginning: a length stands before what it counts, so that nothing has to be measured first.
 * One writer serves one message after the other.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #start = FIRST_SIZE;

  /** How much is written; the difference of two is the length of what was written between them. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** What was written since {@link reset}; it ends the message. */
  toBytes(): Buffer {
    const written = this.#buffer.subarray(this.#start);
    if (this.#buffer.length <= KEPT_SIZE) return Buffer.from(written);
    this.#buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
    return written;
  }

  reset(): void {
    this.#start = this.#buffer.length;
  }

  /** A whole number from zero up that a double holds exactly: lengths, tags and most values. */
  uint(value: number): void {
    this.#reserve(10);
    if (value < 0x80) {
      this.#buffer[--this.#start] = value;
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#start -= size;
    let position = this.#start;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#buffer[position++] = (rest % 0x80) | 0x80;
    this.#buffer[position] = rest;
  }

  /** Any 64-bit number; negative ones take ten bytes. */
  int(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0) return this.uint(value);
    const groups: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 0x80n; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
    groups.push(Number(rest));
    this.bytes(Uint8Array.from(groups));
  }

  double(value: number): void {
    this.#reserve(8);
    this.#start -= 8;
    this.#buffer.writeDoubleLE(value, this.#start);
  }

  /** Four bytes with the most significant first, as frames of a stream are counted. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#start -= 4;
    this.#buffer.writeUInt32BE(value, this.#start);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#start -= value.length;
    this.#buffer.set(value, this.#start);
  }

  /** A text behind its length. */
  string(text: string): void {
    if (text.length > SHORT_TEXT || !this.#ascii(text)) this.#utf8(text);
  }

  #ascii(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const buffer = this.#buffer;
    const start = this.#start - length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x80) return false;
      buffer[start + index] = code;
    }
    buffer[start - 1] = length;
    this.#start = start - 1;
    return true;
  }

  #utf8(text: string): void {
    const size = Buffer.byteLength(text);
    this.#reserve(size);
    this.#start -= size;
    this.#buffer.write(text, this.#start, size, 'utf8');
    this.uint(size);
  }

  #reserve(size: number): void {
    if (this.#start >= size) return;
    const written = this.length;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, written + size + FIRST_SIZE));
    larger.set(this.#buffer.subarray(this.#start), larger.length - written);
    this.#start = larger.length - written;
    this.#buffer = larger;
  }
}
