import { formatMicroTime } from '@kubewright/api';
import type { Event } from '@kubewright/api/events/v1';

/** Repeats of one event. The note is no part of what makes two events equal: the one that came first stays. */
export interface Series {
  readonly event: Event;
  /** How often it happened. */
  count: number;
  /** When it last did: on the monotonic clock, and as the API writes it. */
  lastAt: number;
  lastObserved: string;
  /** How often it had happened when it was last written; 0 before the first write. */
  written: number;
}

/** After so many milliseconds without a repeat a series is over; the next event of its kind is a new one. */
export const SERIES_ENDS_AFTER = 6 * 60_000;
/** A series that goes on is written this often (ms). */
export const REFRESH_EVERY = 30 * 60_000;

/** Which events are repeats of others. It decides what is worth a write and never writes. */
export class EventSeriesTable {
  readonly #series = new Map<string, Series & { refreshedAt: number }>();

  /** Counts an event. What comes back is to be written when `isDue`: the first event of a series, and the first repeat. */
  note(event: Event, now: { readonly monotonic: number; readonly wall: number }): { readonly series: Series; readonly isDue: boolean } {
    const key = keyOfEvent(event);
    const known = this.#series.get(key);
    const lastObserved = formatMicroTime(new Date(now.wall));
    if (!known || now.monotonic - known.lastAt >= SERIES_ENDS_AFTER) {
      const series = { event, count: 1, lastAt: now.monotonic, lastObserved, written: 0, refreshedAt: now.monotonic };
      this.#series.set(key, series);
      return { series, isDue: true };
    }
    known.count += 1;
    known.lastAt = now.monotonic;
    known.lastObserved = lastObserved;
    return { series: known, isDue: known.written === 1 && known.count === 2 };
  }

  /** Forgets series that are over, and returns those (and the ones that were not written for long) whose count is not known to the server. */
  sweep(monotonic: number): Series[] {
    const due: Series[] = [];
    for (const [key, series] of this.#series) {
      const isOver = monotonic - series.lastAt >= SERIES_ENDS_AFTER;
      if (isOver) this.#series.delete(key);
      if (!isOver && monotonic - series.refreshedAt < REFRESH_EVERY) continue;
      series.refreshedAt = monotonic;
      if (series.count > series.written) due.push(series);
    }
    return due;
  }

  /** Takes a series out whose event was given up: the next one of its kind is a new one. */
  forget(series: Series): void {
    this.#series.delete(keyOfEvent(series.event));
  }

  /** Every series whose count is not known to the server. */
  unwritten(): Series[] {
    return [...this.#series.values()].filter((series) => series.count > series.written);
  }

  get size(): number {
    return this.#series.size;
  }
}

function keyOfEvent({ type, action, reason, reportingController, reportingInstance, regarding, related }: Event): string {
  const objects = [regarding, related].map((ref) => ref && [ref.apiVersion, ref.kind, ref.namespace, ref.name, ref.uid]);
  return JSON.stringify([type, action, reason, reportingController, reportingInstance, ...objects]);
}
