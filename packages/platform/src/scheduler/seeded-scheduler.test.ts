import { expect, it } from 'vitest';

import { SeededRandom } from '../random/seeded-random.js';
import { SeededScheduler } from './seeded-scheduler.js';

async function order(seed: number): Promise<string[]> {
  const scheduler = new SeededScheduler(new SeededRandom(seed));
  const ran: string[] = [];
  for (const name of ['a', 'b', 'c']) for (const step of [1, 2, 3]) scheduler.schedule(name, () => ran.push(`${name}${step}`));
  await scheduler.drain();
  return ran;
}

it('keeps the order within a name, and repeats the order among names for an equal seed', async () => {
  const first = await order(5);
  expect(first).toEqual(await order(5));
  for (const name of ['a', 'b', 'c']) expect(first.filter((task) => task.startsWith(name))).toEqual([`${name}1`, `${name}2`, `${name}3`]);
});

it('tries different orders for different seeds', async () => {
  const orders = new Set(await Promise.all([1, 2, 3, 4, 5, 6].map(async (seed) => (await order(seed)).join())));
  expect(orders.size).toBeGreaterThan(1);
});
