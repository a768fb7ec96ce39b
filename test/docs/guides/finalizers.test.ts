import type { KubeObject } from '@kubewright/api';
import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager, isGone, waitFor, type DirectClient } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('cleans up before the object goes', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  const buckets = new Map<string, 'there' | 'emptying'>();
  const storage = {
    ensure: async (id: string) => void buckets.set(id, 'there'),
    /** Whether it is gone. */
    remove: async (id: string) => {
      const was = buckets.get(id);
      if (was === 'there') buckets.set(id, 'emptying');
      else buckets.delete(id);
      return was !== 'there';
    },
  };
  // #region snippet
  controllerFor(manager)
    .for(Widget)
    .withFinalizer('demo.example.com/bucket')
    .complete({
      async reconcileObject({ metadata }: Widget & KubeObject) {
        await storage.ensure(metadata.uid!); // the finalizer is on the object by now
      },
      async cleanup({ metadata }: Widget & KubeObject) {
        const isGone = await storage.remove(metadata.uid!); // must be content with finding nothing
        return isGone ? undefined : { requeueAfter: 10 }; // not done: the finalizer stays
      },
    });
  // #endregion
  await using _running = await cluster.run(manager);
  const name = { namespace: 'default', name: 'a' };
  await cluster.client.create(Widget, widget('a'));
  await eventually(() => expect([...buckets.values()]).toEqual(['there']));
  expect((await cluster.client.get(Widget, name)).metadata.finalizers).toEqual(['demo.example.com/bucket']);
  await cluster.client.delete(Widget, name);
  await waitFor(cluster.client as DirectClient, Widget, name, isGone);
  expect(buckets.size).toBe(0);
});
