import type { UserInfo } from '../authn/user-info.js';
import type { Credentials } from '../authn/authenticator.js';
import type { Query } from './query.js';

/** One request as a listener hands it over. */
export interface ServerRequest {
  /** Upper case. */
  readonly method: string;
  /** Path with query. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Reads the body. @throws ApiError RequestEntityTooLarge */
  readonly body: () => Promise<Uint8Array>;
  readonly certificate?: Credentials['certificate'];
  readonly identity?: UserInfo;
  /** Aborts when the client has gone; a watch ends then. */
  readonly signal: AbortSignal;
}

/** The answer to one request. */
export interface ServerResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Frames of a watch come one by one; the producer ends when the reader returns. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** One value of a header, the first where there are more. */
export function headerOf(request: Pick<ServerRequest, 'headers'>, name: string): string {
  const value = request.headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}

/** A text answer. */
export function textResponse(status: number, text: string): ServerResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body: Buffer.from(text) };
}

/** Browsers and tools on the command line get JSON that people can read, unless the query says otherwise. */
export function wantsPretty(request: Pick<ServerRequest, 'headers'>, query: Query): boolean {
  const asked = query.text('pretty');
  if (asked !== '') return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(asked);
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(headerOf(request, 'user-agent'));
}
