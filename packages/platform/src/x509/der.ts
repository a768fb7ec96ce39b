/** One value in the Distinguished Encoding Rules of ASN.1 (X.690): tag, length, content. Only what certificates are made of. */

/** Tag, definite length, content. */
export function tagged(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.byteLength, 0);
  return Buffer.concat([Uint8Array.of(tag), encodedLength(length), ...content]);
}

export const sequence = (...items: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...items);

/** A set's members are ordered by their encoding, else signatures over it differ between writers. */
export const set = (...items: readonly Uint8Array[]): Uint8Array => tagged(0x31, ...[...items].sort(Buffer.compare));

export const boolean = (value: boolean): Uint8Array => tagged(0x01, Uint8Array.of(value ? 0xff : 0x00));

export const octetString = (content: Uint8Array): Uint8Array => tagged(0x04, content);

export const utf8String = (text: string): Uint8Array => tagged(0x0c, Buffer.from(text, 'utf8'));

/** A whole number of bytes. */
export const bitString = (content: Uint8Array): Uint8Array => tagged(0x03, Uint8Array.of(0), content);

/** `[tag]` around whole encodings. */
export const explicit = (tag: number, ...content: readonly Uint8Array[]): Uint8Array => tagged(0xa0 | tag, ...content);

/** `[tag]` in place of a primitive type's own tag. */
export const implicit = (tag: number, content: Uint8Array): Uint8Array => tagged(0x80 | tag, content);

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return tagged(0x02, digits[0]! & 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

/** Named bits, the first one being bit 0; trailing zero bits are dropped as DER asks. */
export function namedBits(bits: readonly number[]): Uint8Array {
  const last = Math.max(-1, ...bits);
  const bytes = new Uint8Array(Math.ceil((last + 1) / 8));
  for (const bit of bits) bytes[bit >> 3]! |= 0x80 >> (bit & 7);
  return tagged(0x03, Uint8Array.of(bytes.length * 8 - (last + 1)), bytes);
}

/** `1.2.840.10045.4.3.2` */
export function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** UTCTime up to 2049 and GeneralizedTime from then on, in seconds (RFC 5280, 4.1.2.5). */
export function time(milliseconds: number): Uint8Array {
  const digits = new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:T]/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

function encodedLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}
