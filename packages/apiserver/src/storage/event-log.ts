import type { Collection } from './collection.js';
import type { Version } from './version.js';

/** One write in the log. */
export interface LogEntry {
  readonly collection: Collection;
  readonly version: Version;
}

/**
 * The recent writes of all resources in order of revision. Trimming it is compaction: what a trimmed write replaced is gone, reads and
 * watches from before it are answered with 410.
 */
export class EventLog {
  #entries: LogEntry[] = [];
  /** Entries before this position are trimmed; the array is cut when half of it is dead. */
  #head = 0;
  #compacted = 0;

  /** Snapshots and watches from before this revision can no longer be served. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  get oldest(): LogEntry | undefined {
    return this.#entries[this.#head];
  }

  append(entry: LogEntry): void {
    this.#entries.push(entry);
  }

  /** Takes out the oldest write and cuts the chain behind it. */
  trim(): LogEntry {
    const entry = this.#entries[this.#head++]!;
    this.#compacted = entry.version.revision;
    entry.version.previous = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Says that the log begins after `revision`, where no write of before is in it. */
  forgetBefore(revision: number): void {
    this.#compacted = Math.max(this.#compacted, revision);
  }

  /** Writes after `revision`, oldest first. */
  *since(revision: number): Generator<LogEntry> {
    let low = this.#head;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.version.revision <= revision) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.#entries.length; at++) yield this.#entries[at]!;
  }
}
