import { ApiError, isAlreadyExists, isConflict, isNotFound, type KubeObject, type ResourceKind } from '@kubewright/api';
import { ConfigMap, Secret } from '@kubewright/api/core/v1';
import { FakeClock, ScriptedTransport, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { DirectClient } from './direct-client.js';
import { dryRunClient, type DryRunOptions } from './dry-run-client.js';
import { metadataOnly } from './metadata-only.js';
import { jsonPatch, mergeFrom, mergePatch, strategicMergePatch } from './patch.js';
import { renderWrite } from './render-write.js';

interface Widget extends KubeObject {
  spec?: { size?: number | bigint; list?: string[]; containers?: { name: string; image?: string; env?: object[] }[] };
  status?: { phase?: string };
}
const Widget: ResourceKind<Widget> = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const name = { namespace: 'shop', name: 'a' };
const base: Widget = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { ...name, uid: 'u', resourceVersion: '7', generation: 1 }, spec: { size: 1, list: ['a'] }, status: { phase: 'old' } };

/** A server of a few objects, which answers reads; what else it is asked stands in `sent`. */
function setUp(objects: readonly KubeObject[] = [base], options: DryRunOptions = {}, onWrite?: (request: TransportRequest) => ScriptedAnswer) {
  const stored = new Map(objects.map((object) => [`${object.kind!.toLowerCase()}s/${object.metadata.name}`, object]));
  const sent: string[] = [];
  const json = (body: object, status = 200): ScriptedAnswer => ({ status, body: JSON.stringify(body) });
  const transport = new ScriptedTransport((request) => {
    if (request.method !== 'GET') {
      sent.push(`${request.method} ${request.path}`);
      return onWrite?.(request) ?? new Error('a write was sent');
    }
    const parts = new URL(request.path, 'http://x').pathname.split('/');
    const id = `${parts.at(-2)}/${parts.at(-1)}`;
    if (stored.has(id)) return json(stored.get(id)!);
    if (!parts.at(-1)!.endsWith('s')) return json(ApiError.of(404, 'NotFound', 'none').status, 404);
    return json({ kind: 'List', metadata: { resourceVersion: '9' }, items: [...stored].filter(([key]) => key.startsWith(`${parts.at(-1)}/`)).map(([, object]) => object) });
  });
  const client = dryRunClient(new DirectClient(transport, { fieldOwner: 'me' }), { clock: new FakeClock(), fieldOwner: 'me', ...options });
  return { client, stored, sent, shown: () => client.writes.map((write) => renderWrite(write)) };
}

