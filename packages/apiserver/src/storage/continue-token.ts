import { ApiError, badRequest } from '@kubewright/api';

/** Where a list goes on: the revision of its snapshot and the first key of the next page. */
export interface ContinueToken {
  /** -1: the newest state, for a client that accepts an inconsistent rest. */
  readonly revision: number;
  readonly start: string;
}

/** The token's wire form: what kube-apiserver writes, with keys relative to `prefix` (`namespace/` or nothing). */
export function encodeContinue(token: ContinueToken, prefix: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.start.slice(prefix.length) })).toString('base64url');
}

/** @throws ApiError 400 for a token that no server made */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const token = parse(text);
  if (token.v !== 'meta.k8s.io/v1') throw invalid(`server does not recognize this encoded version ${String(token.v)}`);
  if (typeof token.start !== 'string' || token.start === '') throw invalid('encoded start key empty (version meta.k8s.io/v1)');
  if (typeof token.rv !== 'number' || token.rv === 0) throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (token.start.split('/').some((part) => part === '..' || part === '.')) throw invalid(token.start);
  return { revision: token.rv, start: prefix + token.start };
}

/** The answer to a token whose snapshot is gone; it carries a token for the inconsistent rest. */
export function continueExpired(token: ContinueToken, prefix: string): ApiError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
    'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: { continue: encodeContinue({ revision: -1, start: token.start }, prefix) },
    status: 'Failure',
    message,
    reason: 'Expired',
    code: 410,
  });
}

function parse(text: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const bad = /[^A-Za-z0-9_-]/.exec(text.replace(/=+$/, ''));
  if (bad) throw invalid(`illegal base64 data at input byte ${bad.index}`);
  const json = Buffer.from(text, 'base64url').toString('utf8');
  try {
    const token: unknown = JSON.parse(json);
    if (typeof token === 'object' && token !== null) return token;
  } catch {
    // said below
  }
  throw invalid(`invalid character '${[...json][0] ?? ''}' looking for beginning of value`);
}

function invalid(problem: string): ApiError {
  return badRequest(`invalid continue token: continue key is not valid: ${problem}`);
}
