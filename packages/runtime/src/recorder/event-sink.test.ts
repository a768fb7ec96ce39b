import { ApiError } from '@kubewright/api';
import type { Event } from '@kubewright/api/events/v1';
import { FakeClock, memoryLogger, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { Writer } from '../client/client.js';
import { EventSink } from './event-sink.js';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: 'shop', uid: 'u1', resourceVersion: '7' } };

function setUp(fail: (verb: 'create' | 'patch') => Error | undefined = () => undefined) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const created: Event[] = [];
  const patched: unknown[] = [];
  const writer = {
    async create(_kind: unknown, event: Event) {
      await Promise.resolve();
      const error = fail('create');
      if (error) throw error;
      created.push(event);
      return event;
    },
    async patch(_kind: unknown, name: unknown, patch: { body: unknown }) {
      await Promise.resolve();
      const error = fail('patch');
      if (error) throw error;
      patched.push({ name, body: patch.body });
      return {};
    },
  } as unknown as Pick<Writer, 'create' | 'patch'>;
  const sink = new EventSink({ writer, clock, random: new SeededRandom(), log, instance: 'operator-0' });
  const recorder = sink.recorder('widget-controller');
  const stop = new AbortController();
  const ended = sink.start(stop.signal);
  return { clock, log, created, patched, recorder, sink, stop, ended };
}

