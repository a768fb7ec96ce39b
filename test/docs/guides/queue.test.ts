import { ConfigMap } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager, describeCause, generationChanged, TerminalError } from '@kubewright/runtime';
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
