import type { KubeObject } from '@kubewright/api';
import { FakeClock, noopLogger, SeededRandom } from '@kubewright/platform';
import { expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import { entryOf } from './entry.js';
import type { ListWatcher } from './list-watcher.js';
import { Reflector } from './reflector.js';

const reset = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** The longest time without a watch, when each is cut off after `life` milliseconds. */
async function longestGap(life: number, error: () => Error): Promise<{ gap: number; lists: number }> {
  const clock = new FakeClock();
  let [gap, lists, version] = [0, 0, 1];
  let ended: number | undefined;
  const pod = (): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: String(++version) } });
  const listWatcher: ListWatcher = {
    async list() {
      lists++;
      return { entries: [], resourceVersion: String(version) };
    },
    async *watch(_parameters, signal) {
      if (ended !== undefined) gap = Math.max(gap, clock.monotonic() - ended);
      if (life > 0) {
        await clock.sleep(life, signal);
        yield [{ type: 'MODIFIED', object: entryOf(pod()) }];
      }
      ended = clock.monotonic();
      throw error();
    },
  };
  const reflector = new Reflector({ name: 'pods', listWatcher, sink: { apply() {} }, clock, random: new SeededRandom(1), log: noopLogger, streaming: false });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  for (let second = 0; second < 600; second++) await clock.advance(1000);
  stop.abort();
  await running;
  return { gap, lists };
}

it.each([
  ['of our own transport', () => new KubewrightError('KW_CONNECTION', 'socket hang up', { cause: reset() })],
  ['of any transport', reset],
])('goes on at once, from where it was, when a watch that had worked is cut off: an error %s', async (_whose, error) => {
  expect(await longestGap(20_000, error)).toEqual({ gap: 0, lists: 1 });
});

it('backs off from a server that cuts every watch off at once', async () => {
  const { gap, lists } = await longestGap(0, reset);
  expect(gap).toBeGreaterThan(20_000);
  expect(lists).toBe(1);
});
