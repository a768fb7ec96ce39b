/** Whatever a server does and wherever it is cut: in the end the cache shows what the server has, and every listener was told so. */
import { ApiError, encodeJson, INITIAL_EVENTS_END, type KubeObject, type ResourceKind } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer, type TransportRequest } from '@kubewright/platform';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import { Cache } from './cache.js';

const kind: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
interface Stored extends KubeObject {
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string; labels: Record<string, string>; managedFields: object[] };
}

/** A server with a history of which it forgets the beginning. Bytes go out in pieces of `piece`. */
class Server {
  readonly objects = new Map<string, Stored>();
  readonly #history: { readonly version: number; readonly type: string; readonly object: Stored }[] = [];
  readonly #watchers = new Set<{ wake: () => void; broken: boolean }>();
  #version = 10;
  #forgotten = 0;
  /** What the next requests answer instead. */
  readonly faults: ScriptedAnswer[] = [];

  constructor(private readonly piece: number) {}

  set(name: string, label: string): void {
    const uid = this.objects.get(name)?.metadata.uid ?? `uid-${this.#version}`;
    const type = this.objects.has(name) ? 'MODIFIED' : 'ADDED';
    const metadata = { name, namespace: 'default', uid, resourceVersion: String(++this.#version), labels: { label }, managedFields: [{ manager: '😀' }] };
    this.#tell(type, { apiVersion: 'demo/v1', kind: 'Widget', metadata });
  }

  delete(name: string): void {
    const object = this.objects.get(name);
    if (object) this.#tell('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } });
  }

  forget(): void {
    this.#forgotten = this.#version;
    this.#history.length = 0;
  }

  /** Connections break; what was on its way may be lost. */
  cut(): void {
    for (const watcher of this.#watchers) {
      watcher.broken = true;
      watcher.wake();
    }
  }

  answer(request: TransportRequest, signal: AbortSignal): ScriptedAnswer {
    const fault = this.faults.shift();
    if (fault) return fault;
    const query = new URL(request.path, 'http://x').searchParams;
    if (!query.has('watch')) return { status: 200, body: this.#bytes(encodeJson({ kind: 'WidgetList', metadata: { resourceVersion: String(this.#version) }, items: [...this.objects.values()] })) };
    const since = query.get('resourceVersion') ?? '';
    if (Number(since) < this.#forgotten && since !== '' && since !== '0') return { status: 410, body: encodeJson(ApiError.of(410, 'Expired', 'too old').status) };
    return { status: 200, body: this.#watch(Number(since), query.has('sendInitialEvents'), signal) };
  }

  #tell(type: string, object: Stored): void {
    if (type === 'DELETED') this.objects.delete(object.metadata.name);
    else this.objects.set(object.metadata.name, object);
    this.#history.push({ version: this.#version, type, object });
    for (const { wake } of this.#watchers) wake();
  }

  async *#watch(since: number, initial: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const watcher = { wake: (): void => {}, broken: false };
    this.#watchers.add(watcher);
    let sent = since;
    try {
      if (initial) {
        sent = this.#version;
        for (const object of [...this.objects.values()]) yield* this.#bytes(`${encodeJson({ type: 'ADDED', object })}\n`);
        yield* this.#bytes(`${encodeJson({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(sent), annotations: { [INITIAL_EVENTS_END]: 'true' } } } })}\n`);
      }
      for (;;) {
        if (sent < this.#forgotten) return yield* this.#bytes(`${encodeJson({ type: 'ERROR', object: ApiError.of(410, 'Expired', 'too old').status })}\n`);
        for (const { version, type, object } of this.#history.filter((each) => each.version > sent)) {
          yield* this.#bytes(`${encodeJson({ type, object })}\n`, watcher);
          sent = version;
        }
        if (watcher.broken) throw new KubewrightError('KW_CONNECTION', 'cut');
        await new Promise<void>((resolve, reject) => {
          watcher.wake = resolve;
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        });
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async *#bytes(text: string, watcher?: { readonly broken: boolean }): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += this.piece) {
      if (watcher?.broken) throw new KubewrightError('KW_CONNECTION', 'cut in the middle');
      yield Buffer.from(bytes.subarray(at, at + this.piece));
    }
  }
}

const failures: ScriptedAnswer[] = [
  { status: 500, body: 'oops' },
  { status: 429, headers: { 'retry-after': '3' }, body: encodeJson(ApiError.of(429, 'TooManyRequests', 'later').status) },
  { status: 410, body: encodeJson(ApiError.of(410, 'Gone', 'gone').status) },
  { status: 504, body: encodeJson(ApiError.of(504, 'Timeout', 'too large', { causes: [{ reason: 'ResourceVersionTooLarge' }] }).status) },
  { status: 200, body: '<html>' },
  { status: 200, body: '{"type":"ADDED","object":{"metadata":{"na' },
  { status: 422, body: encodeJson(ApiError.of(422, 'Invalid', 'sendInitialEvents').status) },
  new KubewrightError('KW_CONNECTION', 'refused'),
];
const name = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), name, label: fc.constantFrom('x', 'y', 'z') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'forget' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), which: fc.nat({ max: failures.length - 1 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, 5, 1_000, 20_000) }) },
);

it.each([['objects', false], ['objects', true], ['bytes', false], ['bytes', true]] as const)('a cache of %s (streamed lists: %s) ends up as the server, and its listeners with it', async (store, streamInitialList) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom(1, 7, 50, 10_000), async (steps, piece) => {
      const server = new Server(piece);
      server.set('a', 'x');
      const clock = new FakeClock();
      const transport = new ScriptedTransport((request, _index, signal) => server.answer(request, signal!));
      const cache = new Cache({ transport, clock, random: new SeededRandom(5), log: memoryLogger(), store, streamInitialList, resyncPeriod: Infinity });
      const informer = cache.informerFor(kind);
      cache.indexField(kind, 'label', (object) => [object.metadata.labels?.['label'] ?? '']);
      const told = new Map<string, Entry>();
      informer.addHandler((event) => {
        const before = told.get(event.entry.key);
        // A listener's view is consistent: nothing is created twice, changed or deleted before it is there, or changed into another object.
        expect([event.type, before !== undefined]).toEqual([event.type, event.type !== 'create']);
        if (event.type === 'update') expect([event.old.uid, event.old.resourceVersion]).toEqual([event.entry.uid, before!.resourceVersion]);
        if (event.type === 'delete') told.delete(event.entry.key);
        else told.set(event.entry.key, event.entry);
      });
      const stop = new AbortController();
      const running = cache.start(stop.signal);
      for (const each of steps) {
        if (each.kind === 'set') server.set(each.name, each.label);
        else if (each.kind === 'delete') server.delete(each.name);
        else if (each.kind === 'fault') server.faults.push(failures[each.which]!);
        else if (each.kind === 'wait') await clock.advance(each.ms);
        else server[each.kind]();
      }
      server.faults.length = 0;
      for (let turn = 0; turn < 30; turn++) await clock.advance(10_000);
      const wanted = Array.from(server.objects.values(), ({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort();
      const seen = (entries: Iterable<Entry>): string[] => Array.from(entries, (entry) => `${entry.name} ${entry.uid} ${entry.resourceVersion}`).sort();
      expect(seen(informer.store.list('default'))).toEqual(wanted);
      expect(seen(told.values())).toEqual(wanted);
      expect(seen(['x', 'y', 'z'].flatMap((label) => informer.store.byIndex('label', label)))).toEqual(wanted);
      for (const entry of informer.store.list()) expect(entry.object()).not.toHaveProperty('metadata.managedFields');
      stop.abort(new Error('stopped'));
      await running;
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 40 },
  );
});
