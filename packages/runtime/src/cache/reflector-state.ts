/**
 * The decisions of a reflector, without any effect: given where it stands and what happened, where does it stand then, what does the cache
 * learn, and what is to be done next. reflector.ts does it.
 */
import { ApiError, INITIAL_EVENTS_END, isExpired, isNotFound } from '@kubewright/api';

import { isConnectionError } from '../client/connection-error.js';
import type { WatchFrame } from '../client/watch-stream.js';
import { hasCode } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import type { Delta } from './delta.js';

/** What a reflector remembers in every state. */
interface Memory {
  /** The newest version that the cache has seen; empty before the first list. */
  readonly version: string;
  /** The server no longer knows `version`: only its newest state will do, until a list succeeds. */
  readonly unavailable: boolean;
  /** Initial lists are asked for as a stream (WatchList). Off once the server did not understand. */
  readonly streaming: boolean;
}

/** Where a reflector stands. */
export type ReflectorState = Memory &
  (
    | { readonly kind: 'empty' }
    | { readonly kind: 'listing'; readonly via: 'list' }
    /** The step function collects in `staged`; nobody else has it. */
    | { readonly kind: 'listing'; readonly via: 'stream'; readonly staged: Map<string, Entry> }
    /** `fresh`: nothing has come since the list. */
    | { readonly kind: 'watching'; readonly fresh: boolean }
    | { readonly kind: 'backing-off'; readonly next: 'list' | 'stream' | 'watch' }
  );

/** What happened. */
export type ReflectorSignal =
  | { readonly kind: 'start' }
  | { readonly kind: 'listed'; readonly entries: readonly Entry[]; readonly resourceVersion: string }
  | { readonly kind: 'event'; readonly event: WatchFrame<Entry> }
  /** The server closed the watch. `short`: within a second and without an event. */
  | { readonly kind: 'ended'; readonly short: boolean }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'slept' };

/** What is to be done; its outcome is the next signal. `stream` and `watch` give any number of event signals before. */
export type ReflectorEffect =
  | { readonly kind: 'list' | 'stream' | 'watch'; readonly resourceVersion: string }
  /** Wait for the back-off, and at least this many milliseconds; `atMost` wins. */
  | { readonly kind: 'sleep'; readonly atLeast: number; readonly atMost?: number };

export interface ReflectorStep {
  readonly state: ReflectorState;
  readonly delta?: Delta;
  /** Undefined while the effect under way goes on. */
  readonly effect?: ReflectorEffect;
}

/** The state before the first step. @param version the newest that the cache has seen, if it has seen one */
export function initialState(streaming: boolean, version = ''): ReflectorState {
  return { kind: 'empty', version, unavailable: false, streaming };
}

/** Nothing but its arguments decides. */
export function step(state: ReflectorState, signal: ReflectorSignal): ReflectorStep {
  const memory: Memory = { version: state.version, unavailable: state.unavailable, streaming: state.streaming };
  switch (signal.kind) {
    case 'start':
      return begin(memory, memory.streaming ? 'stream' : 'list');
    case 'slept':
      return begin(memory, state.kind === 'backing-off' ? state.next : 'list');
    case 'listed':
      return listed(memory, signal.entries, signal.resourceVersion);
    case 'event':
      return state.kind === 'listing' && state.via === 'stream' ? staged(state, memory, signal.event) : watched(state, memory, signal.event);
    case 'ended':
      if (state.kind === 'listing') return backOff(memory, 'list');
      return signal.short ? backOff(memory, 'watch') : begin(memory, 'watch');
    case 'failed':
      return state.kind === 'watching' ? watchFailed(state.fresh, memory, signal.error) : listFailed(state, memory, signal.error);
  }
}

function begin(memory: Memory, what: 'list' | 'stream' | 'watch'): ReflectorStep {
  const newest = memory.unavailable ? '' : memory.version;
  switch (what) {
    case 'watch':
      return { state: { ...memory, kind: 'watching', fresh: false }, effect: { kind: 'watch', resourceVersion: memory.version } };
    case 'stream':
      return { state: { ...memory, kind: 'listing', via: 'stream', staged: new Map() }, effect: { kind: 'stream', resourceVersion: newest } };
    case 'list':
      // "0": whatever the server has at hand. Later lists must not go back in time.
      return { state: { ...memory, kind: 'listing', via: 'list' }, effect: { kind: 'list', resourceVersion: memory.unavailable ? '' : memory.version || '0' } };
  }
}

