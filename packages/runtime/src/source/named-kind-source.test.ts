import type { ResourceKind, UnstructuredObject } from '@kubewright/api';
import { FakeClock, memoryLogger } from '@kubewright/platform';
import { expect, it } from 'vitest';

import type { Informer, InformerListener } from '../cache/informer.js';
import { entryOf } from '../cache/entry.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { NamedKindSource } from './named-kind-source.js';

const kind: ResourceKind<UnstructuredObject> = { group: 'demo', version: 'v2', kind: 'Gadget', plural: 'gadgetries', scope: 'Namespaced' };

function setUp() {
  const clock = new FakeClock();
  const log = memoryLogger();
  const asked: unknown[] = [];
  let isServed = false;
  const listeners: InformerListener[] = [];
  const source = new NamedKindSource({
    kind: { group: 'demo', kind: 'Gadget' },
    restMapper: {
      async kindFor(name) {
        asked.push(name);
        if (!isServed) throw new KubewrightError('KW_KIND_UNKNOWN', 'the server does not know Gadget of demo');
        return kind;
      },
    },
    cache: {
      informerFor(given) {
        asked.push(given);
        return { addHandler: (listener: InformerListener) => (listeners.push(listener), { remove: () => {}, synced: async () => {} }) } as unknown as Informer;
      },
    },
    handler: enqueueObject(),
    clock, log,
  });
  const added: unknown[] = [];
  const stop = new AbortController();
  const started = source.start({ add: (request, options) => void added.push([request, options?.causes?.[0]?.source]) }, stop.signal);
  return { clock, log, asked, source, started, stop, added, listeners, install: () => void (isServed = true) };
}

it('a kind that is known by name is looked for until it is there, and then watched where the server says', async () => {
  const test = setUp();
  await test.clock.advance(25_000);
  expect(test.asked).toEqual(Array.from({ length: 3 }, () => ({ group: 'demo', kind: 'Gadget' })));
  expect([test.source.name, test.source.lastFailure?.message]).toEqual(['kind Gadget.demo', 'the server does not know Gadget of demo']);
  expect(test.log.lines.map(({ level }) => level)).toEqual(['info']);
  test.install();
  await test.clock.advance(10_000);
  await test.started;
  expect(test.asked.at(-1)).toBe(kind);
  expect(test.source.lastFailure).toBeUndefined();
  test.listeners[0]!({ type: 'create', entry: entryOf({ metadata: { namespace: 'shop', name: 'a' } } as never) } as never);
  expect(test.added).toEqual([[{ namespace: 'shop', name: 'a' }, 'kind Gadget']]);
});

it('a kind that is never there holds nobody up at a stop', async () => {
  const test = setUp();
  await test.clock.advance(1_000);
  test.stop.abort(new Error('stopped'));
  await expect(test.started).rejects.toThrow('stopped');
  expect(test.clock.pending).toBe(0);
});
