import { env } from 'node:process';

import { ApiServer } from '@kubewright/apiserver';
import { FakeClock, readAll, SeededRandom, type Transport } from '@kubewright/platform';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonical } from './shape.js';
import { itemKey, WatchingClient, type Item, type Watched } from './watching-client.js';

/** `seed,runs` of a longer search, as test/long/model sets it. */
const [seed = 1, runs = 40] = (env['KUBEWRIGHT_MODEL'] ?? '').split(',').filter(Boolean).map(Number);

const NAMESPACES = ['default', 'kube-public'];
const WATCHED: readonly Watched[] = [
  { path: '/api/v1/configmaps', selector: 'labelSelector=model', start: 'list', limit: 1 },
  { path: '/api/v1/configmaps', selector: 'labelSelector=model%3Da', start: 'stream', limit: 0 },
  { path: '/api/v1/namespaces/default/configmaps', selector: 'labelSelector=model,model!%3Da', start: 'list', limit: 2 },
  { path: '/api/v1/namespaces/kube-public/configmaps', selector: 'labelSelector=model', start: 'stream', limit: 0 },
  { path: '/api/v1/configmaps', selector: 'labelSelector=model&fieldSelector=metadata.name%3Dx', start: 'list', limit: 500 },
  { path: '/api/v1/namespaces/default/configmaps', selector: 'labelSelector=model&fieldSelector=metadata.name!%3Dx', start: 'stream', limit: 0 },
];

type Step =
  | { readonly do: 'write'; readonly namespace: string; readonly name: string; readonly label: string; readonly data: string }
  | { readonly do: 'delete'; readonly namespace: string; readonly name: string }
  | { readonly do: 'step' | 'cut' | 'resume'; readonly client: number; readonly back: number }
  | { readonly do: 'wait'; readonly seconds: number };

const client = fc.nat(WATCHED.length - 1);
const namespace = fc.constantFrom(...NAMESPACES);
const name = fc.constantFrom('x', 'y', 'z');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), namespace, name, label: fc.constantFrom('a', 'b'), data: fc.constantFrom('1', '2') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), namespace, name }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('step' as const), client, back: fc.constant(0) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), client, back: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resume' as const), client, back: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 61) }) },
);

describe('a client that follows the protocol', () => {
  it('holds what the server holds, whatever happened on the way', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
      const world = new World();
      await world.start();
      try {
        for (const each of steps) await world.take(each);
        await world.settle();
        expect(world.problems()).toEqual([]);
      } finally {
        await world.close();
      }
    }), { seed, numRuns: runs });
  }, 3_600_000);
});

/** A server that forgets quickly, its clients, and all that was ever stored. */
class World {
  readonly #clock = new FakeClock();
  readonly #server = new ApiServer({ clock: this.#clock, random: new SeededRandom(1), historyLimit: 8 });
  readonly #past: { readonly revision: number; readonly items: readonly Item[] }[] = [];
  #transport!: Transport;
  #clients: readonly WatchingClient[] = [];

  async start(): Promise<void> {
    await this.#server.start();
    this.#transport = this.#server.transport();
    await this.#remember();
    this.#clients = WATCHED.map((watched) => new WatchingClient(this.#transport, watched, (revision) => this.#stateAt(watched, revision)));
  }

  async close(): Promise<void> {
    for (const each of this.#clients) await each.cut();
    await this.#server.close();
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'write': {
        const path = `/api/v1/namespaces/${step.namespace}/configmaps/${step.name}?fieldManager=m&force=true`;
        await this.#send('PATCH', path, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: step.name, labels: { model: step.label } }, data: { v: step.data } });
        return this.#remember();
      }
      case 'delete':
        await this.#send('DELETE', `/api/v1/namespaces/${step.namespace}/configmaps/${step.name}`);
        return this.#remember();
      case 'wait': return this.#clock.advance(step.seconds * 1000);
      case 'cut': return this.#clients[step.client]!.cut();
      case 'resume': return this.#clients[step.client]!.resumeAt(this.#past.at(-1 - Math.min(step.back, this.#past.length - 1))!.revision);
      case 'step': return this.#clients[step.client]!.step();
    }
  }

  /** Everybody catches up: until it is synced, and then for one whole watch. */
  async settle(): Promise<void> {
    for (const each of this.#clients) {
      for (let tries = 0; tries < 50 && !each.isSynced; tries++) await this.#stepAndEnd(each);
      for (let tries = 0; tries < 3; tries++) await this.#stepAndEnd(each);
    }
  }

  problems(): readonly string[] {
    const last = this.#past.at(-1)!;
    return this.#clients.flatMap((each, index) => {
      const wanted = this.#stateAt(WATCHED[index]!, last.revision).map(contentOf).sort();
      const held = [...each.held.values()].map(contentOf).sort();
      const ends = JSON.stringify(wanted) === JSON.stringify(held) ? [] : [`ends with ${held.join()}, not ${wanted.join()}`];
      return [...each.problems, ...ends].map((problem) => `client ${index}: ${problem}`);
    });
  }

  async #stepAndEnd(each: WatchingClient): Promise<void> {
    await each.step();
    await this.#clock.advance(61_000);
    await each.ended();
  }

  #stateAt({ path, selector }: Watched, revision: number): readonly Item[] {
    const items = this.#past.findLast((past) => past.revision <= revision)?.items ?? [];
    const only = NAMESPACES.find((each) => path.includes(`/${each}/`));
    return items.filter(({ metadata }) => {
      const label = (metadata['labels'] as { model: string }).model;
      return (only === undefined || metadata.namespace === only) && (!selector.includes('model%3Da') || label === 'a') && (!selector.includes('model!%3Da') || label !== 'a')
        && (!selector.includes('name%3D') || metadata.name === 'x') && (!selector.includes('name!%3D') || metadata.name !== 'x');
    });
  }

  async #remember(): Promise<void> {
    const { metadata, items } = (await this.#send('GET', '/api/v1/configmaps?labelSelector=model')) as { metadata: { resourceVersion: string }; items: Item[] };
    this.#past.push({ revision: Number(metadata.resourceVersion), items: items.sort((a, b) => (itemKey(a) < itemKey(b) ? -1 : 1)) });
  }

  async #send(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.#transport.dispatch({ method, path, headers: { 'content-type': 'application/apply-patch+yaml' }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
    return JSON.parse(Buffer.from(await readAll(response.body)).toString()) as unknown;
  }
}

/** Items of a list do not say what they are, events do. */
function contentOf({ apiVersion: _a, kind: _k, ...rest }: Item): string {
  return canonical(rest);
}
