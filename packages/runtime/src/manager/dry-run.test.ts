import type { ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type TransportRequest } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { renderWrite } from '../client/render-write.js';
import { mergePatch } from '../client/patch.js';
import { createManager } from './create-manager.js';
import { dryRunRefusal } from './dry-run.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const name = { namespace: 'shop', name: 'a' };
const widget = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { ...name, uid: 'u', resourceVersion: '5' } };

async function* silence(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  throw signal!.reason;
}

it('a manager in a dry run reads, plans and shows, and sends nothing that could change something', async () => {
  const transport = new ScriptedTransport((request, _index, signal) =>
    request.path.includes('watch=') ? { status: 200, body: silence(signal) } : { status: 200, body: JSON.stringify({ kind: 'List', metadata: { resourceVersion: '5' }, items: [widget] }) },
  );
  const clock = new FakeClock();
  const shown: string[] = [];
  const manager = await createManager({
    name: 'test', transport, clock, random: new SeededRandom(), log: memoryLogger(), leaderElection: { name: 'lock', namespace: 'ops' }, dryRun: { onWrite: (write) => void shown.push(renderWrite(write)) },
  });
  const stop = new AbortController();
  const running = manager.start(stop.signal);
  await clock.advance(100);
  const patching = manager.client.patch(Widget, name, mergePatch({ metadata: { labels: { x: 'y' } } }));
  await clock.advance(100);
  await patching;
  expect((await manager.client.get(Widget, name)).metadata.labels).toEqual({ x: 'y' });
  manager.recorderFor('widget').event(widget, 'Normal', 'Made', 'Make', 'made');
  await clock.advance(60_000);
  expect([manager.isLeader, shown]).toEqual([true, ['~ patch Widget shop/a\n    + metadata.labels.x: "y"']]);
  stop.abort();
  await clock.advance(1_000);
  await running;
  expect(transport.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  await expect(createManager({ transport, dryRun: true, sharding: { name: 's', namespace: 'ops' } })).rejects.toThrow(/a dry run writes no Leases/);
});

it.each<[string, Partial<TransportRequest>, boolean]>([
  ['a read', { method: 'GET', path: '/api/v1/pods' }, true],
  ['a write', { method: 'PATCH', path: '/api/v1/namespaces/a/pods/b' }, false],
  ['a write that the server only tries', { method: 'PATCH', path: '/api/v1/namespaces/a/pods/b?dryRun=All&fieldManager=x' }, true],
  ['a deletion that it only tries', { method: 'DELETE', path: '/api/v1/namespaces/a/pods/b', body: Buffer.from('{"kind":"DeleteOptions","dryRun":["All"]}') }, true],
  ['a deletion', { method: 'DELETE', path: '/api/v1/namespaces/a/pods/b?x=dryRun', body: Buffer.from('{"kind":"DeleteOptions"}') }, false],
  ['a review', { method: 'POST', path: '/apis/authorization.k8s.io/v1/subjectaccessreviews' }, true],
])('in a dry run %s is sent or not', (_what, request, isSent) => {
  expect(dryRunRefusal({ headers: {}, ...request } as TransportRequest) === undefined).toBe(isSent);
});
