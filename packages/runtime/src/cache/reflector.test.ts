import { ApiError } from '@kubewright/api';
import { FakeClock, memoryLogger, ScriptedTransport, SeededRandom, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import type { WatchFrame } from '../client/watch-stream.js';
import type { Delta } from './delta.js';
import { entryOf } from './entry.js';
import { TransportListWatcher, type ListWatcher } from './list-watcher.js';
import { Reflector } from './reflector.js';

type Frames = AsyncIterable<readonly WatchFrame<Entry>[]>;
const bookmark = (resourceVersion: string): WatchFrame<Entry> => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } });

/** Each call is written down and answered by the next script of its verb; the last one is used again. */
function harness(script: { lists?: (string | Error)[]; watches: ((signal: AbortSignal) => Frames)[]; streaming?: boolean }) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const calls: { verb: string; at: number; version: string; timeout?: number }[] = [];
  const deltas: Delta[] = [];
  const stop = new AbortController();
  let [lists, watches] = [0, 0];
  const listWatcher: ListWatcher = {
    async list(version) {
      calls.push({ verb: 'list', at: clock.monotonic(), version });
      const answer = (script.lists ?? ['1'])[Math.min(lists++, (script.lists ?? ['1']).length - 1)]!;
      if (answer instanceof Error) throw answer;
      return { entries: [], resourceVersion: answer };
    },
    watch(parameters, signal) {
      calls.push({ verb: parameters.sendInitialEvents ? 'stream' : 'watch', at: clock.monotonic(), version: parameters.resourceVersion, timeout: parameters.timeoutSeconds });
      return script.watches[Math.min(watches++, script.watches.length - 1)]!(signal);
    },
  };
  const reflector = new Reflector({
    name: 'widgets', listWatcher, sink: { apply: (delta) => deltas.push(delta) }, clock, random: new SeededRandom(1), log, streaming: script.streaming ?? false,
  });
  const running = reflector.run(stop.signal);
  return { calls, clock, deltas, log, reflector, verbs: () => calls.map(({ verb, version }) => `${verb} ${version}`), stop: () => (stop.abort(), running) };
}

