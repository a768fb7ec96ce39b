/** @module predicate: which events are worth a reconcile. */
import type { ObjectEvent } from '../event/event.js';

/** Keeps an event (undefined) or drops it for a reason, which goes to the diagnostics channel. A predicate that throws keeps the event. */
export type Predicate = (event: ObjectEvent) => DropReason | undefined;

/** A constant text: `generation unchanged`. */
export type DropReason = string;
