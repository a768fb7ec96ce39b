import { Event } from '@kubewright/api/events/v1';
import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('tells what happened', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  await cluster.client.create(Widget, widget('a', 99));
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  // #region snippet
  controllerFor(manager)
    .for(Widget)
    .complete({
      async reconcile({ namespace, name }, { client, recorder }) {
        const object = await client.get(Widget, { namespace: namespace!, name });
        if (object.spec.size > 10) recorder.event(object, 'Warning', 'TooLarge', 'CheckSize', `a size of ${object.spec.size} is more than 10`);
      },
    });
  // #endregion
  await using _running = await cluster.run(manager);
  await eventually(async () => {
    const { items } = await cluster.client.list(Event, { namespace: 'default' });
    expect(items).toMatchObject([{ reason: 'TooLarge', action: 'CheckSize', regarding: { kind: 'Widget', name: 'a' }, reportingController: 'widget-controller' }]);
  });
});
