import { isIpAddress } from './address-formats.js';
import { goQuote } from './go-text.js';

/**
 * A URL as Go's net/url takes it apart. It is more tolerant than the standard that JavaScript's URL follows, and what a server takes for one is
 * what Go does.
 */
export interface GoUrl {
  readonly scheme: string;
  /** What follows the scheme where that is no path: `mailto:a@b`. */
  readonly opaque: string;
  /** As it was written; undefined without an `@`. */
  readonly user: string | undefined;
  /** Name and port, unescaped. */
  readonly host: string;
  readonly escapedPath: string;
  readonly query: string;
  readonly fragment: string;
}

/**
 * @param options.request whether the URL is one that a request line may carry: absolute, or a path that begins with a slash
 * @returns what Go says is wrong (`parse ":": missing protocol scheme`), or the parts
 */
export function parseGoUrl(text: string, options: { readonly request?: boolean } = {}): GoUrl | { readonly problem: string } {
  try {
    const hash = options.request ? -1 : text.indexOf('#');
    if (hash < 0) return { ...parse(text, options.request ?? false), fragment: '' };
    const url = parse(text.slice(0, hash), false);
    checkEscapes(text.slice(hash + 1), 'part', text);
    return { ...url, fragment: text.slice(hash + 1) };
  } catch (error) {
    if (error instanceof UrlProblem) return { problem: `parse ${goQuote(error.url ?? (options.request ? text : text.split('#', 1)[0]!))}: ${error.message}` };
    throw error;
  }
}

/** Hostname and port of a {@link GoUrl}, without the brackets of an IPv6 address. */
export function splitGoHost(host: string): { readonly hostname: string; readonly port: string } {
  const [, hostname = host, port = ''] = /^([^]*?)(?::(\d*))?$/.exec(host) ?? [];
  const isBracketed = hostname.startsWith('[') && hostname.endsWith(']');
  return { hostname: isBracketed ? hostname.slice(1, -1) : hostname, port };
}

/** Keys and values of a query, in order; what is broken is left out. */
export function goQueryValues(query: string): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const equals = part.indexOf('=');
    const [key, value] = (equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]).map((item) => item.replaceAll('+', ' '));
    if (BROKEN_ESCAPE.test(key!) || BROKEN_ESCAPE.test(value!)) continue;
    const name = unescape(key!);
    values.set(name, [...(values.get(name) ?? []), unescape(value!)]);
  }
  return values;
}

class UrlProblem extends Error {
  /** @param url that is named, if not the one without its fragment */
  constructor(message: string, readonly url?: string) {
    super(message);
  }
}

function parse(text: string, isRequest: boolean): Omit<GoUrl, 'fragment'> {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw new UrlProblem('net/url: invalid control character in URL');
  if (text === '' && isRequest) throw new UrlProblem('empty url');
  const none = { scheme: '', opaque: '', user: undefined, host: '', escapedPath: '', query: '' };
  if (text === '*') return { ...none, escapedPath: '*' };
  if (text.startsWith(':')) throw new UrlProblem('missing protocol scheme');
  const colon = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(text)?.[0].length ?? 0;
  const scheme = text.slice(0, Math.max(0, colon - 1)).toLowerCase();
  const mark = text.indexOf('?', colon);
  let rest = mark < 0 ? text.slice(colon) : text.slice(colon, mark);
  const query = mark < 0 ? '' : text.slice(mark + 1);
  const url = { ...none, scheme, query };
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { ...url, opaque: rest };
    if (isRequest) throw new UrlProblem('invalid URI for request');
    if (rest.split('/', 1)[0]!.includes(':')) throw new UrlProblem('first path segment in URL cannot contain colon');
  }
  let authority: Pick<GoUrl, 'user' | 'host'> = { user: undefined, host: '' };
  if (rest.startsWith('//') && (scheme !== '' || (!isRequest && !rest.startsWith('///')))) {
    const slash = rest.indexOf('/', 2);
    authority = parseAuthority(scheme, slash < 0 ? rest.slice(2) : rest.slice(2, slash));
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  checkEscapes(rest, 'part');
  return { ...url, ...authority, escapedPath: VALID_PATH.test(rest) ? rest : escapePath(unescape(rest)) };
}

function parseAuthority(scheme: string, authority: string): Pick<GoUrl, 'user' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { user: undefined, host };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new UrlProblem('net/url: invalid userinfo');
  checkEscapes(user, 'part');
  return { user, host };
}

function parseHost(scheme: string, host: string): string {
  const open = host.lastIndexOf('[');
  if (open > 0) throw new UrlProblem('invalid IP-literal');
  if (open < 0) {
    const isStrict = scheme === 'http' || scheme === 'https';
    const colon = isStrict ? host.indexOf(':') : host.lastIndexOf(':');
    if (colon >= 0) checkPort(host.slice(colon));
    checkEscapes(host, 'host');
    return unescape(host);
  }
  const close = host.lastIndexOf(']');
  if (close < 0) throw new UrlProblem("missing ']' in host");
  const port = host.slice(close + 1);
  checkPort(port);
  const name = host.slice(1, close);
  const zone = name.indexOf('%25');
  checkEscapes(zone < 0 ? name : name.slice(0, zone), 'host');
  if (zone >= 0) checkEscapes(name.slice(zone), 'zone');
  const address = unescape(name);
  const [bare = '', named] = address.split(/%([^]*)/, 2);
  const isAddress = isIpAddress(bare, { leadingZeros: false }) && named !== '' && (named === undefined || bare.includes(':'));
  if (!isAddress) throw new UrlProblem(`invalid host: ParseAddr(${goQuote(address)}): unable to parse IP`);
  if (!bare.includes(':')) throw new UrlProblem('invalid IP-literal');
  return `[${address}]${port}`;
}

function checkPort(port: string): void {
  if (!/^(?::\d*)?$/.test(port)) throw new UrlProblem(`invalid port ${goQuote(port)} after host`);
}

/** What of ASCII a host is made of. */
const HOST_CHARACTER = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"]$/;

/** Each percent sign begins an escape; in hosts only what is not ASCII is escaped, and what no host holds is refused. */
function checkEscapes(text: string, kind: 'part' | 'host' | 'zone', url?: string): void {
  for (const [found, digits] of text.matchAll(/%([0-9A-Fa-f]{2})?|[\u0000-\u007f]/g)) {
    if (found.startsWith('%')) {
      const { index } = text.matchAll(/%(?![0-9A-Fa-f]{2})/g).next().value ?? { index: -1 };
      if (digits === undefined) throw new UrlProblem(`invalid URL escape ${goQuote(text.slice(index, index + 3))}`, url);
      const code = Number.parseInt(digits, 16);
      const isRight = kind === 'part' || digits === '25' || (kind === 'host' ? code >= 0x80 : code === 0x20 || HOST_CHARACTER.test(String.fromCharCode(code)));
      if (!isRight) throw new UrlProblem(`invalid URL escape ${goQuote(found)}`);
    } else if (kind !== 'part' && !HOST_CHARACTER.test(found)) {
      throw new UrlProblem(`invalid character ${goQuote(found)} in host name`);
    }
  }
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

function unescape(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [found, digits, plain = ''] of text.matchAll(/%([0-9A-Fa-f]{2})|([^%]+)/g)) {
    if (found.startsWith('%')) bytes.push(Number.parseInt(digits!, 16));
    else bytes.push(...encoder.encode(plain));
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

/** A path that stays as it was written. */
const VALID_PATH = /^[A-Za-z0-9\-_.~!$&'()*+,;=:@[\]/%]*$/;

function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, (char) =>
    [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}
