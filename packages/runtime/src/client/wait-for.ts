import { ApiError, isExpired, isNotFound, keyOf, resourceKind, type KindRef, type KubeObject, type NamespacedName, type ObjectOf } from '@kubewright/api';
import { realClock, type Clock } from '@kubewright/platform';

import { hasCode, KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import type { Reader, Watcher } from './client.js';

/** Looks at an object, undefined when there is none. True ends the wait; a text says what is still missing. */
export type WaitCondition<T> = (object: DeepReadonly<T> | undefined) => boolean | string;

/** How {@link waitFor} waits. */
export interface WaitForOptions {
  /** Milliseconds. @default 120_000; Infinity waits for ever */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** @default the real one */
  readonly clock?: Clock;
}

/** Between attempts after a failure that may pass. */
const RETRY_MS = 1_000;

/**
 * Waits until an object is as it should be, and returns it as it was then (undefined when the condition takes that). It reads once and
 * watches on from there, so that no state in between is missed; watches that end or break are taken up again.
 *
 * @example
 * await waitFor(client, Deployment, name, conditionIs('Available'), { timeout: 60_000 });
 *
 * @throws KubewrightError KW_WAIT_TIMEOUT that tells the last state; ApiError for what trying again can not help; the signal's reason
 */
export async function waitFor<K extends KindRef<never> | KindRef>(
  client: Reader & Watcher, ref: K, name: NamespacedName, condition: WaitCondition<ObjectOf<K>>, options: WaitForOptions = {},
): Promise<DeepReadonly<ObjectOf<K>> | undefined> {
  const { clock = realClock, signal, timeout = 120_000 } = options;
  const what = `${resourceKind(ref as KindRef<never>).kind} ${keyOf(name)}`;
  const end = new AbortController();
  let missing = 'it was not read yet';
  const onAbort = (): void => end.abort(signal!.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  const timer = Number.isFinite(timeout) ? clock.timer(timeout, () => end.abort(new KubewrightError('KW_WAIT_TIMEOUT', `${what}: waited ${timeout} ms; ${missing}`))) : undefined;
  const isMet = (object: DeepReadonly<ObjectOf<K>> | undefined): boolean => {
    const answer = condition(object);
    missing = typeof answer === 'string' ? answer : object ? `version ${(object as KubeObject).metadata.resourceVersion} does not meet the condition` : 'there is no such object';
    return answer === true;
  };
  try {
    for (;;) {
      end.signal.throwIfAborted();
      try {
        return await once(client, ref, name, isMet, end.signal);
      } catch (error) {
        if (end.signal.aborted || !mayPass(error)) throw error;
        missing = (error as Error).message;
      }
      await clock.sleep(RETRY_MS, end.signal);
    }
  } catch (error) {
    throw end.signal.aborted ? (end.signal.reason as Error) : error;
  } finally {
    timer?.cancel();
    signal?.removeEventListener('abort', onAbort);
    end.abort();
  }
}

/** Read, then watch. @throws when the watch ends or anything fails */
async function once<K extends KindRef<never> | KindRef>(
  client: Reader & Watcher, ref: K, name: NamespacedName, isMet: (object: DeepReadonly<ObjectOf<K>> | undefined) => boolean, signal: AbortSignal,
): Promise<DeepReadonly<ObjectOf<K>> | undefined> {
  const selection = { ...(name.namespace && { namespace: name.namespace }), fields: { 'metadata.name': name.name }, signal };
  // A list, since only that tells a version to watch from when there is no object; the empty version asks the server, not a cache.
  const { items, metadata } = await client.list(ref, { ...selection, resourceVersion: '' });
  if (isMet(items[0])) return items[0];
  for await (const frame of client.watch(ref, { ...selection, ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }) })) {
    if (frame.type === 'BOOKMARK') continue;
    const object = frame.type === 'DELETED' ? undefined : (frame.object as DeepReadonly<ObjectOf<K>>);
    if (isMet(object)) return object;
  }
  throw ENDED;
}

const ENDED = new KubewrightError('KW_CONNECTION', 'the watch ended');

function mayPass(error: unknown): boolean {
  if (isExpired(error) || hasCode(error, 'KW_CONNECTION') || hasCode(error, 'KW_REQUEST_TIMEOUT') || hasCode(error, 'KW_WATCH_DECODE')) return true;
  // 404: the kind itself may come later.
  return error instanceof ApiError && (error.httpStatus === 429 || error.httpStatus >= 500 || isNotFound(error));
}

interface WithConditions {
  readonly metadata: { readonly generation?: number };
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly observedGeneration?: number }[] };
}

/** The condition of this type has this status, and is not about an older generation of the object. */
export function conditionIs(type: string, status: 'True' | 'False' | 'Unknown' = 'True'): WaitCondition<object> {
  return (given) => {
    const object = given as WithConditions | undefined;
    if (!object) return 'there is no such object';
    const condition = object.status?.conditions?.find((each) => each.type === type);
    if (!condition) return `it has no condition ${type}`;
    const seen = condition.observedGeneration ?? object.status?.observedGeneration;
    if (seen !== undefined && seen < (object.metadata.generation ?? 0)) return `its condition ${type} is about generation ${seen} of ${object.metadata.generation}`;
    return condition.status === status || `its condition ${type} is ${condition.status}${condition.reason ? ` (${condition.reason})` : ''}`;
  };
}

/** There is no such object any more. */
export const isGone: WaitCondition<object> = (object) => object === undefined || 'it is still there';
