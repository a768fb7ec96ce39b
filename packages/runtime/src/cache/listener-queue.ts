import type { Clock } from '@kubewright/platform';

import type { ObjectEvent } from '../event/event.js';

/** What is told in one go. Ten thousand at once would hold up lease renewals and probes. */
const SLICE = 1_000;

/**
 * What one listener has still to be told, in order. Few events are told at once; of many, as with a first list, the rest follows in slices
 * with other work in between. Listeners do not wait for each other.
 */
export class ListenerQueue {
  #backlog: ObjectEvent[] = [];
  #draining: Promise<void> | undefined;

  constructor(private readonly tell: (event: ObjectEvent) => void, private readonly clock: Clock) {}

  push(events: readonly ObjectEvent[]): void {
    if (this.#draining) {
      for (const event of events) this.#backlog.push(event);
      return;
    }
    const later = events.length > SLICE ? events.slice(SLICE) : [];
    for (const event of later.length > 0 ? events.slice(0, SLICE) : events) this.tell(event);
    if (later.length === 0) return;
    this.#backlog = later;
    this.#draining = this.#drain();
  }

  /** Resolves when everything that was pushed has been told, or dropped. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  /** What has not been told is dropped. */
  clear(): void {
    this.#backlog = [];
  }

  async #drain(): Promise<void> {
    while (this.#backlog.length > 0) {
      await this.clock.yield();
      for (const event of this.#backlog.splice(0, SLICE)) this.tell(event);
    }
    this.#draining = undefined;
  }
}
