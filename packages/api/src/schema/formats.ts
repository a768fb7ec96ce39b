import { isCidr, isIpAddress, isMacAddress } from './address-formats.js';
import { parseGoUrl } from './go-url.js';
import { isMailAddress } from './mail-address.js';
import { isDate, isDateTime, isDuration } from './time-formats.js';

/**
 * Whether `text` is of `format`. Formats that a server does not know for the type are ignored ({@link knownFormat} tells which they are), so
 * this is asked only about known ones. Dashes in names do not count: `date-time` is `datetime`.
 */
export function isOfFormat(format: string, text: string): boolean {
  return STRING_FORMATS[normalize(format)]?.(text) ?? true;
}

/** The format if a server enforces it on values of these types; undefined where it is only documentation. */
export function knownFormat(format: string | undefined, types: readonly string[]): string | undefined {
  if (format === undefined || format === '') return undefined;
  const type = types.length === 1 ? types[0] : '';
  const known = type === '' || type === 'string' ? Object.hasOwn(STRING_FORMATS, normalize(format))
    : type === 'integer' ? format === 'int32' || format === 'int64'
    : type === 'number' ? format === 'float' || format === 'double'
    : false;
  return known ? format : undefined;
}

const UUID = (version: string, variant: string): RegExp => new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'i');
const BYTE = '(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])';
const matches = (pattern: RegExp) => (text: string): boolean => pattern.test(text);

const STRING_FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  bsonobjectid: matches(/^[0-9a-f]{24}$/i),
  uri: isRequestUri,
  email: isMailAddress,
  hostname: isHostname,
  ipv4: (text) => text.includes('.') && isIpAddress(text, { leadingZeros: true }),
  ipv6: (text) => text.includes(':') && isIpAddress(text, { leadingZeros: false }),
  cidr: isCidr,
  mac: isMacAddress,
  uuid: matches(UUID('[0-9a-f]', '[0-9a-f]')),
  uuid3: matches(UUID('3', '[0-9a-f]')),
  uuid4: matches(UUID('4', '[89ab]')),
  uuid5: matches(UUID('5', '[89ab]')),
  isbn: (text) => isIsbn10(text) || isIsbn13(text),
  isbn10: isIsbn10,
  isbn13: isIsbn13,
  creditcard: isCreditCard,
  ssn: matches(/^(?=.{11}$)\d{3}[- ]?\d{2}[- ]?\d{4}$/),
  hexcolor: matches(/^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/),
  rgbcolor: matches(new RegExp(`^rgb\\([\\t\\n\\f\\r ]*${BYTE}[\\t\\n\\f\\r ]*,[\\t\\n\\f\\r ]*${BYTE}[\\t\\n\\f\\r ]*,[\\t\\n\\f\\r ]*${BYTE}[\\t\\n\\f\\r ]*\\)$`)),
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/),
  password: () => true,
  date: isDate,
  duration: isDuration,
  datetime: isDateTime,
  k8sshortname: (text) => text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text),
  k8slongname: (text) => text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text),
};

function normalize(format: string): string {
  return format.replaceAll('-', '');
}

/** What Go's HTTP server would take in a request line. */
function isRequestUri(text: string): boolean {
  return !('problem' in parseGoUrl(text, { request: true }));
}

const LABEL = '[a-zA-Z0-9\\p{S}\\p{L}]';
const HOSTNAME = new RegExp(
  `^(?:${LABEL}(?:-?${LABEL}{0,62})?|(?:${LABEL}(?:[-a-zA-Z0-9\\p{S}\\p{L}]{0,61}${LABEL})?\\.){1,}[a-zA-Z\\p{L}]{2,63})$`, 'u');

function isHostname(text: string): boolean {
  return HOSTNAME.test(text) && byteLength(text) <= 255 && text.split('.').every((label) => byteLength(label) <= 63);
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\t\n\f\r -]+/g, '');
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false;
  const sum = [...digits].reduce((total, digit, index) => total + (index + 1) * (digit === 'X' ? 10 : Number(digit)), 0);
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\t\n\f\r -]+/g, '');
  if (!/^[0-9]{13}$/.test(digits)) return false;
  return [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0;
}

const CARD = /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  if (!CARD.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (doubled >= 10 ? (doubled % 10) + 1 : doubled);
  }, 0);
  return sum % 10 === 0;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
