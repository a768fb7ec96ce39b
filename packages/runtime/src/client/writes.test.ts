import { ApiError, isConflict, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, ScriptedTransport, SeededRandom, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { createClient } from './create-client.js';
import { createOrPatch, createOrUpdate } from './create-or-update.js';
import { DirectClient } from './direct-client.js';
import { mergeFrom } from './patch.js';
import { retryOnConflict } from './retry-on-conflict.js';
import { namespacedClient, preconditionsOf, withFieldOwner, withFieldValidation } from './wrap-client.js';

interface Widget extends KubeObject {
  spec?: { size?: number | undefined; list?: string[]; resources?: { requests: Record<string, string> } };
  status?: { phase?: string };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const Node: ResourceKind = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', scope: 'Cluster' };
const name = { namespace: 'default', name: 'a' };
const path = '/apis/demo/v1/namespaces/default/widgets';
const base: Widget = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { ...name, uid: 'u', resourceVersion: '7' }, spec: { size: 1, list: ['a'] } };
const json = (body: object, status = 200): ScriptedAnswer => ({ status, body: JSON.stringify(body) });
const failure = (error: ApiError): ScriptedAnswer => json(error.status, error.httpStatus);
const bodyOf = (request: TransportRequest): unknown => JSON.parse(Buffer.from(request.body!).toString());

function harness(...answers: (ScriptedAnswer | ((request: TransportRequest) => ScriptedAnswer))[]) {
  const transport = new ScriptedTransport((request, index) => {
    const answer = answers[Math.min(index, answers.length - 1)] ?? json(base);
    return typeof answer === 'function' ? answer(request) : answer;
  });
  const clock = new FakeClock();
  return { transport, clock, client: createClient({ transport, clock, fieldOwner: 'me' }), direct: new DirectClient(transport, { fieldOwner: 'me' }), sent: () => transport.requests.map(({ method, path: to }) => `${method} ${to}`) };
}

describe('patches', () => {
  it('#104 of a difference send whole lists and no version: the last writer wins, unless the version is locked', async () => {
    const test = harness();
    const changed = { ...base, spec: { size: 1, list: ['a', 'b'] } };
    await test.client.patch(Widget, name, mergeFrom(base, changed));
    await test.client.patch(Widget, name, mergeFrom(base, changed, { optimisticLock: true }));
    expect(test.transport.requests.map(bodyOf)).toEqual([{ spec: { list: ['a', 'b'] } }, { metadata: { resourceVersion: '7' }, spec: { list: ['a', 'b'] } }]);
  });

  it('#106 remove a field that was set to undefined as one that is not there', async () => {
    const test = harness();
    await test.client.patch(Widget, name, mergeFrom(base, { ...base, spec: { ...base.spec, size: undefined } }));
    const { size: _, ...spec } = base.spec!;
    await test.client.patch(Widget, name, mergeFrom(base, { ...base, spec }));
    expect(test.transport.requests.map(bodyOf)).toEqual([{ spec: { size: null } }, { spec: { size: null } }]);
  });

  it('#117 by server-side apply send what was given, refuse an object that was read, and book it under an owner', async () => {
    const test = harness();
    await test.client.apply(Widget, { metadata: name, spec: { size: 2 } });
    expect(bodyOf(test.transport.requests[0]!)).toEqual({ apiVersion: 'demo/v1', kind: 'Widget', metadata: name, spec: { size: 2 } });
    expect(test.sent()).toEqual([`PATCH ${path}/a?fieldManager=me`]);
    const read = { ...base, metadata: { ...base.metadata, name: 'a', managedFields: [] } };
    await expect(test.client.apply(Widget, read)).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
    expect(test.sent()).toHaveLength(1);
  });
});

describe('deletions', () => {
  it('#116 by what was read do not hit a successor of the same name', async () => {
    const test = harness(failure(ApiError.of(409, 'Conflict', 'the UID in the precondition does not match')));
    await expect(test.client.delete(Widget, name, { preconditions: preconditionsOf(base) })).rejects.toSatisfy(isConflict);
    expect(bodyOf(test.transport.requests[0]!)).toMatchObject({ preconditions: { uid: 'u' } });
    expect(preconditionsOf(base, { version: true })).toEqual({ uid: 'u', resourceVersion: '7' });
    expect(preconditionsOf({ metadata: {} })).toEqual({});
  });

  it('carry their signal in the request, not in the body', async () => {
    const test = harness();
    const { signal } = new AbortController();
    await test.client.delete(Widget, name, { signal, gracePeriodSeconds: 0 });
    expect(bodyOf(test.transport.requests[0]!)).toEqual({ kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 });
  });
});

describe('writes of which nothing is known', () => {
  it.each([500, 504])('#120 are not made twice after %s, and what they did is found by the next read', async (status) => {
    let stored = false;
    const test = harness((request) => {
      if (request.method === 'GET') return stored ? json(base) : failure(ApiError.of(404, 'NotFound', 'no'));
      stored = true;
      return { ...failure(ApiError.of(status, 'Timeout', 'etcdserver: request timed out')), headers: { 'retry-after': '1' } } as ScriptedAnswer;
    });
    await expect(test.client.create(Widget, { metadata: name })).rejects.toMatchObject({ httpStatus: status });
    expect((await createOrUpdate(test.client, Widget, name, () => {})).operation).toBe('unchanged');
    expect(test.sent().filter((each) => each.startsWith('POST'))).toHaveLength(1);
  });
});

describe('createOrUpdate', () => {
  const sized = (size: number) => (widget: Widget) => void (widget.spec = { ...widget.spec, size });

  it('creates what is missing, updates what differs, and sends nothing for what means the same', async () => {
    const missing = harness(failure(ApiError.of(404, 'NotFound', 'no')), json(base, 201));
    expect(await createOrUpdate(missing.client, Widget, name, sized(1))).toEqual({ operation: 'created', object: base });
    expect(bodyOf(missing.transport.requests[1]!)).toMatchObject({ metadata: name, spec: { size: 1 } });
    const other = harness(json(base), json({ ...base, spec: { size: 2 } }));
    expect((await createOrUpdate(other.client, Widget, name, sized(2))).operation).toBe('updated');
    expect(bodyOf(other.transport.requests[1]!)).toMatchObject({ metadata: { resourceVersion: '7' }, spec: { size: 2, list: ['a'] } });
    const same = harness(json({ ...base, spec: { ...base.spec, resources: { requests: { cpu: '1' } } } }));
    const result = await createOrUpdate(same.client, Widget, name, (widget) => {
      widget.spec!.resources = { requests: { cpu: '1000m' } };
      widget.metadata.labels = {};
    });
    expect([result.operation, same.sent()]).toEqual(['unchanged', [`GET ${path}/a`]]);
  });

  it('reads from the server what a cache did not know yet, and refuses a mutation that renames', async () => {
    const test = harness(failure(ApiError.of(404, 'NotFound', 'no')), failure(ApiError.of(409, 'AlreadyExists', 'there')), json(base), json(base));
    expect((await createOrUpdate(test.client, Widget, name, sized(3))).operation).toBe('updated');
    expect(test.sent()).toEqual([`GET ${path}/a`, `POST ${path}?fieldManager=me`, `GET ${path}/a`, `PUT ${path}/a?fieldManager=me`]);
    await expect(createOrUpdate(harness().client, Widget, name, (widget) => void (widget.metadata.name = 'b'))).rejects.toThrow('mutate changed name or namespace');
  });

  it.each<[string, (widget: Widget) => void, string, string[]]>([
    ['neither', () => {}, 'unchanged', []],
    ['the object', (widget) => void (widget.spec!.size = 2), 'updated', ['PATCH /a {"spec":{"size":2}}']],
    ['the status', (widget) => void (widget.status = { phase: 'x' }), 'updated-status-only', ['PATCH /a/status {"status":{"phase":"x"}}']],
    ['both', (widget) => void ((widget.spec!.size = 2), (widget.status = { phase: 'x' })), 'updated-status', ['PATCH /a {"spec":{"size":2}}', 'PATCH /a/status {"status":{"phase":"x"}}']],
  ])('as a patch sends the difference of %s', async (_what, mutate, operation, patches) => {
    const test = harness();
    expect((await createOrPatch(test.client, Widget, name, mutate)).operation).toBe(operation);
    expect(test.transport.requests.slice(1).map((request) => `${request.method} ${request.path.slice(path.length).split('?')[0]} ${Buffer.from(request.body!).toString()}`)).toEqual(patches);
  });
});

describe('retryOnConflict', () => {
  it('tries five times, 10 ms apart, and gives other errors back at once', async () => {
    const clock = new FakeClock();
    const conflict = ApiError.of(409, 'Conflict', 'changed');
    let attempts = 0;
    const run = (errors: unknown[]) => retryOnConflict(async () => {
      const error = errors[attempts++];
      if (error) throw error as Error;
      return attempts;
    }, { clock, random: new SeededRandom() });
    const third = run([conflict, conflict]);
    await clock.advance(25);
    expect(await third).toBe(3);
    attempts = 0;
    const never = expect(run(Array.from({ length: 9 }, () => conflict))).rejects.toBe(conflict);
    await clock.advance(100);
    await never;
    expect(attempts).toBe(5);
    attempts = 0;
    await expect(run([new Error('mine')])).rejects.toThrow('mine');
    expect(clock.pending).toBe(0);
  });
});

describe('wrappers', () => {
  it('keep namespaced kinds in one namespace and leave the others alone', async () => {
    const test = harness(json({ ...base, items: [] }));
    const client = namespacedClient(test.client, 'default');
    await client.get(Widget, { name: 'a' });
    await client.list(Widget);
    await client.create(Widget, { metadata: { name: 'a' } });
    await client.status.patch(Widget, { name: 'a' }, { type: 'merge', body: {} });
    await client.get(Node, { name: 'n' });
    await client.list(Node);
    expect(test.sent()).toEqual([`GET ${path}/a`, `GET ${path}`, `POST ${path}?fieldManager=me`, `PATCH ${path}/a/status?fieldManager=me`, 'GET /api/v1/nodes/n', 'GET /api/v1/nodes']);
    for (const call of [() => client.get(Widget, { namespace: 'x', name: 'a' }), () => client.list(Widget, { namespace: 'x' }), () => client.update(Widget, { metadata: { namespace: 'x', name: 'a' } })]) {
      expect(call).toThrow('this client works in namespace default');
    }
  });

  it('set owner and validation where the call says nothing', async () => {
    const test = harness();
    const client = withFieldValidation(withFieldOwner(test.client, 'them'), 'Strict');
    await client.update(Widget, base);
    await client.update(Widget, base, { fieldOwner: 'you', fieldValidation: 'Ignore' });
    await client.apply(Widget, { metadata: name });
    await client.subresource('eviction').create(Widget, name, { kind: 'Eviction' });
    expect(test.sent().map((each) => each.split('?')[1])).toEqual(['fieldManager=them&fieldValidation=Strict', 'fieldManager=you&fieldValidation=Ignore', 'fieldManager=them', 'fieldManager=them&fieldValidation=Strict']);
  });
});
