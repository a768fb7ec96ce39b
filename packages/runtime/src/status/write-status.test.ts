import { ApiError, notFound, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, ScriptedTransport, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createClient } from '../client/create-client.js';
import { hasCode } from '../errors/kubewright-error.js';
import { patchStatus, writeStatus } from './write-status.js';

interface Widget extends KubeObject {
  status?: { size?: number; phase?: string };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const object: Widget = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { namespace: 'default', name: 'a', uid: 'u', resourceVersion: '7' }, status: { size: 1, phase: 'old' } };
const gone = notFound({ group: 'demo', resource: 'widgets' }, 'a');
const failure = (error: ApiError): ScriptedAnswer => ({ status: error.httpStatus, body: JSON.stringify(error.status) });
const json = (body: object): ScriptedAnswer => ({ status: 200, body: JSON.stringify(body) });

/** A server that answers writes of the status with `write`, and reads with `read`. */
function harness(write: ScriptedAnswer, read: ScriptedAnswer = failure(gone)) {
  const transport = new ScriptedTransport(({ method }) => (method === 'GET' ? read : write));
  return { client: createClient({ transport, clock: new FakeClock(), fieldOwner: 'me' }), sent: () => transport.requests.map(({ method, path }) => `${method} ${path.split('?')[0]!.slice('/apis/demo/v1/namespaces/default/'.length)}`) };
}

describe('a status write', () => {
  it('sends the difference with the version that was read, and nothing where nothing differs', async () => {
    const test = harness(json({ ...object, status: { size: 2 } }));
    expect(await patchStatus(test.client, Widget, object, { size: 1 })).toBe(object);
    expect(test.sent()).toEqual([]);
    expect(await writeStatus(test.client, Widget, object, { size: 2 })).toMatchObject({ status: { size: 2 } });
    expect(test.sent()).toEqual(['PATCH widgets/a/status']);
  });

  it('has nothing to do for an object that is gone although the cache does not know it yet', async () => {
    const test = harness(failure(gone));
    expect(await patchStatus(test.client, Widget, object, { size: 2 })).toBe(object);
    expect(await writeStatus(test.client, Widget, object, { size: 2 })).toBe(object);
    expect(test.sent()).toEqual(['PATCH widgets/a/status', 'GET widgets/a', 'PATCH widgets/a/status', 'GET widgets/a']);
  });

  it('takes an object of the same name that was made since for what it is: another one', async () => {
    const test = harness(failure(gone), json({ ...object, metadata: { ...object.metadata, uid: 'successor' } }));
    expect(await patchStatus(test.client, Widget, object, { size: 2 })).toBe(object);
  });

  it('asks no more about an object that was seen in deletion', async () => {
    const test = harness(failure(gone));
    const dying = { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(await patchStatus(test.client, Widget, dying, { size: 2 })).toBe(dying);
    expect(test.sent()).toEqual(['PATCH widgets/a/status']);
  });

  it('fails for a kind without status subresource, which servers answer alike', async () => {
    const test = harness(failure(gone), json(object));
    const error = await patchStatus(test.client, Widget, object, { size: 2 }).catch((reason: unknown) => reason);
    expect(error).toSatisfy((reason) => hasCode(reason, 'KW_INVALID_ARGUMENT'));
    expect(error).toMatchObject({ message: 'status of Widget default/a: the object is there, the status subresource is not', retry: 'backoff', hint: expect.stringContaining('subresources: { status: {} }') });
  });

  it('shows the first failure to who may not read the object, and lets every other failure out', async () => {
    const forbidden = failure(ApiError.of(403, 'Forbidden', 'no'));
    await expect(patchStatus(harness(failure(gone), forbidden).client, Widget, object, { size: 2 })).rejects.toMatchObject({ reason: 'NotFound' });
    await expect(patchStatus(harness(failure(ApiError.of(409, 'Conflict', 'stale'))).client, Widget, object, { size: 2 })).rejects.toMatchObject({ reason: 'Conflict' });
  });
});
