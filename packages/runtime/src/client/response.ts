import { ApiError, decodeJson, formatApiVersion, type KubeObject, type ResourceKind, type Status } from '@kubewright/api';
import { readAll, type TransportRequest, type TransportResponse } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';

/** The answer's JSON. @throws ApiError for a status of 400 and above; KubewrightError KW_RESPONSE_DECODE for anything but an object in JSON */
export async function readObject<T extends object>(request: TransportRequest, response: TransportResponse): Promise<T> {
  const body = await readAll(response.body);
  if (response.status >= 400) throw errorOf(request, response, body);
  try {
    const value = decodeJson(body);
    if (typeof value === 'object' && value !== null) return value as T;
    throw new TypeError('the body is not an object');
  } catch (cause) {
    throw new KubewrightError('KW_RESPONSE_DECODE', `${request.method} ${request.path}: the answer (HTTP ${response.status}) can not be read: ${(cause as Error).message}`, { cause });
  }
}

/** Throws what an answer of 400 and above says; its body is read to the end. Lets every other answer pass. */
export async function throwIfFailed(request: TransportRequest, response: TransportResponse): Promise<void> {
  if (response.status >= 400) throw errorOf(request, response, await readAll(response.body));
}

/** An item of a list carries no apiVersion and kind of its own. */
export function withType<T extends KubeObject>(kind: ResourceKind<never>, object: T): T {
  return object.apiVersion && object.kind ? object : { apiVersion: formatApiVersion(kind.group, kind.version), kind: kind.kind, ...object };
}

function errorOf(request: TransportRequest, response: TransportResponse, body: Uint8Array): ApiError {
  const given = statusIn(body);
  const after = retryAfterSeconds(response);
  const status: Status = given ?? {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `${request.method} ${request.path}: HTTP ${response.status}${excerpt(body)}`,
    reason: REASONS[response.status] ?? 'InternalError',
  };
  const details = after !== undefined && status.details?.retryAfterSeconds === undefined ? { details: { ...status.details, retryAfterSeconds: after } } : {};
  return new ApiError({ ...status, ...details, code: status.code ?? response.status });
}

/** The Status in a body; undefined when the answer came from something that is no API server. */
function statusIn(body: Uint8Array): Status | undefined {
  try {
    const value = decodeJson(body) as Partial<Status> | null;
    return typeof value === 'object' && value?.kind === 'Status' ? (value as Status) : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds. The other form of the header, a date, is of no use without a common clock and counts as one second. */
export function retryAfterSeconds(response: TransportResponse): number | undefined {
  const header = response.headers['retry-after'];
  if (typeof header !== 'string' || header === '') return undefined;
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : 1;
}

function excerpt(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, 200)).toString('utf8').trim();
  return text && `: ${text}`;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed', 406: 'NotAcceptable', 409: 'Conflict', 410: 'Gone',
  413: 'RequestEntityTooLarge', 415: 'UnsupportedMediaType', 422: 'Invalid', 429: 'TooManyRequests', 500: 'InternalError', 501: 'NotImplemented',
  503: 'ServiceUnavailable', 504: 'Timeout',
};
