import { TestCluster } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { createManager } from '../src/manager.js';

it('starts and stops on an empty cluster', async () => {
  await using cluster = await TestCluster.start();
  const manager = await createManager({ transport: cluster.transport() });
  const stop = new AbortController();
  const running = manager.start(stop.signal);
  stop.abort();
  await expect(running).resolves.toBeUndefined();
});