/** A kind may be installed later: whoever waits for it should not wait much longer. controller-runtime looks as often. */
const MISSING_KIND_MS = 10_000;

function backOff(memory: Memory, next: 'list' | 'stream' | 'watch', error?: unknown): ReflectorStep {
  const atLeast = (error instanceof ApiError && error.retryAfter) || 0;
  return { state: { ...memory, kind: 'backing-off', next }, effect: { kind: 'sleep', atLeast, ...(isNotFound(error) && { atMost: MISSING_KIND_MS }) } };
}

function listed(memory: Memory, entries: readonly Entry[], resourceVersion: string): ReflectorStep {
  return {
    state: { version: resourceVersion, unavailable: false, streaming: memory.streaming, kind: 'watching', fresh: true },
    delta: { type: 'replace', entries, resourceVersion },
    effect: { kind: 'watch', resourceVersion },
  };
}

/** The cache learns nothing before the list is complete: a half list would look like deletions. */
function staged(state: ReflectorState & { readonly staged: Map<string, Entry> }, memory: Memory, event: WatchFrame<Entry>): ReflectorStep {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
      state.staged.set(event.object.key, event.object);
      return { state };
    case 'DELETED':
      state.staged.delete(event.object.key);
      return { state };
    case 'BOOKMARK': {
      if (event.object.metadata.annotations?.[INITIAL_EVENTS_END] !== 'true') return { state };
      const { effect: _, ...replaced } = listed(memory, [...state.staged.values()], event.object.metadata.resourceVersion ?? '');
      return replaced; // the same stream goes on as the watch
    }
  }
}

function watched(state: ReflectorState, memory: Memory, event: WatchFrame<Entry>): ReflectorStep {
  const watching = (version: string): ReflectorState => ({ ...memory, version, kind: 'watching', fresh: false });
  if (event.type === 'BOOKMARK') {
    const { resourceVersion = memory.version } = event.object.metadata;
    return { state: watching(resourceVersion), delta: { type: 'progress', resourceVersion } };
  }
  // A watch from "" or "0" begins with what exists, in no order of versions: only a bookmark tells how far it got.
  const unordered = state.version === '' || state.version === '0';
  return {
    state: watching(unordered ? state.version : event.object.resourceVersion),
    delta: { type: event.type === 'DELETED' ? 'delete' : 'upsert', entry: event.object },
  };
}

function watchFailed(fresh: boolean, memory: Memory, error: unknown): ReflectorStep {
  if (isUnavailable(error)) {
    const forgotten = { ...memory, unavailable: true };
    const how = memory.streaming ? 'stream' : 'list';
    // A version that was refused right after its own list: listing again at once could go on for ever.
    return fresh ? backOff(forgotten, how, error) : begin(forgotten, how);
  }
  if (hasCode(error, 'KW_WATCH_SILENT')) return begin(memory, 'watch');
  return backOff(memory, isPassing(error) ? 'watch' : memory.streaming ? 'stream' : 'list', error);
}

function listFailed(state: ReflectorState, memory: Memory, error: unknown): ReflectorStep {
  const streamed = state.kind === 'listing' && state.via === 'stream';
  if (isUnavailable(error)) {
    return memory.unavailable ? backOff(memory, 'list', error) : begin({ ...memory, unavailable: true }, streamed ? 'stream' : 'list');
  }
  if (!streamed) return backOff(memory, memory.streaming ? 'stream' : 'list', error);
  // A server that does not know the parameter refuses it, or ignores it and never marks the end.
  if (isRefusal(error) || hasCode(error, 'KW_WATCH_SILENT')) return begin({ ...memory, streaming: false }, 'list');
  return backOff(memory, isPassing(error) ? 'stream' : 'list', error);
}

/** The version is too old (410), or newer than the server's newest, as after a restore of its storage. */
function isUnavailable(error: unknown): boolean {
  return isExpired(error) || (error instanceof ApiError && (error.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false));
}

/** It is about the server's health, not about our version: the watch can go on where it stopped, and a list would only add to the load. */
function isPassing(error: unknown): boolean {
  return isConnectionError(error) || hasCode(error, 'KW_REQUEST_TIMEOUT') || (error instanceof ApiError && (error.httpStatus === 429 || error.httpStatus >= 500));
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [400, 405, 415, 422].includes(error.httpStatus);
}
