import { Lease } from '@kubewright/api/coordination/v1';
import { noopLogger, type Transport } from '@kubewright/platform';
import { controllerFor, createManager, KubewrightError, mergePatch, type LeaderElectionOptions, type Manager } from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });
/** A hand-over takes a try; the lease itself is long enough for a busy machine. */
const patient: LeaderElectionOptions = { name: 'widget-operator', namespace: 'default', leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 50 };
const quick: LeaderElectionOptions = { ...patient, leaseDuration: 2_000, renewDeadline: 1_000 };

it('lets exactly one of two managers reconcile, and hands over when it stops', async () => {
  await using cluster = await TestCluster.start(quiet);
  await cluster.client.create(Widget, widget('a'));
  const acted: string[] = [];
  const one = await replica(cluster.transport(), 'one', acted, patient);
  const two = await replica(cluster.transport(), 'two', acted, patient);
  const stopOne = new AbortController();
  const oneEnded = one.start(stopOne.signal);
  await one.elected;
  await using _two = await cluster.run(two);
  // The standby holds the caches already: it begins by reading them, not by listing.
  await eventually(() => expect(two.cache.informerFor(Widget).hasSynced).toBe(true));
  for (let size = 2; size <= 5; size++) {
    await cluster.client.patch(Widget, at('a'), mergePatch({ spec: { size } }));
    await eventually(() => expect(acted.at(-1)).toBe(`one a ${size}`));
  }
  expect(acted.every((line) => line.startsWith('one '))).toBe(true);
  expect((await cluster.client.get(Lease, at('widget-operator'))).spec).toMatchObject({ holderIdentity: 'one', leaseDurationSeconds: 15, leaseTransitions: 0 });

  stopOne.abort();
  await oneEnded;
  const before = acted.length;
  await two.elected;
  await eventually(() => expect(acted.slice(before)).toEqual(['two a 5']));
  await cluster.client.patch(Widget, at('a'), mergePatch({ spec: { size: 6 } }));
  await eventually(() => expect(acted.slice(before)).toEqual(['two a 5', 'two a 6']));
  expect((await cluster.client.get(Lease, at('widget-operator'))).spec).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
});

it('ends a leader that is cut off before its lease runs out, and another one goes on', async () => {
  await using cluster = await TestCluster.start(quiet);
  await cluster.client.create(Widget, widget('a'));
  const acted: string[] = [];
  const line = new Line(cluster.transport());
  const one = await replica(line, 'one', acted, quick);
  const two = await replica(cluster.transport(), 'two', acted, quick);
  const oneEnded = one.start(new AbortController().signal).then(() => undefined, (error: unknown) => error);
  await one.elected;
  await using _two = await cluster.run(two);
  await eventually(() => expect(acted).toEqual(['one a 1']));

  line.isCut = true;
  let twoLeads = false;
  void two.elected.then(() => (twoLeads = true));
  expect(await oneEnded).toMatchObject({ code: 'KW_LEADER_LOST' });
  expect(twoLeads).toBe(false);
  line.isCut = false;
  await expect(one.client.patch(Widget, at('a'), mergePatch({ spec: { size: 99 } }))).rejects.toMatchObject({ code: expect.stringMatching(/^KW_(LEADER_LOST|TRANSPORT_CLOSED)$/) });

  await two.elected;
  await eventually(() => expect(acted).toEqual(['one a 1', 'two a 1']));
});

async function replica(transport: Transport, identity: string, acted: string[], leaderElection: LeaderElectionOptions): Promise<Manager> {
  const manager = await createManager({ name: identity, transport, log: noopLogger, leaderElection: { ...leaderElection, identity } });
  controllerFor(manager).for(Widget).complete({
    async reconcile({ name }, { client }) {
      acted.push(`${identity} ${name} ${(await client.get(Widget, at(name))).spec.size}`);
    },
  });
  return manager;
}

/** A connection that can go away and come back. */
class Line implements Transport {
  isCut = false;

  constructor(private readonly inner: Transport) {}

  async dispatch(...[request, signal]: Parameters<Transport['dispatch']>): ReturnType<Transport['dispatch']> {
    if (this.isCut) throw new KubewrightError('KW_CONNECTION', `${request.method} ${request.path}: the network is gone`);
    return this.inner.dispatch(request, signal);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
