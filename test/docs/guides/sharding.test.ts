import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager, requestsFor, Shard, type Manager, type ReconcileContext, type Request } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('divides', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const names = Array.from({ length: 12 }, (_none, index) => `w${index}`);
  for (const name of names) await cluster.client.create(Widget, widget(name));
  const acted = new Map<string, string>();
  const replica = async (identity: string): Promise<Manager> => {
    const transport = cluster.transport();
    const reconcile = async ({ name }: Request, _context: ReconcileContext): Promise<void> => void acted.set(name, identity);
    // #region snippet
    const manager = await createManager({
      name: 'widget-operator',
      transport, // left out in a real operator
      log: noopLogger,
      sharding: { name: 'widget-operator', namespace: 'default', identity, retryPeriod: 50 }, // identity and retryPeriod: for this test
    });
    const shard = new Shard({ membership: manager.membership!, requests: requestsFor(manager.cache, Widget) });
    controllerFor(manager)
      .for(Widget)
      .watchesSource(shard) // adds what this replica gains
      .withOptions({ needsLeaderElection: false }) // every replica is active
      .complete(shard.guard({ reconcile })); // lets only its own begin
    // #endregion
    return manager;
  };
  await using _one = await cluster.run(await replica('one'));
  await eventually(() => expect([...acted.values()]).toEqual(names.map(() => 'one')));
  const stopTwo = new AbortController();
  const two = (await replica('two')).start(stopTwo.signal);
  await eventually(() => expect(new Set(acted.values())).toEqual(new Set(['one', 'two'])));
  stopTwo.abort();
  await two;
  await eventually(() => expect([...acted.values()]).toEqual(names.map(() => 'one')));
});
