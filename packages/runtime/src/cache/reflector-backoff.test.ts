import { FakeClock, SeededRandom } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { Backoff } from './backoff.js';
import { notOlder } from './resource-version.js';

it('#31 starts over after two minutes without a failure, and not after one success', async () => {
  const clock = new FakeClock();
  const backoff = new Backoff(clock, new SeededRandom(1), { jitter: 0 });
  const delays: number[] = [];
  const fail = (): void => void delays.push(backoff.next());
  for (let count = 0; count < 8; count++) fail();
  await clock.advance(119_000);
  fail();
  await clock.advance(121_000);
  fail();
  expect(delays).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000, 800]);
});

it.each<[string, string, boolean | undefined]>([
  ['10', '9', true],
  ['9', '10', false],
  ['10', '10', true],
  ['18446744073709551616', '18446744073709551615', true],
  ['abc', 'abc', true],
  ['abc', '9', undefined],
  ['9', 'v1', undefined],
])('#63 version %s is not older than %s: %s', (a, b, expected) => {
  expect(notOlder(a, b)).toBe(expected);
});
