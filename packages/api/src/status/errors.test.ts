import { describe, expect, it } from 'vitest';

import { ApiError, isConflict, isExpired, isNotFound } from './api-error.js';
import {
  alreadyExists, badRequest, conflict, expired, forbidden, internalError, invalid, methodNotAllowed, methodNotSupported, namespaceTerminating, notAcceptable, notFound, notImplemented,
  pathNotFound, requestEntityTooLarge, timeoutTooLargeResourceVersion, tooManyRequests, unauthorized, unprocessable, unsupportedMediaType,
} from './errors.js';

const widgets = { group: 'example.com', resource: 'widgets' };
const configMaps = { group: '', resource: 'configmaps' };

// Statuses as a kube-apiserver 1.36 answered them.
describe('factories of errors', () => {
  it.each<[ApiError, number, string, string, object | undefined]>([
    [notFound(widgets, 'a'), 404, 'NotFound', 'widgets.example.com "a" not found', { group: 'example.com', kind: 'widgets', name: 'a' }],
    [notFound(configMaps, 'a'), 404, 'NotFound', 'configmaps "a" not found', { kind: 'configmaps', name: 'a' }],
    [pathNotFound(), 404, 'NotFound', 'the server could not find the requested resource', {}],
    [alreadyExists(widgets, 'a'), 409, 'AlreadyExists', 'widgets.example.com "a" already exists', { group: 'example.com', kind: 'widgets', name: 'a' }],
    [alreadyExists(widgets, 'a', true), 409, 'AlreadyExists', 'object is being deleted: widgets.example.com "a" already exists', { group: 'example.com', kind: 'widgets', name: 'a' }],
    [conflict(widgets, 'a'), 409, 'Conflict', 'Operation cannot be fulfilled on widgets.example.com "a": the object has been modified; please apply your changes to the latest version and try again', { group: 'example.com', kind: 'widgets', name: 'a' }],
    [forbidden(widgets, 'a', 'User "u" cannot get resource'), 403, 'Forbidden', 'widgets.example.com "a" is forbidden: User "u" cannot get resource', { group: 'example.com', kind: 'widgets', name: 'a' }],
    [forbidden(configMaps, '', 'User "u" cannot list resource'), 403, 'Forbidden', 'configmaps is forbidden: User "u" cannot list resource', { kind: 'configmaps' }],
    [forbidden({ group: '', resource: '' }, '', 'User "u" cannot get path "/x"'), 403, 'Forbidden', 'forbidden: User "u" cannot get path "/x"', {}],
    [badRequest('name must be provided'), 400, 'BadRequest', 'name must be provided', undefined],
    [unauthorized(), 401, 'Unauthorized', 'Unauthorized', undefined],
    [methodNotSupported(widgets, 'create'), 405, 'MethodNotAllowed', 'create is not supported on resources of kind "widgets.example.com"', { group: 'example.com', kind: 'widgets' }],
    [methodNotAllowed(), 405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}],
    [timeoutTooLargeResourceVersion('12', '99'), 504, 'Timeout', 'Timeout: Too large resource version: 99, current: 12', { causes: [{ message: 'Too large resource version', reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 }],
    [unsupportedMediaType('text/plain', ['application/json', 'application/yaml']), 415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml', undefined],
    [notAcceptable(['application/json', 'application/yaml']), 406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml', undefined],
    [internalError('boom'), 500, 'InternalError', 'Internal error occurred: boom', { causes: [{ message: 'boom' }] }],
    [requestEntityTooLarge('limit is 3145728'), 413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', undefined],
    [tooManyRequests('Cannot evict pod', 10, [{ reason: 'DisruptionBudget', message: 'm' }]), 429, 'TooManyRequests', 'Cannot evict pod', { causes: [{ message: 'm', reason: 'DisruptionBudget' }], retryAfterSeconds: 10 }],
    [unprocessable(), 422, 'Invalid', 'the server rejected our request due to an error in our request', {}],
    [notImplemented('profiling'), 501, 'NotImplemented', 'this server does not implement profiling', undefined],
    [namespaceTerminating(configMaps, 'a', 'n'), 403, 'Forbidden', 'configmaps "a" is forbidden: unable to create new content in namespace n because it is being terminated', {
      kind: 'configmaps', name: 'a', causes: [{ reason: 'NamespaceTerminating', message: 'namespace n is being terminated', field: 'metadata.namespace' }],
    }],
  ])('%s', (error, code, reason, message, details) => {
    expect(error.status).toEqual({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message, ...(details && { details }) });
  });

  it('tells all problems of an object, the same one once', () => {
    const required = { type: 'FieldValueRequired', field: 'spec.a', message: 'Required value' } as const;
    const wrong = { type: 'FieldValueInvalid', field: '', message: 'Invalid value: "x": no' } as const;
    expect(invalid({ group: 'example.com', kind: 'Widget' }, 'a', [required]).message).toBe('Widget.example.com "a" is invalid: spec.a: Required value');
    const { status } = invalid({ group: '', kind: 'Pod' }, '', [required, wrong, required]);
    expect(status.message).toBe('Pod "" is invalid: [spec.a: Required value, <nil>: Invalid value: "x": no]');
    expect(status.details).toEqual({
      kind: 'Pod',
      causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.a' }, { reason: 'FieldValueInvalid', message: 'Invalid value: "x": no', field: '<nil>' }, { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.a' }],
    });
  });
});

describe('ApiError', () => {
  it('is told apart by its reason', () => {
    expect(isNotFound(notFound(widgets, 'a'))).toBe(true);
    expect(isConflict(notFound(widgets, 'a'))).toBe(false);
    expect(isExpired(expired('too old'))).toBe(true);
    expect(isNotFound(new Error('not found'))).toBe(false);
  });

  it('is recognised across installed copies of the package', () => {
    const copy = Object.assign(new Error('x'), { [Symbol.for('kubewright.api-error')]: true });
    expect(copy).toBeInstanceOf(ApiError);
  });

  it('says in milliseconds how long to wait', () => {
    expect(tooManyRequests('later', 3).retryAfter).toBe(3000);
    expect(notFound(widgets, 'a').retryAfter).toBeUndefined();
  });
});
