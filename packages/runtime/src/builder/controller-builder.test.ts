import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { CustomResource, nameOf, type KubeObject } from '@kubewright/api';
import { ConfigMap, Secret } from '@kubewright/api/core/v1';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { createManager } from '../manager/create-manager.js';
import type { Manager } from '../manager/manager.js';
import { STOPS } from '../tracing/stops.js';
import { controllerFor } from './controller-builder.js';

class Widget {
  spec!: { size: number };
}
CustomResource({ group: 'demo.example.com', version: 'v1' })(Widget);

/** Lists and watches of a few kinds, fed by hand. */
class FeedServer {
  readonly objects = new Map<string, KubeObject[]>();
  readonly #watches = new Map<string, ((line: string) => void)[]>();
  #version = 10;
  readonly transport = new ScriptedTransport((request, _index, signal) => {
    const plural = new URL(request.path, 'http://x').pathname.split('/').at(-1)!;
    if (request.path.includes('watch=')) return { status: 200, body: this.#watch(plural, signal) };
    return { status: 200, body: JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) }, items: this.objects.get(plural) ?? [] }) };
  });

  /** An object in the first list. */
  given(plural: string, object: KubeObject): void {
    this.objects.set(plural, [...(this.objects.get(plural) ?? []), { ...object, metadata: { uid: object.metadata.name!, resourceVersion: String(this.#version), ...object.metadata } }]);
  }

  /** An event of a watch. */
  emit(type: string, plural: string, object: KubeObject): void {
    const versioned = { ...object, metadata: { uid: object.metadata.name!, ...object.metadata, resourceVersion: String(++this.#version) } };
    for (const push of this.#watches.get(plural) ?? []) push(`${JSON.stringify({ type, object: versioned })}\n`);
  }

  async *#watch(plural: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const lines: string[] = [];
    let wake = (): void => {};
    this.#watches.set(plural, [...(this.#watches.get(plural) ?? []), (line) => (lines.push(line), wake())]);
    signal?.addEventListener('abort', () => wake(), { once: true });
    for (;;) {
      for (const line of lines.splice(0)) yield Buffer.from(line);
      if (signal?.aborted) throw signal.reason;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

const widget = (name: string, size = 1): KubeObject => ({ apiVersion: 'demo.example.com/v1', kind: 'Widget', metadata: { namespace: 'shop', name, generation: size }, ...{ spec: { size } } });

async function setUp() {
  const server = new FeedServer();
  const clock = new FakeClock();
  const manager = await createManager({ name: 'test', transport: server.transport, clock, random: new SeededRandom(), log: memoryLogger() });
  const stop = new AbortController();
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await clock.advance(0);
  };
  return { server, clock, manager, stop, settle };
}

async function running(manager: Manager, stop: AbortController, settle: () => Promise<void>, work: () => Promise<void>): Promise<void> {
  const ended = manager.start(stop.signal);
  await settle();
  await work();
  stop.abort();
  await ended;
}

describe('a controller that was built', () => {
  it('reconciles its kind, the owners of what it owns and what a mapper finds', async () => {
    const { server, clock, manager, stop, settle } = await setUp();
    const seen: string[] = [];
    server.given('widgets', widget('a'));
    server.given('widgets', widget('b'));
    controllerFor(manager)
      .for(Widget)
      .owns(ConfigMap)
      .watches(Secret, (secret, reader) => reader.list(Widget, { namespace: secret.metadata.namespace! }).map(nameOf))
      .complete({ reconcileObject: async (object: KubeObject) => void seen.push(object.metadata.name!) });
    await running(manager, stop, settle, async () => {
      expect(seen.splice(0)).toEqual(['a', 'b']);
      server.emit('MODIFIED', 'widgets', widget('b', 2));
      await settle();
      expect(seen.splice(0)).toEqual(['b']);
      const owner = { apiVersion: 'demo.example.com/v1beta1', kind: 'Widget', name: 'a', uid: 'a', controller: true };
      server.emit('ADDED', 'configmaps', { metadata: { namespace: 'shop', name: 'child', ownerReferences: [owner] } });
      await settle();
      expect(seen.splice(0)).toEqual(['a']);
      server.emit('ADDED', 'secrets', { metadata: { namespace: 'shop', name: 'password' } });
      await settle();
      expect(seen.splice(0)).toEqual(['a', 'b']);
      server.emit('ADDED', 'secrets', { metadata: { namespace: 'elsewhere', name: 'password' } });
      await settle();
      expect(seen).toEqual([]);
    });
    expect(clock.pending).toBe(0);
  });

  it('#14 is content when the object is gone by the time its turn comes', async () => {
    const { server, manager, stop, settle } = await setUp();
    const seen: string[] = [];
    controllerFor(manager).for(Widget).complete({ reconcileObject: async (object: KubeObject) => void seen.push(object.metadata.name!) });
    await running(manager, stop, settle, async () => {
      server.emit('ADDED', 'widgets', widget('a'));
      server.emit('DELETED', 'widgets', widget('a'));
      await settle();
      expect(seen).toEqual([]);
    });
    expect((manager.log as ReturnType<typeof memoryLogger>).lines.some((line) => line.level === 'error')).toBe(false);
  });

  it('takes an event past the stops of the walk in their order', async () => {
    const { server, manager, stop, settle } = await setUp();
    const passed: string[] = [];
    const listeners = STOPS.map((name) => [`kubewright:${name}`, () => void (passed.at(-1) !== name && passed.push(name))] as const);
    controllerFor(manager).for(Widget).complete({ reconcile: async () => {} });
    await running(manager, stop, settle, async () => {
      for (const [channel, listener] of listeners) subscribe(channel, listener);
      server.emit('ADDED', 'widgets', widget('a'));
      await settle();
    });
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
    expect(passed).toEqual(['watch-stream', 'reflector', 'informer', 'source', 'handler', 'queue', 'worker', 'reconcile', 'outcome']);
  });

  it('keeps a builder as it was when it is built upon', async () => {
    const { manager } = await setUp();
    const base = controllerFor(manager).for(Widget);
    base.owns(ConfigMap).withOptions({ maxConcurrentReconciles: 5 }).named('other');
    expect(base.spec).toEqual({ for: { kind: Widget, options: {} }, owns: [], watches: [], sources: [], predicates: [], dependents: [], options: {} });
    expect(() => base.for(Secret)).toThrow(/for\(\) was called twice/);
  });
});
