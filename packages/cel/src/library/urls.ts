import { goQueryValues, parseGoUrl, splitGoHost, type GoUrl } from '@kubewright/api';

import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { ArrayList, EntryMap, OpaqueValue, type Value } from '../value/value.js';

/** An absolute URL or path, in the parts that may be asked for. */
export class Url extends OpaqueValue {
  readonly typeName = 'kubernetes.URL';

  constructor(readonly text: string, readonly parts: GoUrl) {
    super();
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Url && other.text === this.text;
  }
}

/** `url('https://…')` and its parts. */
export const URLS: readonly Overload[] = [
  overload('url(string): URL', (text: string) => {
    const parts = parseGoUrl(text, { request: true });
    if ('problem' in parts) throw new CelEvaluationError(`URL parse error during conversion from string: ${parts.problem}`);
    return new Url(text, parts);
  }),
  overload('isURL(string): bool', (text: string) => !('problem' in parseGoUrl(text, { request: true }))),
  overload('URL.getScheme(): string', ({ parts }: Url) => parts.scheme),
  overload('URL.getHost(): string', ({ parts }: Url) => parts.host),
  overload('URL.getHostname(): string', ({ parts }: Url) => splitGoHost(parts.host).hostname),
  overload('URL.getPort(): string', ({ parts }: Url) => splitGoHost(parts.host).port),
  overload('URL.getEscapedPath(): string', ({ parts }: Url) => parts.escapedPath),
  overload('URL.getQuery(): map(string, list(string))', ({ parts }: Url) =>
    EntryMap.of([...goQueryValues(parts.query)].map(([key, list]): [Value, Value] => [key, new ArrayList(list)]))),
];