describe('EventSink', () => {
  it('#136 writes an event of events.k8s.io in the namespace of its object, with six fraction digits', async () => {
    const { clock, created, recorder, stop, ended } = setUp();
    recorder.event(pod, 'Normal', 'Created', 'Create', 'created stateful set web');
    await clock.advance(0);
    expect(created).toHaveLength(1);
    expect(created[0]).toMatchObject({
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web-0\.[0-9a-f]{16}$/) },
      eventTime: expect.stringMatching(/\.\d{6}Z$/),
      type: 'Normal', reason: 'Created', action: 'Create', note: 'created stateful set web',
      regarding: { apiVersion: 'v1', kind: 'Pod', name: 'web-0', namespace: 'shop', uid: 'u1', resourceVersion: '7' },
      reportingController: 'widget-controller', reportingInstance: 'operator-0',
    });
    expect(created[0]).not.toHaveProperty('series');
    stop.abort();
    await ended;
    expect(clock.pending).toBe(0);
  });

  it('puts events about cluster-scoped objects into the namespace default', async () => {
    const { clock, created, recorder, stop, ended } = setUp();
    recorder.event({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } }, 'Warning', 'Sick', 'Probe', 'no answer');
    await clock.advance(0);
    expect(created[0]?.metadata.namespace).toBe('default');
    expect(created[0]?.regarding).not.toHaveProperty('namespace');
    stop.abort();
    await ended;
  });

  it('#133 turns a thousand repeats into one object and two writes, and tells the count at the end', async () => {
    const { clock, created, patched, recorder, stop, ended } = setUp();
    for (let i = 0; i < 1000; i++) {
      recorder.event(pod, 'Warning', 'Failed', 'Apply', `attempt ${i}`);
      await clock.advance(10);
    }
    expect(created).toHaveLength(1);
    expect(patched).toEqual([{ name: { namespace: 'shop', name: created[0]!.metadata.name }, body: { series: { count: 2, lastObservedTime: expect.stringMatching(/\.\d{6}Z$/) } } }]);
    stop.abort();
    await ended;
    expect(patched.at(-1)).toMatchObject({ body: { series: { count: 1000 } } });
  });

  it('writes the final count when a series is over, and begins a new event afterwards', async () => {
    const { clock, created, patched, recorder, stop, ended } = setUp();
    for (let i = 0; i < 5; i++) {
      recorder.event(pod, 'Warning', 'Failed', 'Apply', 'no');
      await clock.advance(100);
    }
    await clock.advance(7 * 60_000);
    expect(patched.at(-1)).toMatchObject({ body: { series: { count: 5 } } });
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'no');
    await clock.advance(0);
    expect(created).toHaveLength(2);
    stop.abort();
    await ended;
  });

  it('counts repeats that come while the first event is on its way', async () => {
    const { clock, created, patched, recorder, stop, ended } = setUp();
    for (let i = 0; i < 3; i++) recorder.event(pod, 'Normal', 'Scaled', 'Scale', 'to 3');
    await clock.advance(0);
    expect(created).toHaveLength(1);
    expect(created[0]?.series).toMatchObject({ count: 3 });
    expect(patched).toHaveLength(0);
    stop.abort();
    await ended;
  });

  it('#135 cuts a note at one kilobyte and never in the middle of a character', async () => {
    const { clock, created, recorder, stop, ended } = setUp();
    recorder.event(pod, 'Normal', 'R'.repeat(200), 'A', '🙂'.repeat(2000));
    await clock.advance(0);
    expect(Buffer.byteLength(created[0]!.note!)).toBe(1024);
    expect(created[0]!.note).toBe('🙂'.repeat(256));
    expect(created[0]!.reason).toHaveLength(128);
    stop.abort();
    await ended;
  });

  it.each([0, 1, 2, 3])('#135 cuts where a character ends, %i bytes off, and limits every field that the server limits', async (off) => {
    const { clock, created, recorder, stop, ended } = setUp();
    const shift = 'x'.repeat(off);
    recorder.event(pod, 'Normal', `${shift}${'🙂'.repeat(60)}`, `${shift}${'ü'.repeat(100)}`, `${shift}${'🙂'.repeat(1_250)}`);
    recorder.event(pod, 'Normal', 'NoAction', '', 'n');
    for (let turn = 0; turn < 3; turn++) await clock.advance(0);
    const { note, reason, action } = created[0]!;
    const bytes = (text = ''): number => Buffer.byteLength(text);
    for (const [text, limit] of [[note, 1024], [reason, 128], [action, 128]] as const) {
      expect(text).not.toContain('\ufffd');
      expect(bytes(text)).toBeLessThanOrEqual(limit);
      expect(bytes(text)).toBeGreaterThan(limit - 4);
    }
    expect(created[1]?.action).toBe('NoAction'); // the server requires one
    stop.abort();
    await ended;
  });

  it('never throws: an object that can not be referred to is logged', async () => {
    const { log, recorder, stop, ended } = setUp();
    recorder.event({ metadata: { name: 'x' } }, 'Normal', 'A', 'A', 'n');
    expect(log.lines).toMatchObject([{ level: 'warn', message: 'event not recorded' }]);
    stop.abort();
    await ended;
  });

  it('#132 gives up at once where the server refuses, and goes on with the next event', async () => {
    let refuse = true;
    const { clock, created, recorder, stop, ended } = setUp(() => (refuse ? ApiError.of(403, 'Forbidden', 'no') : undefined));
    recorder.event(pod, 'Normal', 'First', 'A', 'n');
    await clock.advance(0);
    refuse = false;
    recorder.event(pod, 'Normal', 'Second', 'A', 'n');
    await clock.advance(0);
    expect(created.map((event) => event.reason)).toEqual(['Second']);
    stop.abort();
    await ended;
  });

  it('tries again where an answer may come later', async () => {
    let tries = 0;
    const { clock, created, recorder, stop, ended } = setUp(() => (++tries < 3 ? new Error('connection refused') : undefined));
    recorder.event(pod, 'Normal', 'First', 'A', 'n');
    await clock.advance(30_000);
    expect(created).toHaveLength(1);
    stop.abort();
    await ended;
  });

  it('#137 drops events when too many wait, and after its end', async () => {
    const { clock, log, created, recorder, stop, ended } = setUp();
    for (let i = 0; i < 1500; i++) recorder.event({ ...pod, metadata: { ...pod.metadata, uid: `u${i}` } }, 'Normal', 'A', 'A', 'n');
    await clock.advance(0);
    for (let i = 0; i < 50; i++) await clock.advance(0);
    stop.abort();
    await ended;
    expect(created).toHaveLength(1000);
    const lines = log.lines.length;
    for (let i = 0; i < 2_000; i++) expect(recorder.event(pod, 'Normal', `Late${i}`, 'A', 'n')).toBeUndefined();
    recorder.event({ metadata: {} }, 'Normal', 'Late', 'A', 'n');
    // Nothing is kept of them: not so much as would tell that there are too many.
    expect([created.length, log.lines.length, clock.pending]).toEqual([1000, lines, 0]);
  });

  it('does not hold up the end of a process for an API server that does not answer', async () => {
    const clock = new FakeClock();
    const writer = { create: () => new Promise(() => {}), patch: () => new Promise(() => {}) } as unknown as Pick<Writer, 'create' | 'patch'>;
    const sink = new EventSink({ writer, clock, random: new SeededRandom(), log: memoryLogger(), instance: 'i' });
    sink.recorder('c').event(pod, 'Normal', 'A', 'A', 'n');
    const stop = new AbortController();
    stop.abort();
    const ended = sink.start(stop.signal);
    await clock.advance(5_000);
    await ended;
    expect(clock.pending).toBe(0);
  });

  it('#132 never waits: what reports goes on while the server hangs', async () => {
    const clock = new FakeClock();
    const writer = { create: () => new Promise(() => {}), patch: () => new Promise(() => {}) } as unknown as Pick<Writer, 'create' | 'patch'>;
    const sink = new EventSink({ writer, clock, random: new SeededRandom(), log: memoryLogger(), instance: 'i' });
    const stop = new AbortController();
    void sink.start(stop.signal);
    for (let i = 0; i < 5_000; i++) expect(sink.recorder('c').event({ ...pod, metadata: { ...pod.metadata, uid: `u${i}` } }, 'Normal', 'A', 'A', 'n')).toBeUndefined();
    stop.abort();
  });

  it('#132 gives up after twelve tries', async () => {
    let tries = 0;
    const { clock, recorder, stop, ended } = setUp(() => (tries++, ApiError.of(500, 'InternalError', 'no')));
    recorder.event(pod, 'Normal', 'First', 'A', 'n');
    await clock.advance(3_600_000);
    expect(tries).toBe(12);
    stop.abort();
    await ended;
  });

  it('#133 writes a series that goes on every thirty minutes, also when other events keep coming', async () => {
    const { clock, created, patched, recorder, stop, ended } = setUp();
    for (let minute = 0; minute < 65; minute++) {
      recorder.event(pod, 'Warning', 'Failed', 'Apply', 'no');
      recorder.event({ ...pod, metadata: { ...pod.metadata, uid: `other${minute}` } }, 'Normal', 'Other', 'Apply', 'x');
      await clock.advance(60_000);
    }
    const counts = patched.map((patch) => (patch as { body: { series: { count: number } } }).body.series.count);
    expect(created.filter(({ reason }) => reason === 'Failed')).toHaveLength(1);
    expect(counts).toEqual([2, expect.closeTo(31, -1), expect.closeTo(61, -1)]);
    stop.abort();
    await ended;
  });

  it.each<[string, [typeof pod, 'Normal' | 'Warning', string, string]]>([
    ['type', [pod, 'Normal', 'Failed', 'Apply']],
    ['reason', [pod, 'Warning', 'Other', 'Apply']],
    ['action', [pod, 'Warning', 'Failed', 'Delete']],
    ['object', [{ ...pod, metadata: { ...pod.metadata, uid: 'u2' } }, 'Warning', 'Failed', 'Apply']],
  ])('#133 takes an event of another %s for another one, but not one of another note', async (_what, [subject, type, reason, action]) => {
    const { clock, created, recorder, stop, ended } = setUp();
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'one');
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'two');
    recorder.event(subject, type, reason, action, 'one');
    await clock.advance(0);
    await clock.advance(0);
    expect(created).toHaveLength(2);
    stop.abort();
    await ended;
  });

  it('#133 tells reporters and related objects apart', async () => {
    const { clock, created, patched, recorder, sink, stop, ended } = setUp();
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n1' } };
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'one');
    sink.recorder('other-controller').event(pod, 'Warning', 'Failed', 'Apply', 'one');
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'one', node);
    recorder.event(pod, 'Warning', 'Failed', 'Apply', 'two', node);
    for (let turn = 0; turn < 5; turn++) await clock.advance(0);
    expect(created.map(({ reportingController, related }) => `${reportingController} ${related?.name}`)).toEqual(['widget-controller undefined', 'other-controller undefined', 'widget-controller n1']);
    expect(patched).toHaveLength(0); // the second one about the node went along with the first
    expect(created[2]?.series).toMatchObject({ count: 2 });
    stop.abort();
    await ended;
  });

  it('#134 writes 25 different events about an object, then one every five minutes; another object is not concerned', async () => {
    const { clock, created, recorder, stop, ended } = setUp();
    const settle = async (): Promise<void> => { for (let i = 0; i < 40; i++) await clock.advance(0); };
    for (let i = 0; i < 30; i++) recorder.event(pod, 'Normal', `Reason${i}`, 'A', 'n');
    await settle();
    expect(created).toHaveLength(25);
    recorder.event({ ...pod, metadata: { ...pod.metadata, uid: 'u2' } }, 'Normal', 'Fine', 'A', 'n');
    await settle();
    expect(created).toHaveLength(26);
    await clock.advance(299_000);
    recorder.event(pod, 'Normal', 'Late', 'A', 'n');
    await clock.advance(1_000);
    recorder.event(pod, 'Normal', 'Later', 'A', 'n');
    recorder.event(pod, 'Normal', 'Latest', 'A', 'n');
    await settle();
    expect(created.slice(26).map(({ reason }) => reason)).toEqual(['Later']);
    stop.abort();
    await ended;
  });
});
