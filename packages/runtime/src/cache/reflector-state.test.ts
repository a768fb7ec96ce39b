import { ApiError, INITIAL_EVENTS_END } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../errors/kubewright-error.js';
import { entryOf } from './entry.js';
import { initialState, step, type ReflectorSignal, type ReflectorState } from './reflector-state.js';

const entry = (name: string, resourceVersion: string) => entryOf({ metadata: { name, uid: name, resourceVersion } });
const event = (type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string, version: string): ReflectorSignal => ({ kind: 'event', event: { type, object: entry(name, version) } });
const bookmark = (resourceVersion: string, end = false): ReflectorSignal => ({
  kind: 'event',
  event: { type: 'BOOKMARK', object: { metadata: { resourceVersion, ...(end && { annotations: { [INITIAL_EVENTS_END]: 'true' } }) } } },
});
const failed = (error: unknown): ReflectorSignal => ({ kind: 'failed', error });

const expired = ApiError.of(410, 'Expired', 'too old');
const gone = ApiError.of(410, 'Gone', 'gone');
const tooLarge = ApiError.of(504, 'Timeout', 'too large', { causes: [{ reason: 'ResourceVersionTooLarge' }] });
const throttled = ApiError.of(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 3 });
const broken = ApiError.of(500, 'InternalError', 'oops');
const forbidden = ApiError.of(403, 'Forbidden', 'no');
const invalid = ApiError.of(422, 'Invalid', 'sendInitialEvents: Forbidden');
const refused = new KubewrightError('KW_CONNECTION', 'refused');
const badJson = new KubewrightError('KW_WATCH_DECODE', 'bad');
const silent = new KubewrightError('KW_WATCH_SILENT', 'silent');

const base = { unavailable: false, streaming: false };
const watching: ReflectorState = { ...base, version: '7', kind: 'watching', fresh: false };
const fresh: ReflectorState = { ...base, version: '7', kind: 'watching', fresh: true };
const listing = (version: string, unavailable = false): ReflectorState => ({ ...base, version, unavailable, kind: 'listing', via: 'list' });
const streaming = (version = '', unavailable = false): ReflectorState => ({ version, unavailable, streaming: true, kind: 'listing', via: 'stream', staged: new Map() });
const backingOff = (next: 'list' | 'stream' | 'watch', version = '7', unavailable = false): ReflectorState => ({ ...base, version, unavailable, kind: 'backing-off', next });
const sleep = (atLeast = 0) => ({ kind: 'sleep', atLeast });

