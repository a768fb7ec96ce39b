/**
 * @module sharding: the objects of one controller, divided among all replicas. Each replica keeps a Lease that says among which members it
 * divides the keys (member-record.ts) and finds its share by consistent hashing (hash-ring.ts). A member first writes what it claims, then looks
 * at what the others claim (peers.ts), and begins nothing that somebody else still claims; it gives a key up by writing a view in which the key is
 * not its own, after everything that it did for that key has ended. member-state.ts is pure, membership.ts (this file) performs, shard.ts joins
 * it to a controller.
 *
 * What it promises: no reconcile and no write begins after `renewDeadline` from the member's last renewal, others wait `leaseDuration`, and a write
 * lasts `requestTimeout` at most, which is less than what lies between. What it does not promise: that the server stores a write before its
 * client gives up. See docs/guides/sharding.md.
 */
import { setMaxListeners } from 'node:events';

import { isConflict } from '@kubewright/api';
import type { Lease } from '@kubewright/api/coordination/v1';
import type { Clock, Logger, Random, Timer } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import { HashRing } from './hash-ring.js';
import { leaseName, leaseOf, recordOf } from './member-record.js';
import { isInTime, isOwnKey, isUnbroken, observed, published, sameView, type MemberState } from './member-state.js';
import type { ResolvedShardingOptions } from './options.js';
import { Peers } from './peers.js';
import type { ShardLeaseStore } from './shard-leases.js';

/** What a {@link Membership} works with. */
export interface MembershipDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  /** Aborts when a stop waits no longer: then the Lease is left to run out. */
  readonly abandon: AbortSignal;
}

/** The right to act for one key. */
export interface ShardTicket {
  /** Aborts when the right is lost, and when a hand-over has waited too long. */
  readonly signal: AbortSignal;
  /** Must be called when everything that was begun for the key has ended. */
  end(): void;
}

interface Ticket {
  readonly key: string;
  readonly abort: AbortController;
}

/** A Lease that has said nothing for so many of its durations is deleted. */
const STALE_AFTER = 10;

/** One replica's part in dividing the keys. As a runnable of a manager it runs on every replica. */
export class Membership {
  readonly name = 'shard membership';
  readonly needsLeaderElection = false;
  #state: MemberState = { kind: 'outside' };
  #hasJoined = false;
  #isLeaving = false;
  #drainingSince: number | undefined;
  /** From when on nothing is under way any more of what was aborted. */
  #settledAt = Number.NEGATIVE_INFINITY;
  #lapseTimer: Timer | undefined;
  #wake = (): void => {};
  #lastTrouble = '';
  readonly #session: string;
  readonly #peers = new Peers();
  readonly #tickets = new Set<Ticket>();
  readonly #listeners = new Set<() => void>();
  readonly #rings = new Map<string, HashRing>();
  readonly #log: Logger;
  readonly #showMembers: (count: number) => void;
  readonly #countHandOver: () => void;

  constructor(
    private readonly store: ShardLeaseStore,
    readonly options: ResolvedShardingOptions,
    private readonly dependencies: MembershipDependencies,
  ) {
    const { log, metrics, random } = dependencies;
    this.#session = random.uuid();
    this.#log = log.with({ shardGroup: options.name, identity: options.identity });
    const labels = { group: options.name };
    const members = metrics.gauge({ name: 'kubewright_shard_members', help: 'Members among which this replica divides the keys; 0 while it is none.', labelNames: ['group'] });
    const changes = metrics.counter({ name: 'kubewright_shard_view_changes_total', help: 'How often this replica divided the keys anew.', labelNames: ['group'] });
    this.#showMembers = (count) => members.set(count, labels);
    this.#countHandOver = () => changes.inc(labels);
    changes.inc(labels, 0);
    this.#showMembers(0);
  }

  /** The members among which this replica divides the keys now. */
  get members(): readonly string[] {
    return this.#state.kind === 'member' ? this.#state.view : [];
  }

  /** Whether this replica was a member and may act for nothing at this moment: nothing may be written. */
  get isLapsed(): boolean {
    return this.#hasJoined && !isInTime(this.#state, this.dependencies.clock.monotonic(), this.options.renewDeadline);
  }