/** Gives its frames and stays open until it is aborted. */
async function* open(signal: AbortSignal, ...frames: WatchFrame<Entry>[]): AsyncGenerator<WatchFrame<Entry>[]> {
  yield frames;
  await new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
async function* ends(...frames: WatchFrame<Entry>[]): AsyncGenerator<WatchFrame<Entry>[]> {
  yield frames;
}
async function* silence(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
}
async function* fails(error: Error): AsyncGenerator<WatchFrame<Entry>[]> {
  throw error;
}

describe('Reflector', () => {
  it('#28 lists, watches, and watches on from the last version when the server ends the watch', async () => {
    const test = harness({ watches: [() => ends(bookmark('5')), open] });
    await test.clock.advance(0);
    expect(test.verbs()).toEqual(['list 0', 'watch 1', 'watch 5']);
    await test.stop();
    expect(test.clock.pending).toBe(0);
  });

  it('#24 lists the newest state after a watch that fails by 410', async () => {
    const test = harness({ lists: ['1', '9'], watches: [() => ends(bookmark('5')), () => fails(ApiError.of(410, 'Expired', 'old')), open] });
    await test.clock.advance(0);
    expect(test.verbs()).toEqual(['list 0', 'watch 1', 'watch 5', 'list ', 'watch 9']);
    await test.stop();
  });

  it.each<[string, (status: string) => ScriptedAnswer]>([
    ['a status', (status) => ({ status: 410, body: status })],
    ['a frame of a stream that began well', (status) => ({ status: 200, body: `{"type":"ERROR","object":${status}}\n` })],
  ])('#24 #25 lists once, the newest, after %s that says 410, whichever of its two reasons it names', async (_what, answer) => {
    for (const reason of ['Expired', 'Gone']) {
      const clock = new FakeClock();
      const status = JSON.stringify(ApiError.of(410, reason, 'too old').status);
      const transport = new ScriptedTransport(({ lane, path }, index, signal) => {
        if (lane !== 'watch') return { status: 200, body: JSON.stringify({ metadata: { resourceVersion: path.includes('resourceVersion=0') ? '5' : '90' }, items: [] }) };
        return index === 1 ? answer(status) : { status: 200, body: silence(signal!) };
      });
      const listWatcher = new TransportListWatcher({ transport, kind: { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' }, selection: {}, toEntry: entryOf, clock });
      const reflector = new Reflector({ name: 'widgets', listWatcher, sink: { apply() {} }, clock, random: new SeededRandom(1), log: memoryLogger(), streaming: false });
      const stop = new AbortController();
      const running = reflector.run(stop.signal);
      for (let second = 0; second < 60; second++) await clock.advance(1_000);
      const versions = transport.requests.map(({ path, lane }) => `${lane === 'watch' ? 'watch' : 'list'} ${new URL(path, 'http://x').searchParams.get('resourceVersion') ?? ''}`);
      expect(versions).toEqual(['list 0', 'watch 5', 'list ', 'watch 90']);
      stop.abort();
      await running;
    }
  });

  it('#34 says nothing of a streamed list that is cut before its end, and everything of the next one', async () => {
    const added = (name: string): WatchFrame<Entry> => ({ type: 'ADDED', object: entryOf({ metadata: { name, uid: name, resourceVersion: '3' } }) });
    const end: WatchFrame<Entry> = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '6', annotations: { 'k8s.io/initial-events-end': 'true' } } } };
    const cut = async function* (): Frames {
      yield [added('a'), { type: 'BOOKMARK', object: { metadata: { resourceVersion: '4' } } }];
      throw new KubewrightError('KW_CONNECTION', 'reset');
    };
    const test = harness({ streaming: true, watches: [cut, () => ends(added('a')), (signal) => open(signal, added('a'), added('b'), end)] , lists: [ApiError.of(500, 'InternalError', 'no')] });
    await test.clock.advance(1_700);
    expect([test.calls.length, test.deltas]).toEqual([2, []]);
    for (let second = 0; second < 30 && test.deltas.length === 0; second++) await test.clock.advance(1_000);
    expect(test.deltas.map((delta) => delta.type === 'replace' && delta.entries.map(({ key }) => key))).toEqual([['a', 'b']]);
    await test.stop();
  });

  it('#27 never lists while connections are refused', async () => {
    const refused = () => fails(new KubewrightError('KW_CONNECTION', 'refused'));
    const test = harness({ watches: [refused, refused, refused, refused, refused, open] });
    await test.clock.advance(120_000);
    expect(test.verbs()).toEqual(['list 0', ...Array.from({ length: 6 }, () => 'watch 1')]);
    await test.stop();
  });

  it('backs off further with each failure, up to 30 s and a random share', async () => {
    const test = harness({ lists: [ApiError.of(403, 'Forbidden', 'no')], watches: [open] });
    await test.clock.advance(600_000);
    const gaps = test.calls.slice(1).map(({ at }, index) => at - test.calls[index]!.at);
    expect(gaps[0]).toBeGreaterThanOrEqual(800);
    expect(gaps[0]).toBeLessThan(1_600);
    expect(gaps[3]).toBeGreaterThanOrEqual(6_400);
    expect(Math.max(...gaps)).toBeLessThan(60_000);
    expect(Math.min(...gaps.slice(8))).toBeGreaterThanOrEqual(30_000);
    expect(test.reflector.lastFailure?.message).toBe('no');
    expect(test.log.lines[0]).toMatchObject({ level: 'warn', fields: { reason: 'Forbidden', hint: expect.stringContaining('service account') as string } });
    await test.stop();
    expect(test.clock.pending).toBe(0);
  });

  it('#30 does not loop on watches that end at once', async () => {
    const test = harness({ watches: [() => ends()] });
    await test.clock.advance(10_000);
    expect(test.calls.length).toBeLessThan(8);
    expect(test.verbs().filter((verb) => verb.startsWith('list'))).toEqual(['list 0']);
    await test.stop();
  });

  it('waits as long as the server says', async () => {
    const test = harness({ watches: [() => fails(ApiError.of(429, 'TooManyRequests', 'later', { retryAfterSeconds: 20 })), open] });
    await test.clock.advance(19_999);
    expect(test.calls).toHaveLength(2);
    await test.clock.advance(1);
    expect(test.verbs()).toEqual(['list 0', 'watch 1', 'watch 1']);
    await test.stop();
  });

  it('#29 spreads the ends of watches over five minutes', async () => {
    const test = harness({ watches: [() => ends(bookmark('2')), ...Array.from({ length: 98 }, () => () => ends(bookmark('2'))), open] });
    await test.clock.advance(0);
    const timeouts = test.calls.flatMap(({ timeout }) => timeout ?? []);
    expect(timeouts).toHaveLength(100);
    expect(Math.min(...timeouts)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...timeouts)).toBeLessThanOrEqual(600);
    expect(Math.max(...timeouts) - Math.min(...timeouts)).toBeGreaterThan(200);
    await test.stop();
  });

  it('#58 notices a dead watch by the bookmarks that stay away, and opens it again without a list', async () => {
    const test = harness({ watches: [(signal) => open(signal, bookmark('4')), open] });
    await test.clock.advance(89_999);
    expect(test.calls).toHaveLength(2);
    await test.clock.advance(1);
    expect(test.verbs()).toEqual(['list 0', 'watch 1', 'watch 4']);
    await test.stop();
  });

  it('trusts a quiet watch without bookmarks until the server should have ended it', async () => {
    const test = harness({ watches: [open, open] });
    await test.clock.advance(299_999);
    expect(test.calls).toHaveLength(2);
    await test.clock.advance(331_000);
    expect(test.verbs()).toEqual(['list 0', 'watch 1', 'watch 1']);
    await test.stop();
  });

  it('#35 falls back to lists when a server ignores or refuses streamed ones', async () => {
    for (const watch of [open, () => fails(ApiError.of(422, 'Invalid', 'sendInitialEvents'))]) {
      const test = harness({ streaming: true, watches: [watch, open] });
      await test.clock.advance(11_000);
      expect(test.verbs()).toEqual(['stream ', 'list 0', 'watch 1']);
      await test.stop();
    }
  });

  it('takes a streamed list and goes on with the same stream', async () => {
    const object = entryOf({ metadata: { name: 'a', uid: 'a', resourceVersion: '3' } });
    const end: WatchFrame<Entry> = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '6', annotations: { 'k8s.io/initial-events-end': 'true' } } } };
    const test = harness({ streaming: true, watches: [(signal) => open(signal, { type: 'ADDED', object }, end, { type: 'DELETED', object })] });
    await test.clock.advance(0);
    expect(test.deltas.map(({ type }) => type)).toEqual(['replace', 'delete']);
    expect(test.verbs()).toEqual(['stream ']);
    await test.stop();
    expect(test.clock.pending).toBe(0);
  });
});
