import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { bucket, ChannelSource, controllerFor, createManager, describeCause, generationChanged, itemExponential, maxOf, TerminalError, typedController } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('tells why, tries again, looks later, gives up', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  const causesOf: string[] = [];
  const refused: string[] = [];
  // #region snippet
  controllerFor(manager)
    .for(Widget, { predicates: [generationChanged] }) // not for status, labels and annotations
    .watches(ConfigMap, (config) => (config.metadata.labels?.['widget'] ? [{ namespace: config.metadata.namespace!, name: config.metadata.labels['widget'] }] : []))
    .withOptions({ maxConcurrentReconciles: 4, reconcileTimeout: 60_000, fairness: 'namespace' })
    .complete({
      async reconcile({ namespace, name }, { client, causes, signal }) {
        causesOf.push(...causes.map(describeCause));
        const object = await client.get(Widget, { namespace: namespace!, name }, { signal }); // throws: tried again with back-off
        if (object.spec.colour === 'green') {
          refused.push(name);
          throw new TerminalError(`Widget ${namespace}/${name}: green is out of stock`); // not again before the next event
        }
        return { requeueAfter: 600_000 }; // or earlier, when something happens
      },
    });
  // #endregion
  await cluster.client.create(Widget, widget('a'));
  await cluster.client.create(Widget, { ...widget('b'), spec: { size: 1, colour: 'green' } });
  await using _running = await cluster.run(manager);
  await eventually(() => expect(causesOf.filter((text) => text.startsWith('initial of kind Widget default/'))).toHaveLength(2));
  expect(refused).toEqual(['b']);
  await cluster.client.create(ConfigMap, { metadata: { namespace: 'default', name: 'c', labels: { widget: 'a' } } });
  await eventually(() => expect(causesOf.at(-1)).toMatch(/^create of kind ConfigMap default\/c at \d+$/));
});

it('takes requests of another type, and delays of its own', async () => {
  await using cluster = await TestCluster.start({ controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'sync-operator', transport: cluster.transport(), log: noopLogger });
  const synced: string[] = [];
  // #region typed
  interface RegionRequest {
    readonly provider: string;
    readonly region: string;
  }
  const alarms = new ChannelSource<RegionRequest>({ handler: { requestsFor: ({ entry }) => [{ provider: 'aws', region: entry.name }] } });
  typedController<RegionRequest>(manager, {
    name: 'region',
    keyOf: ({ provider, region }) => `${provider}/${region}`, // requests of equal key are one
    sources: [alarms],
    reconciler: {
      async reconcile({ provider, region }, { log }) {
        log.info('synchronising', { provider, region });
        synced.push(`${provider}/${region}`);
      },
    },
    // A function: what it makes remembers failures, and is made for each controller that takes these options.
    options: { rateLimiter: () => maxOf(itemExponential(1_000, 300_000), bucket(manager.clock, 10, 100)) },
  });
  // #endregion
  await using _running = await cluster.run(manager);
  alarms.send({ metadata: { name: 'eu-west-1' } });
  await eventually(() => expect(synced).toEqual(['aws/eu-west-1']));
});