describe('a dry run', () => {
  it('sends no write, shows each one with its difference, and lets later reads see it', async () => {
    const { client, sent, shown } = setUp();
    const made = await client.create(ConfigMap, { metadata: { ...name, name: 'cm' }, data: { a: '1' } });
    expect(made).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { uid: 'dry-run-1', resourceVersion: '1', creationTimestamp: expect.stringMatching(/Z$/) as string } });
    await client.patch(ConfigMap, { ...name, name: 'cm' }, mergePatch({ data: { b: '2' } }));
    await client.patch(Widget, name, mergeFrom(base, { ...base, spec: { ...base.spec, size: 3 } }, { optimisticLock: true }));
    await client.status.patch(Widget, name, mergePatch({ status: { phase: 'new' } }));
    await client.update(Widget, (await client.get(Widget, name)) as Widget);
    expect(await client.get(Widget, name)).toMatchObject({ metadata: { generation: 2, resourceVersion: '9', uid: 'u' }, spec: { size: 3, list: ['a'] }, status: { phase: 'new' } });
    expect((await client.list(ConfigMap, { namespace: 'shop' })).items).toMatchObject([{ data: { a: '1', b: '2' } }]);
    await client.delete(ConfigMap, { ...name, name: 'cm' });
    await expect(client.get(ConfigMap, { ...name, name: 'cm' })).rejects.toSatisfy(isNotFound);
    expect((await client.list(ConfigMap)).items).toEqual([]);
    expect(sent).toEqual([]);
    expect(shown()).toEqual([
      '+ create ConfigMap shop/cm\n    + apiVersion: "v1"\n    + kind: "ConfigMap"\n    + metadata.namespace: "shop"\n    + metadata.name: "cm"\n    + data.a: "1"',
      '~ patch ConfigMap shop/cm\n    + data.b: "2"',
      '~ patch Widget shop/a\n    ~ spec.size: 1 -> 3',
      '~ patch Widget shop/a (status)\n    ~ status.phase: "old" -> "new"',
      '= update Widget shop/a\n    (nothing changes)',
      '- delete ConfigMap shop/cm',
    ]);
  });

  it('fails where the server would for what is there or not', async () => {
    const { client } = setUp([{ ...base, metadata: { ...base.metadata, finalizers: ['demo/x'] } } as KubeObject]);
    await expect(client.create(Widget, base)).rejects.toSatisfy(isAlreadyExists);
    await expect(client.update(Widget, { ...base, metadata: { ...base.metadata, name: 'none' } })).rejects.toSatisfy(isNotFound);
    await expect(client.update(Widget, { ...base, metadata: { ...base.metadata, resourceVersion: '6' } })).rejects.toSatisfy(isConflict);
    await expect(client.delete(Widget, name, { preconditions: { uid: 'other' } })).rejects.toSatisfy(isConflict);
    await expect(client.delete(Widget, { ...name, name: 'none' })).rejects.toSatisfy(isNotFound);
    await expect(client.patch(Widget, name, strategicMergePatch({ spec: {} }))).rejects.toMatchObject({ code: 'KW_INVALID_ARGUMENT' });
    expect(client.writes).toEqual([]);
    await client.delete(Widget, name);
    expect((await client.get(Widget, name)).metadata.deletionTimestamp).toBeDefined();
    await client.patch(Widget, name, jsonPatch([{ op: 'test', path: '/metadata/finalizers/0', value: 'demo/x' }, { op: 'remove', path: '/metadata/finalizers/0' }]));
    expect(client.writes).toHaveLength(2);
  });

  it('keeps a plan only as long as nobody else changes its object', async () => {
    const { client, stored } = setUp();
    await client.patch(Widget, name, mergePatch({ spec: { size: 5 }, metadata: { labels: { x: 'y' } } }));
    expect((await client.list(Widget, { labels: 'x=y' })).items).toHaveLength(1);
    stored.set('widgets/a', { ...base, metadata: { ...base.metadata, resourceVersion: '8' }, spec: { size: 2 } } as KubeObject);
    expect((await client.get(Widget, name)).spec).toEqual({ size: 2 });
    expect((await client.list(Widget)).items).toMatchObject([{ spec: { size: 2 } }]);
  });

  it('applies as a server would, as far as managedFields and the look of lists tell', async () => {
    const live = {
      ...base,
      metadata: {
        ...base.metadata, labels: { mine: '1', theirs: '2', both: '3' }, finalizers: ['a/b'],
        managedFields: [
          { manager: 'me', operation: 'Apply', apiVersion: 'demo/v1', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:mine': {}, 'f:both': {} } }, 'f:spec': { 'f:list': {}, 'f:containers': { 'k:{"name":"old"}': { '.': {}, 'f:name': {} }, 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } } } } },
          { manager: 'kubectl', operation: 'Update', apiVersion: 'demo/v1', fieldsV1: { 'f:metadata': { 'f:labels': { 'f:theirs': {}, 'f:both': {} }, 'f:finalizers': { 'v:"a/b"': {} } }, 'f:spec': { 'f:containers': { 'k:{"name":"sidecar"}': { '.': {}, 'f:name': {} } } } } },
        ],
      },
      spec: { size: 1, list: ['a'], containers: [{ name: 'old' }, { name: 'web', image: 'v1', env: [{ name: 'A', value: '1' }] }, { name: 'sidecar' }] },
    } as unknown as Widget;
    const { client } = setUp([live]);
    const after = await client.apply(Widget, { metadata: { ...name, finalizers: ['c/d'] }, spec: { list: ['b'], containers: [{ name: 'web', image: 'v2' }, { name: 'new' }] } } as never);
    expect(after.metadata.labels).toEqual({ theirs: '2', both: '3' });
    expect(after.metadata.finalizers).toEqual(['a/b', 'c/d']);
    expect(after.spec).toEqual({ size: 1, list: ['b'], containers: [{ name: 'web', image: 'v2', env: [{ name: 'A', value: '1' }] }, { name: 'sidecar' }, { name: 'new' }] });
    await client.apply(Widget, { metadata: { ...name, name: 'made' }, spec: { size: 2 } });
    expect(client.writes.map(({ isNew }) => isNew)).toEqual([false, true]);
  });

  it('makes up names as a server does, and plans by metadata alone', async () => {
    const { client, shown } = setUp();
    const made = await client.create(ConfigMap, { metadata: { namespace: 'shop', generateName: 'run-' } });
    expect(made.metadata.name).toBe('run-00001');
    await client.patch(metadataOnly(Widget), name, mergePatch({ metadata: { annotations: { big: '1' } } }));
    expect(Object.keys(await client.get(metadataOnly(Widget), name))).toEqual(['apiVersion', 'kind', 'metadata']);
    expect((await client.get(Widget, name)).spec).toEqual(base.spec);
    expect(shown().at(-1)).toBe('~ patch Widget shop/a\n    + metadata.annotations.big: "1"');
  });

  it('records what subresources get, and deletions of many', async () => {
    const { client, shown, sent } = setUp([base, { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: name, spec: { replicas: 1 } } as KubeObject]);
    await client.subresource('eviction').create(Widget, name, { kind: 'Eviction' });
    await client.deleteAllOf(Widget, { namespace: 'shop' });
    expect((await client.list(Widget)).items).toEqual([]);
    expect(shown()).toEqual(['+ create Widget shop/a (eviction)\n    + kind: "Eviction"', '- deleteAllOf Widget\n    - shop/a']);
    expect(sent).toEqual([]);
  });

  it('keeps integers that a double can not hold', async () => {
    const { client } = setUp();
    await client.patch(Widget, name, mergePatch({ spec: { size: 9_007_199_254_740_993n } }));
    expect((await client.get(Widget, name)).spec?.size).toBe(9_007_199_254_740_993n);
  });

  it('can ask the server instead, which stores nothing, and works out itself what builds on a plan', async () => {
    const answers = (request: TransportRequest): ScriptedAnswer => ({ status: 200, body: JSON.stringify(request.method === 'DELETE' ? { kind: 'Status' } : { ...base, spec: { size: 2, list: ['defaulted'] } }) });
    const { client, sent } = setUp([base], { server: true }, answers);
    await client.patch(Widget, name, mergePatch({ spec: { size: 2 } }));
    expect(client.writes[0]!.changes).toEqual([{ path: 'spec.size', before: 1, after: 2 }, { path: 'spec.list[0]', before: 'a', after: 'defaulted' }]);
    await client.patch(Widget, name, mergePatch({ spec: { size: 4 } }));
    expect((await client.get(Widget, name)).spec).toEqual({ size: 4, list: ['defaulted'] });
    expect(sent).toEqual(['PATCH /apis/demo/v1/namespaces/shop/widgets/a?dryRun=All&fieldManager=me']);
  });
});

