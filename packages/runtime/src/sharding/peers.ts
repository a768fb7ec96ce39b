import type { HashRing } from './hash-ring.js';
import type { MemberRecord } from './member-record.js';

/** When a list was asked for and when its answer came, on our own monotonic clock. */
export interface Look {
  readonly sentAt: number;
  readonly receivedAt: number;
}

interface Sighting {
  readonly record: MemberRecord;
  /** When this record was first seen. */
  readonly at: number;
  readonly isExpired: boolean;
}

/**
 * What is known of the other members. Time in their records is never compared with ours: a member is taken for dead when a list that was asked
 * for its Lease's duration after its record was first seen still shows that record. Between lists nobody dies: who can not look can not know.
 */
export class Peers {
  readonly #seen = new Map<string, Sighting>();

  /** Takes a list in. True when something changed that ownership depends on. */
  observe(records: readonly MemberRecord[], look: Look): boolean {
    const before = this.#fingerprint();
    const listed = new Map(records.map((record) => [record.identity, record]));
    for (const [identity, record] of listed) {
      const known = this.#seen.get(identity);
      if (known?.record.mark !== record.mark) this.#seen.set(identity, { record, at: look.receivedAt, isExpired: false });
    }
    for (const [identity, sighting] of this.#seen) {
      const isExpired = look.sentAt - sighting.at >= sighting.record.leaseDuration;
      // A record that vanished keeps its claims until it would have expired: whoever wrote it may not know yet. One that had left had none.
      if (!listed.has(identity) && (isExpired || sighting.record.view.length === 0)) this.#seen.delete(identity);
      else this.#seen.set(identity, { ...sighting, isExpired });
    }
    return this.#fingerprint() !== before;
  }

  /** Those who are alive and have not left. */
  alive(): string[] {
    return this.#live().map(({ record }) => record.identity);
  }

  /** The record of a member that counts as alive. */
  recordOf(identity: string): MemberRecord | undefined {
    return this.#live().find(({ record }) => record.identity === identity)?.record;
  }

  /** Whether any other member may act for the key: those whose own division gives it to them. */
  isClaimed(key: string, ringOf: (view: readonly string[]) => HashRing): boolean {
    return this.#live().some(({ record }) => ringOf(record.view).ownerOf(key) === record.identity);
  }

  /** Identities whose Leases have said nothing for so long (ms) that they can be deleted. */
  staleSince(sentAt: number, age: number): string[] {
    return [...this.#seen].filter(([, { at }]) => sentAt - at >= age).map(([identity]) => identity);
  }

  #live(): Sighting[] {
    return [...this.#seen.values()].filter(({ isExpired, record }) => !isExpired && record.view.length > 0);
  }

  #fingerprint(): string {
    return JSON.stringify(this.#live().map(({ record }) => [record.identity, record.view]).sort());
  }
}
