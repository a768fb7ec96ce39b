import { goQuote } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { OpaqueValue } from '../value/value.js';
import { AddressFault, formatAddress, parseAddress, parsePrefix } from './address.js';

/** An IPv4 or IPv6 address as its bytes. */
export class Ip extends OpaqueValue {
  readonly typeName = 'net.IP';

  constructor(readonly bytes: Uint8Array) {
    super();
  }

  override get costSize(): number {
    return this.bytes.length;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Ip && equalBytes(other.bytes, this.bytes);
  }
}

/** A range of addresses: an address and how many of its bits count. */
export class Cidr extends OpaqueValue {
  readonly typeName = 'net.CIDR';

  constructor(readonly bytes: Uint8Array, readonly prefix: number) {
    super();
  }

  override get costSize(): number {
    return Math.ceil(this.prefix / 8);
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Cidr && other.prefix === this.prefix && equalBytes(other.bytes, this.bytes);
  }

  masked(): Cidr {
    return new Cidr(this.bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, this.prefix - index * 8)) & 0xff)), this.prefix);
  }

  contains(bytes: Uint8Array): boolean {
    return bytes.length === this.bytes.length && equalBytes(new Cidr(bytes, this.prefix).masked().bytes, this.masked().bytes);
  }
}

/** `ip('10.0.0.1')`, `cidr('10.0.0.0/8')` and what may be asked of them. */
export const NETWORK: readonly Overload[] = [
  overload('ip(string): IP', toIp),
  overload('isIP(string): bool', (text: string) => succeeds(() => toIp(text))),
  overload('ip.isCanonical(string): bool', (text: string) => formatAddress(toIp(text).bytes) === text),
  overload('string(IP): string', ({ bytes }: Ip) => formatAddress(bytes)),
  overload('IP.family(): int', ({ bytes }: Ip) => (bytes.length === 4 ? 4n : 6n)),
  overload('IP.isUnspecified(): bool', ({ bytes }: Ip) => bytes.every((byte) => byte === 0)),
  overload('IP.isLoopback(): bool', ({ bytes }: Ip) => isLoopback(bytes)),
  overload('IP.isLinkLocalMulticast(): bool', ({ bytes }: Ip) => isLinkLocalMulticast(bytes)),
  overload('IP.isLinkLocalUnicast(): bool', ({ bytes }: Ip) => isLinkLocalUnicast(bytes)),
  overload('IP.isGlobalUnicast(): bool', ({ bytes }: Ip) => {
    const isBroadcast = bytes.length === 4 && bytes.every((byte) => byte === 255);
    return !isBroadcast && !bytes.every((byte) => byte === 0) && !isLoopback(bytes) && !isMulticast(bytes) && !isLinkLocalUnicast(bytes);
  }),
  overload('cidr(string): CIDR', (text: string) => toCidr(text, 'network address parse error during conversion from string: ')),
  overload('isCIDR(string): bool', (text: string) => succeeds(() => toCidr(text, ''))),
  overload('string(CIDR): string', ({ bytes, prefix }: Cidr) => `${formatAddress(bytes)}/${prefix}`),
  overload('CIDR.containsIP(string): bool', (range: Cidr, text: string) => range.contains(orNoOverload(() => toIp(text)).bytes)),
  overload('CIDR.containsIP(IP): bool', (range: Cidr, address: Ip) => range.contains(address.bytes)),
  overload('CIDR.containsCIDR(string): bool', (range: Cidr, text: string) => containsRange(range, toCidr(text, 'network address parse error during conversion from string: '))),
  overload('CIDR.containsCIDR(CIDR): bool', containsRange),
  overload('CIDR.ip(): IP', ({ bytes }: Cidr) => new Ip(bytes)),
  overload('CIDR.prefixLength(): int', ({ prefix }: Cidr) => BigInt(prefix)),
  overload('CIDR.masked(): CIDR', (range: Cidr) => range.masked()),
];

function toIp(text: string): Ip {
  let bytes: Uint8Array;
  try {
    bytes = parseAddress(text);
  } catch (fault) {
    if (!(fault instanceof AddressFault)) throw fault;
    throw new CelEvaluationError(`IP Address ${goQuote(text)} parse error during conversion from string: ${fault.message}`);
  }
  if (text.includes('%')) throw new CelEvaluationError(`IP address ${goQuote(text)} with zone value is not allowed`);
  if (isMapped(bytes)) throw new CelEvaluationError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
  return new Ip(bytes);
}

function toCidr(text: string, context: string): Cidr {
  try {
    const { bytes, prefix } = parsePrefix(text);
    if (isMapped(bytes)) throw new CelEvaluationError(`${context}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
    return new Cidr(bytes, prefix);
  } catch (fault) {
    if (!(fault instanceof AddressFault)) throw fault;
    throw new CelEvaluationError(`${context}network address parse error during conversion from string: ${fault.message}`);
  }
}

/** A text that is no address is told as an argument of a wrong type. */
function orNoOverload<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof CelEvaluationError ? new CelEvaluationError('no such overload') : error;
  }
}

function succeeds(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof CelEvaluationError) return false;
    throw error;
  }
}

function containsRange(range: Cidr, other: Cidr): boolean {
  return range.prefix <= other.prefix && range.contains(other.bytes);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
}

function isLoopback(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

function isMulticast(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? (bytes[0]! & 0xf0) === 0xe0 : bytes[0] === 0xff;
}

function isLinkLocalMulticast(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 0xff && (bytes[1]! & 0x0f) === 2;
}

function isLinkLocalUnicast(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}