describe('step of the reflector', () => {
  it.each<[string, ReflectorState, ReflectorSignal, unknown, unknown]>([
    ['first list takes what the server has at hand', initialState(false), { kind: 'start' }, listing(''), { kind: 'list', resourceVersion: '0' }],
    ['first list as a stream', initialState(true), { kind: 'start' }, streaming(), { kind: 'stream', resourceVersion: '' }],
    ['a list is followed by a watch of its version', listing(''), { kind: 'listed', entries: [], resourceVersion: '7' }, fresh, { kind: 'watch', resourceVersion: '7' }],
    ['a bookmark moves the version', watching, bookmark('9'), { ...watching, version: '9' }, undefined],
    ['an event moves the version', watching, event('DELETED', 'a', '8'), { ...watching, version: '8' }, undefined],
    ['#32 events from an unknown start do not move it', { ...watching, version: '' }, event('ADDED', 'a', '8'), { ...watching, version: '' }, undefined],
    ['the normal end watches on', watching, { kind: 'ended', short: false }, watching, { kind: 'watch', resourceVersion: '7' }],
    ['a very short watch backs off', watching, { kind: 'ended', short: true }, backingOff('watch'), sleep()],
    ['410 lists the newest at once', watching, failed(expired), listing('7', true), { kind: 'list', resourceVersion: '' }],
    ['#25 Gone is 410 too', watching, failed(gone), listing('7', true), { kind: 'list', resourceVersion: '' }],
    ['410 right after the list backs off', fresh, failed(expired), backingOff('list', '7', true), sleep()],
    ['#26 a version from the future lists the newest', watching, failed(tooLarge), listing('7', true), { kind: 'list', resourceVersion: '' }],
    ['429 watches on as the server says', watching, failed(throttled), backingOff('watch'), sleep(3000)],
    ['500 watches on', watching, failed(broken), backingOff('watch'), sleep()],
    ['a refused connection watches on', fresh, failed(refused), backingOff('watch'), sleep()],
    ['a silent watch is opened again', watching, failed(silent), watching, { kind: 'watch', resourceVersion: '7' }],
    ['bad JSON lists again', watching, failed(badJson), backingOff('list'), sleep()],
    ['403 on the watch lists again', watching, failed(forbidden), backingOff('list'), sleep()],
    ['after back-off the watch goes on', backingOff('watch'), { kind: 'slept' }, watching, { kind: 'watch', resourceVersion: '7' }],
    ['#23 after back-off a list does not go back in time', backingOff('list'), { kind: 'slept' }, listing('7'), { kind: 'list', resourceVersion: '7' }],
    ['an expired list asks for the newest at once', listing('7'), failed(expired), listing('7', true), { kind: 'list', resourceVersion: '' }],
    ['and backs off when that fails too', listing('7', true), failed(tooLarge), backingOff('list', '7', true), sleep()],
    ['a failed list backs off', listing(''), failed(forbidden), backingOff('list', ''), sleep()],
    ['the version is good again after a list', listing('7', true), { kind: 'listed', entries: [], resourceVersion: '3' }, { ...fresh, version: '3' }, { kind: 'watch', resourceVersion: '3' }],
    ['a server without streamed lists is listed, once and for all', streaming(), failed(invalid), listing(''), { kind: 'list', resourceVersion: '0' }],
    ['and one that ignores the parameter', streaming(), failed(silent), listing(''), { kind: 'list', resourceVersion: '0' }],
    ['a stream cut before its end is listed after back-off', streaming(), { kind: 'ended', short: false }, { ...backingOff('list', ''), streaming: true }, sleep()],
    ['a throttled stream is asked for again', streaming(), failed(throttled), { ...backingOff('stream', ''), streaming: true }, sleep(3000)],
    ['an expired stream asks for the newest', streaming('7'), failed(expired), streaming('7', true), { kind: 'stream', resourceVersion: '' }],
  ])('%s', (_name, state, signal, then, effect) => {
    const result = step(state, signal);
    expect(result.state).toEqual(then);
    expect(result.effect).toEqual(effect);
  });

  it('turns events into deltas, and a list into a replacement', () => {
    expect(step(watching, event('ADDED', 'a', '8')).delta).toMatchObject({ type: 'upsert', entry: { key: 'a' } });
    expect(step(watching, event('DELETED', 'a', '8')).delta).toMatchObject({ type: 'delete', entry: { key: 'a' } });
    expect(step(watching, bookmark('9')).delta).toEqual({ type: 'progress', resourceVersion: '9' });
    expect(step(listing(''), { kind: 'listed', entries: [entry('a', '1')], resourceVersion: '7' }).delta).toMatchObject({ type: 'replace', entries: [{ key: 'a' }], resourceVersion: '7' });
  });

  it('#34 keeps a streamed list back until its end is marked', () => {
    let state = streaming();
    for (const signal of [event('ADDED', 'a', '5'), event('ADDED', 'b', '3'), bookmark('4'), event('MODIFIED', 'a', '6'), event('DELETED', 'b', '7')]) {
      const result = step(state, signal);
      expect(result.delta).toBeUndefined();
      state = result.state;
    }
    const done = step(state, bookmark('8', true));
    expect(done.delta).toMatchObject({ type: 'replace', entries: [{ key: 'a', resourceVersion: '6' }], resourceVersion: '8' });
    expect(done.state).toMatchObject({ kind: 'watching', version: '8' });
    expect(done.effect).toBeUndefined();
  });
});
