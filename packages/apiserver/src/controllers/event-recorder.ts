import { formatTime, isNotFound, type KubeObject } from '@kubewright/api';
import { Event } from '@kubewright/api/core/v1';
import type { Clock, Logger, Random } from '@kubewright/platform';

import type { ControllerClient } from './client.js';

/** What an {@link EventRecorder} needs. */
export interface EventRecorderOptions {
  readonly client: ControllerClient;
  /** `statefulset-controller` */
  readonly component: string;
  /** The node, for a kubelet. */
  readonly host?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const REMEMBERED = 1000;

/**
 * Writes Events, one after the other, in the background; an event that was seen before is counted up. Losing one is no failure: whoever
 * records never waits and never hears of it.
 */
export class EventRecorder {
  readonly #seen = new Map<string, { event: Event; count: number }>();
  #tail: Promise<void> = Promise.resolve();

  constructor(private readonly options: EventRecorderOptions) {}

  /** @param object with apiVersion and kind */
  record(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tail = this.#tail.then(() => this.#write(object, type, reason, message)).catch((error: unknown) => {
      this.options.log.debug('event lost', { reason, message, error });
    });
  }

  /** Resolves when all events so far are written. */
  flush(): Promise<void> {
    return this.#tail;
  }

  async #write(object: KubeObject, type: string, reason: string, message: string): Promise<void> {
    const { client, clock, random, component, host } = this.options;
    const { name = '', namespace, uid = '', resourceVersion } = object.metadata;
    const key = [uid, type, reason, message].join('\n');
    const now = formatTime(new Date(clock.now()));
    const seen = this.#seen.get(key);
    if (seen) {
      try {
        await client.patch(Event, seen.event, 'strategic', { count: seen.count + 1, lastTimestamp: now });
        seen.count++;
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    // Nanoseconds, of which the clock knows the first part: chance keeps names of the same moment apart.
    const suffix = (BigInt(clock.now()) * 1_000_000n + BigInt(Math.floor(random.float() * 1_000_000))).toString(16);
    const event: Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${suffix}`, namespace: namespace ?? 'default' },
      involvedObject: {
        ...(object.kind && { kind: object.kind }), ...(namespace && { namespace }), name, uid,
        ...(object.apiVersion && { apiVersion: object.apiVersion }), ...(resourceVersion && { resourceVersion }),
      },
      reason,
      message,
      source: { component, ...(host && { host }) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    const created = await client.create(Event, event.metadata.namespace ?? '', event);
    if (this.#seen.size >= REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
    this.#seen.set(key, { event: created, count: 1 });
  }
}
