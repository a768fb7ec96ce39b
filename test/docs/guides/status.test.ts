import type { KubeObject } from '@kubewright/api';
import { noopLogger } from '@kubewright/platform';
import { conditionsOf, controllerFor, createManager, mergePatch, patchStatus } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('reports, and writes only what changed', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  const manager = await createManager({ name: 'widget-operator', transport: cluster.transport(), log: noopLogger });
  let reconciles = 0;
  // #region snippet
  controllerFor(manager)
    .for(Widget)
    .complete({
      async reconcileObject(object: Widget & KubeObject, { client, clock }) {
        reconciles++;
        const fits = object.spec.size <= 10;
        await patchStatus(client, Widget, object, {
          size: object.spec.size,
          conditions: conditionsOf(object, clock, { type: 'Ready', status: fits ? 'True' : 'False', reason: fits ? 'Fits' : 'TooLarge', message: `size ${object.spec.size}` }),
        });
      },
    });
  // #endregion
  await using _running = await cluster.run(manager);
  await cluster.client.create(Widget, widget('a', 3));
  const name = { namespace: 'default', name: 'a' };
  await eventually(async () => {
    const { status } = await cluster.client.get(Widget, name);
    expect(status).toMatchObject({ size: 3, conditions: [{ type: 'Ready', status: 'True', reason: 'Fits', observedGeneration: 1 }] });
  });
  // The write of the status is an event too, and leads to a reconcile that writes nothing.
  await eventually(() => expect(reconciles).toBe(2));
  await cluster.client.patch(Widget, name, mergePatch({ spec: { size: 99 } }));
  await eventually(async () => {
    const { status } = await cluster.client.get(Widget, name);
    expect(status).toMatchObject({ size: 99, conditions: [{ type: 'Ready', status: 'False', observedGeneration: 2 }] });
  });
});
