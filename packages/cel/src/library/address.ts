import { goQuote } from '@kubewright/api';

/** Why a text is no address, in Go's words. */
export class AddressFault extends Error {}

/** The four or sixteen bytes of an address. A zone (`%eth0`) may follow IPv6. @throws AddressFault */
export function parseAddress(text: string): Uint8Array {
  const kind = /[.:%]/.exec(text)?.[0];
  if (kind === '.') return parseIpv4(text, text);
  if (kind === ':') return parseIpv6(text);
  throw fault(text, kind === '%' ? 'missing IPv6 address' : 'unable to parse IP');
}

/** `10.0.0.0/8` @throws AddressFault */
export function parsePrefix(text: string): { bytes: Uint8Array; prefix: number } {
  const bad = (message: string): AddressFault => new AddressFault(`netip.ParsePrefix(${goQuote(text)}): ${message}`);
  const slash = text.lastIndexOf('/');
  if (slash < 0) throw bad("no '/'");
  let bytes: Uint8Array;
  try {
    bytes = parseAddress(text.slice(0, slash));
  } catch (error) {
    throw error instanceof AddressFault ? bad(error.message) : error;
  }
  if (text.includes('%')) throw bad('IPv6 zones cannot be present in a prefix');
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d*)$/.test(bits)) throw bad(`bad bits after slash: ${goQuote(bits)}`);
  if (Number(bits) > bytes.length * 8) throw bad('prefix length out of range');
  return { bytes, prefix: Number(bits) };
}

/** The canonical text: no leading zeros, and the longest run of zero groups as `::`. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (bytes[index * 2]! << 8) | bytes[index * 2 + 1]!);
  let [best, length] = [-1, 1];
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > length) [best, length] = [start, end - start];
  }
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + length))}`;
}

function fault(text: string, message: string, rest?: string): AddressFault {
  return new AddressFault(`ParseAddr(${goQuote(text)}): ${message}${rest === undefined ? '' : ` (at ${goQuote(rest)})`}`);
}

function parseIpv4(whole: string, text: string): Uint8Array {
  const bytes: number[] = [];
  let digits = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (/\d/.test(char)) {
      if (digits === '0') throw fault(whole, 'IPv4 field has octet with leading zero');
      digits += char;
      if (Number(digits) > 255) throw fault(whole, 'IPv4 field has value >255');
    } else if (char === '.') {
      if (digits === '' || at === text.length - 1) throw fault(whole, 'IPv4 field must have at least one digit', text.slice(at));
      if (bytes.length === 3) throw fault(whole, 'IPv4 address too long');
      bytes.push(Number(digits));
      digits = '';
    } else throw fault(whole, 'unexpected character', text.slice(at));
  }
  if (bytes.length < 3) throw fault(whole, 'IPv4 address too short');
  return Uint8Array.from([...bytes, Number(digits)]);
}

function parseIpv6(whole: string): Uint8Array {
  const percent = whole.indexOf('%');
  if (percent === whole.length - 1 && percent >= 0) throw fault(whole, 'zone must be a non-empty string');
  let text = percent < 0 ? whole : whole.slice(0, percent);
  const bytes: number[] = [];
  let ellipsis = -1;
  if (text.startsWith('::')) {
    ellipsis = 0;
    text = text.slice(2);
  }
  while (text !== '' && bytes.length < 16) {
    const group = /^[0-9a-fA-F]*/.exec(text)![0];
    if (group.length > 4 && !text.slice(group.length).startsWith('.')) throw fault(whole, 'each group must have 4 or less digits', text);
    if (group === '') throw fault(whole, 'each colon-separated field must have at least one digit', text);
    if (text[group.length] === '.') {
      if (ellipsis < 0 && bytes.length !== 12) throw fault(whole, 'embedded IPv4 address must replace the final 2 fields of the address', text);
      if (bytes.length + 4 > 16) throw fault(whole, 'too many hex fields to fit an embedded IPv4 at the end of the address', text);
      bytes.push(...parseIpv4(whole, text));
      text = '';
      break;
    }
    bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    text = text.slice(group.length);
    if (text === '') break;
    if (text[0] !== ':') throw fault(whole, 'unexpected character, want colon', text);
    if (text.length === 1) throw fault(whole, 'colon must be followed by more characters', text);
    text = text.slice(1);
    if (text[0] === ':') {
      if (ellipsis >= 0) throw fault(whole, 'multiple :: in address', text);
      ellipsis = bytes.length;
      text = text.slice(1);
    }
  }
  if (text !== '') throw fault(whole, 'trailing garbage after address', text);
  if (bytes.length === 16) {
    if (ellipsis >= 0) throw fault(whole, 'the :: must expand to at least one field of zeros');
  } else {
    if (ellipsis < 0) throw fault(whole, 'address string too short');
    bytes.splice(ellipsis, 0, ...new Array<number>(16 - bytes.length).fill(0));
  }
  return Uint8Array.from(bytes);
}