describe('a write as text', () => {
  const write = (changes: object[], kind: ResourceKind<never> = ConfigMap as never) => ({ verb: 'update' as const, kind, key: 'shop/a', isNew: false, changes: changes as never });
  it('compares texts line by line', () => {
    const lines = (...changed: string[]): string => ['one', 'two', 'three', 'four', 'five', 'six', 'seven', ...changed].join('\n');
    expect(renderWrite(write([{ path: 'data.config', before: lines('eight', 'nine'), after: lines('acht', 'nine') }]))).toBe(
      '~ update ConfigMap shop/a\n    ~ data.config:\n        ...\n          six\n          seven\n      - eight\n      + acht\n          nine'.replace('          six', '        six').replace('          seven', '        seven').replace('          nine', '        nine'),
    );
  });

  it('shows of Secrets no more than lengths, and colors where asked', () => {
    expect(renderWrite(write([{ path: 'data.password', before: 'aaaa', after: 'bbbbb' }, { path: 'metadata.labels.x', before: undefined, after: 'y' }], Secret as never))).toBe(
      '~ update Secret shop/a\n    ~ data.password: (4 characters) -> (5 characters)\n    + metadata.labels.x: "y"',
    );
    expect(renderWrite(write([{ path: 'data.x', before: '1', after: undefined }]), { color: true })).toBe('\u001b[33m~ update ConfigMap shop/a\u001b[0m\n\u001b[31m    - data.x: "1"\u001b[0m');
  });
});
