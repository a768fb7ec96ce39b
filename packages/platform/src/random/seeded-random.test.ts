import { expect, it } from 'vitest';

import { jitter } from './random.js';
import { SeededRandom } from './seeded-random.js';

it('repeats its sequence for an equal seed and differs for another', () => {
  const sequence = (seed: number): number[] => Array.from({ length: 5 }, ((random) => () => random.float())(new SeededRandom(seed)));
  expect(sequence(7)).toEqual(sequence(7));
  expect(sequence(7)).not.toEqual(sequence(8));
  expect(sequence(7).every((value) => value >= 0 && value < 1)).toBe(true);
});

it('makes UUIDs of version 4', () => {
  expect(new SeededRandom(1).uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('stretches durations by no more than the factor', () => {
  const random = new SeededRandom(3);
  for (let i = 0; i < 100; i++) expect(jitter(random, 100, 0.5)).toSatisfy((value: number) => value >= 100 && value < 150);
});
