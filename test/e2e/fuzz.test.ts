import { startCluster } from '@kubewright/apiserver';
import { expect, it } from 'vitest';

import { fuzz } from '../long/fuzz/run.mjs';

// The same requests each time; `pnpm test:long fuzz` makes a hundred thousand others.
it('answers three thousand requests that nobody should send, none of them with an error of its own', async () => {
  const { findings, statuses } = await fuzz({ startCluster, count: 3_000, seed: 20_260_101 });
  expect(findings).toEqual([]);
  for (const status of [200, 201, 400, 404, 405, 406, 409, 415, 422]) expect(statuses[status], `answers with ${status}`).toBeGreaterThan(5);
}, 60_000);
