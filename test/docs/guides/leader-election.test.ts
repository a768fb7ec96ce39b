import { noopLogger } from '@kubewright/platform';
import { controllerFor, createManager } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../../e2e/widget.js';

it('leads', async () => {
  await using cluster = await TestCluster.start({ definitions: [widgetDefinition], controllers: 'none', nodes: 0 });
  await cluster.client.create(Widget, widget('a'));
  const transport = cluster.transport();
  const seen: string[] = [];
  // #region snippet
  const manager = await createManager({
    name: 'widget-operator',
    transport, // left out in a real operator
    log: noopLogger,
    leaderElection: { name: 'widget-operator', namespace: 'default', onLost: 'step-down' },
  });
  controllerFor(manager)
    .for(Widget)
    .complete({ reconcile: async ({ name }) => void seen.push(name) });
  manager.addReadyCheck('leader-or-standby', () => {}); // a standby is ready too: it serves webhooks and metrics
  // #endregion
  await using _running = await cluster.run(manager);
  await manager.elected;
  await eventually(() => expect(seen).toEqual(['a']));
  expect(manager.isLeader).toBe(true);
});
