import { FakeClock } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { eventually } from './eventually.js';

it('resolves to what the check returns as soon as it holds', async () => {
  let looks = 0;
  const result = eventually(() => (++looks < 3 ? Promise.reject(new Error('not yet')) : looks), { interval: 1 });
  expect(await result).toBe(3);
});

it('tells the last failure when time is up', async () => {
  const clock = new FakeClock();
  const result = eventually(() => Promise.reject(new Error('replicas: 2, wanted 3')), { timeout: 100, interval: 10, clock });
  const outcome = expect(result).rejects.toThrow('did not hold within 100 ms: replicas: 2, wanted 3');
  await clock.advance(200);
  await outcome;
  expect(clock.pending).toBe(0);
});
