import { FakeClock } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { Expectations } from './expectations.js';

it('an expectation waits, times out until it is met, and is forgotten then', async () => {
  const clock = new FakeClock();
  const expectations = new Expectations(clock);
  const check = (holds: boolean) => expectations.check({ name: 'a' }, 'rollout', holds, 1_000);
  expect(check(false)).toEqual({ state: 'waiting', remaining: 1_000 });
  await clock.advance(400);
  expect(check(false)).toEqual({ state: 'waiting', remaining: 600 });
  await clock.advance(600);
  expect(check(false)).toEqual({ state: 'timed-out', waited: 1_000 });
  expect(check(true)).toEqual({ state: 'met', waited: 1_000 });
  expect(check(false)).toEqual({ state: 'waiting', remaining: 1_000 });
  expect(expectations.check({ name: 'b' }, 'rollout', true, 1_000)).toEqual({ state: 'met', waited: 0 });
  expectations.drop({ name: 'a' });
  await clock.advance(5_000);
  expect(check(false)).toEqual({ state: 'waiting', remaining: 1_000 });
});