  /** Whether something may be begun for the key, as of now. */
  mayStart(key: string): boolean {
    this.#checkLapse();
    if (this.#isLeaving || this.#state.kind !== 'member' || !this.#state.isConfirmed) return false;
    return isOwnKey(this.#state, key, this.options.identity, this.#ringOf) && !this.#peers.isClaimed(key, this.#ringOf);
  }

  /** Whether the key is or will be this replica's, as far as it knows now. */
  isExpected(key: string): boolean {
    return this.#state.kind === 'member' && this.#ringOf(this.#state.next ?? this.#state.view).ownerOf(key) === this.options.identity;
  }

  /** The right to act for a key; undefined where it is not this replica's, or not yet. */
  begin(key: string): ShardTicket | undefined {
    if (!this.mayStart(key)) return undefined;
    const ticket: Ticket = { key, abort: new AbortController() };
    setMaxListeners(0, ticket.abort.signal);
    this.#tickets.add(ticket);
    const end = (): void => {
      if (!this.#tickets.delete(ticket)) return;
      // What it sent last may have been given up with it, and counts as under way for as long as a write may take.
      if (ticket.abort.signal.aborted) this.#settledAt = this.dependencies.clock.monotonic() + this.options.requestTimeout;
      if (this.#isLeaving || this.#state.kind === 'outside' || this.#state.next) this.#wake();
    };
    return { signal: ticket.abort.signal, end };
  }

  /** Calls back whenever the answers of {@link mayStart} may have changed, in either direction. Returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes part until the signal aborts; then what is under way ends, and the share is given up. */
  async start(signal: AbortSignal): Promise<void> {
    const { abandon } = this.dependencies;
    const leave = (): void => {
      this.#isLeaving = true;
      this.#changed();
      this.#wake();
    };
    const giveUp = (): void => this.#wake();
    abandon.addEventListener('abort', giveUp);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    while (!abandon.aborted && !this.#mayLeave) {
      if (!(await this.#round())) await this.#rest();
    }
    if (!abandon.aborted) await this.#release();
    this.#lapseTimer?.cancel();
    abandon.removeEventListener('abort', giveUp);
  }

  /** One look and one write. True when the next round should follow at once. */
  async #round(): Promise<boolean> {
    const { clock } = this.dependencies;
    const sentAt = clock.monotonic();
    const leases = await this.#ask('list', (signal) => this.store.list(signal));
    this.#checkLapse();
    if (!leases) return false;
    const own = leases.find(({ metadata }) => metadata.name === leaseName(this.options.name, this.options.identity));
    const stored = own && recordOf(own);
    const isOurs = stored?.session === this.#session;
    const records = leases.flatMap((lease) => recordOf(lease) ?? []).filter(({ session }) => session !== this.#session);
    const hasChanged = this.#peers.observe(records, { sentAt, receivedAt: clock.monotonic() });
    if (this.#state.kind === 'member' && !isOurs) {
      this.#lapse(own ? 'another process of the same identity has taken our lease' : 'our lease is gone');
      return true;
    }
    if (this.#state.kind === 'outside' && this.#mustWait(isOurs)) return false;

    // Whoever leaves takes no new view: the old one is kept alive until what is under way has ended.
    const wanted = [...new Set([...this.#peers.alive(), this.options.identity])].sort();
    const target = this.#isLeaving && this.#state.kind === 'member' ? this.#state.view : wanted;
    if (this.#state.kind === 'member') {
      const before = this.#state;
      const after = observed(before, sentAt, target);
      this.#state = after;
      if (hasChanged || before.isConfirmed !== after.isConfirmed || !sameView(before.next ?? [], after.next ?? [])) this.#changed();
    }
    await this.#sweep(leases, sentAt);
    return this.#publish(this.#drained(target) ? target : this.members, own);
  }

  get #mayLeave(): boolean {
    return this.#isLeaving && this.#tickets.size === 0 && (this.#state.kind === 'outside' || this.#isSettled);
  }

  get #isSettled(): boolean {
    return this.dependencies.clock.monotonic() >= this.#settledAt;
  }

  /** Outside, nothing is written before what was begun as a member has ended, with the writes that it sent, and while a process before us may still be this identity. */
  #mustWait(isOurs: boolean): boolean {
    if (this.#tickets.size > 0 || this.#isLeaving || !this.#isSettled) return true;
    const other = isOurs ? undefined : this.#peers.recordOf(this.options.identity);
    if (other) this.#report('join', new Error(`another process is ${this.options.identity}, or was until a moment ago`));
    return other !== undefined;
  }

  /** Whether nothing is under way for keys that are not ours in `target`. What takes too long is told to stop. */
  #drained(target: readonly string[]): boolean {
    const { clock } = this.dependencies;
    const lost = [...this.#tickets].filter(({ key }) => this.#ringOf(target).ownerOf(key) !== this.options.identity);
    if (lost.length === 0) {
      this.#drainingSince = undefined;
      return this.#isSettled;
    }
    this.#drainingSince ??= clock.monotonic();
    if (clock.monotonic() - this.#drainingSince >= this.options.drainTimeout) {
      this.#abort(lost, 'another replica waits for it');
    }
    return false;
  }

  /** True when the others are to be looked at once more before anything of a new share begins. */
  async #publish(view: readonly string[], own: Lease | undefined): Promise<boolean> {
    const { clock } = this.dependencies;
    this.#checkLapse();
    const before = this.#state;
    if (before.kind === 'outside' && this.#hasJoined && this.#tickets.size > 0) return false;
    if (before.kind === 'member' && !sameView(view, before.view)) this.#state = { ...before, pending: [...before.pending, view] };
    const sentAt = clock.monotonic();
    const lease = leaseOf(this.options, { session: this.#session, view, wall: clock.now() }, own);
    const stored = await this.#ask('renew', (signal) => (own ? this.store.update(lease, signal) : this.store.create(lease, signal)));
    if (!stored) return false;
    this.#lastTrouble = '';
    if (this.#state.kind === 'outside' && before.kind === 'member') return true; // the answer came after the deadline: we begin anew
    this.#state = published(this.#state, view, sentAt, clock.monotonic());
    this.#hasJoined = true;
    this.#lapseTimer?.cancel();
    this.#lapseTimer = clock.timer(sentAt + this.options.renewDeadline - clock.monotonic(), () => this.#checkLapse());
    const isNew = before.kind === 'outside' || !isUnbroken(before, view);
    if (isNew) {
      this.#log.info('keys are divided anew', { members: view });
      this.#countHandOver();
      this.#showMembers(view.length);
      this.#changed();
    }
    return isNew;
  }

  /** Says that we claim nothing any more, so that nobody waits for our time to run out. */
  async #release(): Promise<void> {
    if (this.#state.kind === 'outside') return;
    for (let attempt = 0; attempt < 3; attempt++) {
      const leases = await this.#ask('list', (signal) => this.store.list(signal));
      const own = leases?.find(({ metadata }) => metadata.name === leaseName(this.options.name, this.options.identity));
      if (leases && (!own || recordOf(own)?.session !== this.#session)) break;
      const free = own && leaseOf(this.options, { session: this.#session, view: [], wall: this.dependencies.clock.now() }, own);
      if (free && (await this.#ask('release', (signal) => this.store.update(free, signal)))) break;
    }
    this.#state = { kind: 'outside' };
    this.#hasJoined = false;
    this.#showMembers(0);
  }

  /** Deletes what dead members left behind; one of us does. */
  async #sweep(leases: readonly Lease[], sentAt: number): Promise<void> {
    if (this.members[0] !== this.options.identity) return;
    const stale = new Set(this.#peers.staleSince(sentAt, STALE_AFTER * this.options.leaseDuration));
    for (const lease of leases) {
      const identity = recordOf(lease)?.identity;
      if (identity !== undefined && stale.has(identity)) await this.#ask('delete', async (signal) => (await this.store.remove(lease, signal), true));
    }
  }

  #checkLapse(): void {
    if (this.#state.kind === 'member' && !isInTime(this.#state, this.dependencies.clock.monotonic(), this.options.renewDeadline)) {
      this.#lapse(`our lease could not be renewed for ${this.options.renewDeadline} ms`);
    }
  }

  #lapse(why: string): void {
    this.#log.warn('no member any more', { why });
    this.#state = { kind: 'outside' };
    this.#showMembers(0);
    this.#abort(this.#tickets, why);
    this.#changed();
  }

  #abort(tickets: Iterable<Ticket>, why: string): void {
    for (const { key, abort } of tickets) abort.abort(new KubewrightError('KW_SHARD_LOST', `this replica must not act for ${key} any more: ${why}`));
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }

  async #rest(): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    const isOver = this.dependencies.abandon.aborted || this.#mayLeave;
    if (!isOver) await this.dependencies.clock.sleep(this.options.retryPeriod, woken.signal).catch(() => {});
    this.#wake = () => {};
  }

  /** One request, bounded; undefined when it failed, which is told once for each kind of trouble. */
  async #ask<T>(what: string, request: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const { clock, abandon } = this.dependencies;
    const limit = Math.max(1_000, this.options.renewDeadline / 3);
    const abort = new AbortController();
    const end = (): void => abort.abort(abandon.reason);
    const timer = clock.timer(limit, () => abort.abort(new KubewrightError('KW_REQUEST_TIMEOUT', `shard lease: no answer within ${limit} ms`)));
    abandon.addEventListener('abort', end, { once: true });
    try {
      return await request(abort.signal);
    } catch (error) {
      this.#report(what, error);
      return undefined;
    } finally {
      timer.cancel();
      abandon.removeEventListener('abort', end);
    }
  }

  #report(request: string, error: unknown): void {
    const trouble = `${request} ${String(error)}`;
    this.#log[trouble === this.#lastTrouble || isConflict(error) ? 'debug' : 'warn']('shard lease request failed', { request, error });
    this.#lastTrouble = trouble;
  }

  readonly #ringOf = (view: readonly string[]): HashRing => {
    const id = JSON.stringify(view);
    let ring = this.#rings.get(id);
    if (!ring) {
      if (this.#rings.size > 64) this.#rings.clear();
      this.#rings.set(id, (ring = new HashRing(view)));
    }
    return ring;
  };
}
