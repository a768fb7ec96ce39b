import { goQuote } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { ArrayList, EntryMap, OpaqueValue, type Value } from '../value/value.js';

/** An absolute URL or path, in the parts that may be asked for. */
export class Url extends OpaqueValue {
  readonly typeName = 'kubernetes.URL';
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;

  constructor(readonly text: string) {
    super();
    const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/.exec(text)!;
    this.scheme = (match[1] ?? '').toLowerCase();
    const authority = match[2] ?? '';
    this.host = authority.slice(authority.lastIndexOf('@') + 1);
    this.path = match[3] ?? '';
    this.query = match[4] ?? '';
  }

  get hostname(): string {
    const bracketed = /^\[([^\]]*)\]/.exec(this.host)?.[1];
    return bracketed ?? this.host.replace(/:\d*$/, '');
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host.replace(/^\[[^\]]*\]/, ''))?.[1] ?? '';
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Url && other.text === this.text;
  }
}

/** `url('https://…')` and its parts. */
export const URLS: readonly Overload[] = [
  overload('url(string): URL', (text: string) => {
    if (!isUrl(text)) throw new CelEvaluationError(`URL parse error during conversion from string: parse ${goQuote(text)}: ${text === '' ? 'empty url' : 'invalid URI for request'}`);
    return new Url(text);
  }),
  overload('isURL(string): bool', isUrl),
  overload('URL.getScheme(): string', ({ scheme }: Url) => scheme),
  overload('URL.getHost(): string', ({ host }: Url) => host),
  overload('URL.getHostname(): string', ({ hostname }: Url) => hostname),
  overload('URL.getPort(): string', ({ port }: Url) => port),
  overload('URL.getEscapedPath(): string', ({ path }: Url) => path.replace(/[^!-~]/gu, (char) => encodeURIComponent(char))),
  overload('URL.getQuery(): map(string, list(string))', ({ query }: Url) => {
    const values = new Map<string, string[]>();
    for (const [key, value] of new URLSearchParams(query)) values.set(key, [...(values.get(key) ?? []), value]);
    return EntryMap.of([...values].map(([key, list]): [Value, Value] => [key, new ArrayList(list)]));
  }),
];

/** What may stand in the request line of HTTP: an absolute URL or an absolute path, without control characters. */
function isUrl(text: string): boolean {
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text)) return false;
  const [beforeQuery = ''] = text.split('?', 1);
  if (/%(?![0-9A-Fa-f]{2})/.test(beforeQuery)) return false;
  if (text.startsWith('/')) return true;
  const [, rest] = /^[A-Za-z][A-Za-z0-9+.-]*:(.*)$/su.exec(text) ?? [];
  if (rest === undefined) return false;
  // Without a slash, what follows the scheme is opaque.
  if (!rest.startsWith('//')) return true;
  const authority = /^\/\/([^/?]*)/.exec(rest)![1]!;
  const user = authority.slice(0, Math.max(0, authority.lastIndexOf('@')));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (user !== '' && !/^[A-Za-z0-9\-._~!$&'()*+,;=:%@]*$/.test(user)) return false;
  return host.startsWith('[') ? /^\[[^\]]*\](?::\d*)?$/.test(host) : /^[^\s"<>\\^`{|}[\]:]*(?::\d*)?$/.test(host);
}
