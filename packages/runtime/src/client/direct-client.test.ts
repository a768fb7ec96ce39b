import { isConflict, type KubeObject, type ResourceKind } from '@kubewright/api';
import { ScriptedTransport, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { DirectClient } from './direct-client.js';
import { jsonPatch, mergeFrom, mergePatch, strategicMergePatch } from './patch.js';

interface Widget extends KubeObject {
  spec?: { size?: number; list?: string[] };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const Node: ResourceKind = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', scope: 'Cluster' };
const name = { namespace: 'default', name: 'a' };
const path = '/apis/demo/v1/namespaces/default/widgets';

function harness(answer: ScriptedAnswer = { status: 200, body: '{"metadata":{"name":"a"}}' }) {
  const transport = new ScriptedTransport(() => answer);
  const client = new DirectClient(transport, { fieldOwner: 'me' });
  return {
    client,
    sent: () => transport.requests.map(({ method, path: to, headers, body }) => [method, to, headers['content-type'], body && (JSON.parse(Buffer.from(body).toString()) as unknown)]),
  };
}

describe('DirectClient', () => {
  it.each<[string, (client: DirectClient) => Promise<unknown>, unknown[]]>([
    ['get', (client) => client.get(Widget, name), ['GET', `${path}/a`, undefined, undefined]],
    ['get of a cluster-scoped kind', (client) => client.get(Node, name), ['GET', '/api/v1/nodes/a', undefined, undefined]],
    ['list everywhere', (client) => client.list(Widget, { labels: 'a in (x,y)', limit: 5 }), ['GET', '/apis/demo/v1/widgets?labelSelector=a+in+%28x%2Cy%29&limit=5', undefined, undefined]],
    ['list by fields', (client) => client.list(Widget, { namespace: 'default', labels: { a: 'b' }, fields: { 'spec.x': 'a,b=c' } }), ['GET', `${path}?labelSelector=a%3Db&fieldSelector=spec.x%3Da%5C%2Cb%5C%3Dc`, undefined, undefined]],
    ['create', (client) => client.create(Widget, { metadata: name, spec: { size: 1 } }), ['POST', `${path}?fieldManager=me`, 'application/json', { apiVersion: 'demo/v1', kind: 'Widget', metadata: name, spec: { size: 1 } }]],
    ['create with a generated name', (client) => client.create(Widget, { metadata: { namespace: 'default', generateName: 'a-' } }, { dryRun: true }), ['POST', `${path}?dryRun=All&fieldManager=me`, 'application/json', expect.anything()]],
    ['update', (client) => client.update(Widget, { metadata: name }, { fieldOwner: 'you', fieldValidation: 'Strict' }), ['PUT', `${path}/a?fieldManager=you&fieldValidation=Strict`, 'application/json', expect.anything()]],
    ['update of the status', (client) => client.status.update(Widget, { metadata: name }), ['PUT', `${path}/a/status?fieldManager=me`, 'application/json', expect.anything()]],
    ['JSON patch', (client) => client.patch(Widget, name, jsonPatch([{ op: 'remove', path: '/spec' }])), ['PATCH', `${path}/a?fieldManager=me`, 'application/json-patch+json', [{ op: 'remove', path: '/spec' }]]],
    ['merge patch', (client) => client.patch(Widget, name, mergePatch({ spec: null })), ['PATCH', `${path}/a?fieldManager=me`, 'application/merge-patch+json', { spec: null }]],
    ['strategic patch', (client) => client.patch(Widget, name, strategicMergePatch({ spec: {} })), ['PATCH', `${path}/a?fieldManager=me`, 'application/strategic-merge-patch+json', { spec: {} }]],
    ['apply', (client) => client.apply(Widget, { metadata: name, spec: { size: 1 } }, { force: true }), ['PATCH', `${path}/a?fieldManager=me&force=true`, 'application/apply-patch+yaml', { apiVersion: 'demo/v1', kind: 'Widget', metadata: name, spec: { size: 1 } }]],
    ['delete', (client) => client.delete(Widget, name, { dryRun: true, preconditions: { uid: 'u' }, propagationPolicy: 'Foreground' }), ['DELETE', `${path}/a`, 'application/json', { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'u' }, propagationPolicy: 'Foreground', dryRun: ['All'] }]],
    ['delete of many', (client) => client.deleteAllOf(Widget, { namespace: 'default', labels: { a: 'b' } }), ['DELETE', `${path}?labelSelector=a%3Db`, 'application/json', { kind: 'DeleteOptions', apiVersion: 'v1' }]],
  ])('sends %s', async (_what, call, request) => {
    const test = harness();
    await call(test.client);
    expect(test.sent()).toEqual([request]);
  });

  it('#105 sends the difference of a merge, with the version of the base when it is to be locked', async () => {
    const test = harness();
    const base: Widget = { metadata: { ...name, resourceVersion: '7' }, spec: { size: 1, list: ['a'] } };
    const changed = { ...base, spec: { list: ['a', 'b'] } };
    await test.client.patch(Widget, name, mergeFrom(base, changed, { optimisticLock: true }));
    expect(test.sent()[0]![3]).toEqual({ metadata: { resourceVersion: '7' }, spec: { size: null, list: ['a', 'b'] } });
    expect(await test.client.patch(Widget, name, mergeFrom(base, structuredClone(base)))).toEqual(base);
    expect(test.sent()).toHaveLength(1);
    expect(() => mergeFrom({ metadata: {} }, { metadata: {} }, { optimisticLock: true })).toThrow(/resourceVersion/);
  });

  it('fills in what items of a list leave out, and takes null for an empty list', async () => {
    const list = harness({ status: 200, body: '{"kind":"WidgetList","metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}}]}' });
    expect(await list.client.list(Widget)).toEqual({ metadata: { resourceVersion: '9' }, items: [{ apiVersion: 'demo/v1', kind: 'Widget', metadata: { name: 'a' } }] });
    const none = harness({ status: 200, body: '{"metadata":{},"items":null}' });
    expect((await none.client.list(Widget)).items).toEqual([]);
  });

  it('keeps integers that a double can not hold from the answer to the next request', async () => {
    const test = harness({ status: 200, body: '{"metadata":{"name":"a","namespace":"default"},"spec":{"size":9007199254740993}}' });
    const object = await test.client.get(Widget, name);
    const transport = new ScriptedTransport(() => ({ status: 200, body: '{}' }));
    await new DirectClient(transport).update(Widget, object);
    expect(Buffer.from(transport.requests[0]!.body!).toString()).toContain('"size":9007199254740993');
  });

  it('rejects with what the server says, and makes do where it was no API server that answered', async () => {
    const conflict = harness({ status: 409, body: JSON.stringify({ kind: 'Status', reason: 'Conflict', message: 'changed', code: 409 }) });
    await expect(conflict.client.update(Widget, { metadata: name })).rejects.toSatisfy(isConflict);
    const proxy = harness({ status: 503, headers: { 'retry-after': '7' }, body: '<html>down' });
    await expect(proxy.client.get(Widget, name)).rejects.toMatchObject({ reason: 'ServiceUnavailable', retryAfter: 7000, message: expect.stringContaining('<html>down') as string });
    await expect(harness({ status: 200, body: '<html>' }).client.get(Widget, name)).rejects.toSatisfy((error) => hasCode(error, 'KW_RESPONSE_DECODE'));
  });

  it('says what is missing before it asks the server', async () => {
    const test = harness();
    await expect(test.client.get(Widget, { name: 'a' })).rejects.toThrow('Widget a: the kind is namespaced, but no namespace was given');
    await expect(test.client.create(Widget, { metadata: { namespace: 'default' } })).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
    await expect(test.client.deleteAllOf(Widget, {})).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
    await expect(new DirectClient(new ScriptedTransport(() => ({ status: 200 }))).apply(Widget, { metadata: name })).rejects.toSatisfy((error) => hasCode(error, 'KW_FIELD_OWNER_MISSING'));
    expect(test.sent()).toEqual([]);
  });
});
