import { ConfigMap } from '@kubewright/api/core/v1';
import { TestCluster, eventually } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { Widget } from '../src/api/index.js';
import { definitions } from '../src/generated/index.js';
import { createManager } from '../src/manager.js';

it('brings a Widget about, and follows its spec', async () => {
  await using cluster = await TestCluster.start({ definitions });
  await using _operator = await cluster.run(await createManager({ transport: cluster.transport() }));
  const name = { namespace: 'default', name: 'first' };

  await cluster.client.create(Widget, { metadata: name, spec: { size: 3 } });
  await eventually(async () => {
    expect((await cluster.client.get(Widget, name)).status?.size).toBe(3);
    expect((await cluster.client.get(ConfigMap, { ...name, name: 'widget-first' })).data).toEqual({ size: '3' });
  });

  await cluster.client.patch(Widget, name, { type: 'merge', body: { spec: { size: 4 } } });
  await eventually(async () => expect((await cluster.client.get(Widget, name)).status?.size).toBe(4));
});
