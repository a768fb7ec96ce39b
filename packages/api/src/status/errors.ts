import { ApiError } from './api-error.js';
import type { FieldError } from './field-error.js';
import type { StatusCause, StatusDetails } from './status.js';

/** Names what an answer is about: the plural of a resource in its group. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** Names a kind in its group, as validation errors do. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** 404: there is no such object. */
export function notFound(resource: GroupResource, name: string): ApiError {
  return ApiError.of(404, 'NotFound', `${qualified(resource)} "${name}" not found`, details(resource, name));
}

/** 404 for a path that names no resource, a version that is not served, or a discovery document that there is not. */
export function pathNotFound(): ApiError {
  return ApiError.of(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409: a create for a name that is taken. @param isBeingDeleted whether the one that has it only waits for its finalizers */
export function alreadyExists(resource: GroupResource, name: string, isBeingDeleted = false): ApiError {
  const prefix = isBeingDeleted ? 'object is being deleted: ' : '';
  return ApiError.of(409, 'AlreadyExists', `${prefix}${qualified(resource)} "${name}" already exists`, details(resource, name));
}

/** The message of the most common {@link conflict}: the object was changed since it was read. */
export const OBJECT_MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** 409: the write rests on a state that is no longer. @param message @default {@link OBJECT_MODIFIED} */
export function conflict(resource: GroupResource, name: string, message: string = OBJECT_MODIFIED): ApiError {
  return ApiError.of(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${message}`, details(resource, name));
}

/** 409 of server-side apply: fields that other managers own. Causes carry the path as `field` and `conflict with "m" using v1` as message. */
export function applyConflict(causes: readonly { readonly field: string; readonly message: string }[], message: string): ApiError {
  const told = causes.map((cause): StatusCause => ({ reason: 'FieldManagerConflict', message: cause.message, field: cause.field }));
  return ApiError.of(409, 'Conflict', message, { causes: told });
}

/** 422: the object breaks the rules of its kind. All of them are told at once. */
export function invalid(kind: GroupKind, name: string, errors: readonly FieldError[]): ApiError {
  const causes = errors.map(({ type, message, field }): StatusCause => ({ reason: type, message, field: field === '' ? '<nil>' : field }));
  // The same problem twice is told once, and a single one stands without brackets.
  const unique = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const suffix = unique.length === 0 ? '' : `: ${unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`}`;
  return ApiError.of(422, 'Invalid', `${joined(kind.kind, kind.group)} "${name}" is invalid${suffix}`, {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    ...(kind.kind !== '' && { kind: kind.kind }),
    ...(causes.length > 0 && { causes }),
  });
}

/** 422 for a patch that can not be applied to the object that there is, such as a failed `test` of a JSON patch. */
export function unprocessable(): ApiError {
  return ApiError.of(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

/** 403. @param name empty for requests on a collection */
export function forbidden(resource: GroupResource, name: string, message: string): ApiError {
  const subject = resource.resource === '' ? '' : name === '' ? `${qualified(resource)} is ` : `${qualified(resource)} "${name}" is `;
  return ApiError.of(403, 'Forbidden', `${subject}forbidden: ${message}`, details(resource, name));
}

/** 400: the request makes no sense. */
export function badRequest(message: string): ApiError {
  return ApiError.of(400, 'BadRequest', message);
}

/** 401: the credentials, or their absence, say nothing about who asks. */
export function unauthorized(): ApiError {
  return ApiError.of(401, 'Unauthorized', 'Unauthorized');
}

/** 405: the resource exists and can not do that. @param verb `create`, `delete`, … */
export function methodNotSupported(resource: GroupResource, verb: string): ApiError {
  return ApiError.of(405, 'MethodNotAllowed', `${verb} is not supported on resources of kind "${qualified(resource)}"`, details(resource, ''));
}

/** 405 for an HTTP method that the path does not know. */
export function methodNotAllowed(): ApiError {
  return ApiError.of(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** 410: the resourceVersion or continue token asked for is no longer kept: list anew. */
export function expired(message: string): ApiError {
  return ApiError.of(410, 'Expired', message);
}

/** 504: a resourceVersion that lies in the future; clients try again in a second. */
export function timeoutTooLargeResourceVersion(current: string, asked: string): ApiError {
  return ApiError.of(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** 504: the server gave up on the request. */
export function timeout(message: string, retryAfterSeconds = 0): ApiError {
  return ApiError.of(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : {});
}

/** 415: a body in a format that is not read here. @param given left out of the message, as the server does */
export function unsupportedMediaType(_given: string, supported: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`;
  return ApiError.of(415, 'UnsupportedMediaType', message);
}

/** 406: no format that the client accepts is written here. */
export function notAcceptable(supported: readonly string[]): ApiError {
  return ApiError.of(406, 'NotAcceptable', `only the following media types are accepted: ${supported.join(', ')}`);
}

/** 501: this server does not have that feature. Real API servers have no such answer; it names the feature. */
export function notImplemented(feature: string): ApiError {
  return ApiError.of(501, 'NotImplemented', `this server does not implement ${feature}`);
}

/** 500. The message is told as a cause as well. */
export function internalError(message: string): ApiError {
  return ApiError.of(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** 429: not now. @param retryAfterSeconds 0 when the client may choose; @param causes e.g. the disruption budget in the way */
export function tooManyRequests(message: string, retryAfterSeconds: number, causes?: readonly StatusCause[]): ApiError {
  const wait = retryAfterSeconds > 0 && { retryAfterSeconds };
  return ApiError.of(429, 'TooManyRequests', message, { ...(causes && { causes: [...causes] }), ...wait });
}

/** 413: the body or the object is too large. */
export function requestEntityTooLarge(message: string): ApiError {
  return ApiError.of(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 503: the server, or something that it asks, is not there. */
export function serviceUnavailable(message: string): ApiError {
  return ApiError.of(503, 'ServiceUnavailable', message);
}

/** 403: the namespace is being deleted and takes nothing new. */
export function namespaceTerminating(resource: GroupResource, name: string, namespace: string): ApiError {
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const error = forbidden(resource, name, message);
  const causes = [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }];
  return new ApiError({ ...error.status, details: { ...error.status.details, causes } });
}

function details({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), ...(resource !== '' && { kind: resource }) };
}

function qualified({ group, resource }: GroupResource): string {
  return joined(resource, group);
}

function joined(name: string, group: string): string {
  return group === '' ? name : `${name}.${group}`;
}
