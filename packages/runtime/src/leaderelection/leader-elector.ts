import { isConflict } from '@kubewright/api';
import { jitter, type Clock, type Logger, type Random } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import { isInTime, step, type ElectorEffect, type ElectorEvent, type ElectorState, type Instant } from './elector-state.js';
import type { LeaseStore } from './lease-lock.js';
import { JITTER_FACTOR, type ResolvedLeaderElectionOptions } from './options.js';

/** What an elector works with. */
export interface ElectorDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
}

/** Takes part in one election until told to stop. It performs what elector-state.ts decides. */
export class LeaderElector {
  /** Resolves when this process becomes the leader; never if it does not. */
  readonly elected: Promise<void>;
  #onElected!: () => void;
  #state: ElectorState = { kind: 'follower' };
  #heldUntil = Number.NEGATIVE_INFINITY;
  #lastTrouble = '';
  readonly #log: Logger;
  readonly #setStatus: (isLeader: boolean) => void;
  readonly #countSlowPath: () => void;

  constructor(
    private readonly store: LeaseStore,
    private readonly options: ResolvedLeaderElectionOptions,
    private readonly dependencies: ElectorDependencies,
  ) {
    this.elected = new Promise((resolve) => (this.#onElected = resolve));
    this.#log = dependencies.log.with({ lease: store.name, identity: options.identity });
    const labels = { name: options.name };
    const about = (metric: string, help: string) => ({ name: `leader_election_${metric}`, help, labelNames: ['name'] });
    const status = dependencies.metrics.gauge(about('master_status', 'Whether this process holds the lease: 1 is yes, 0 is no'));
    const slowPaths = dependencies.metrics.counter(about('slowpath_total', 'Renewals that had to read the lease first'));
    this.#setStatus = (isLeader) => status.set(isLeader ? 1 : 0, labels);
    this.#countSlowPath = () => slowPaths.inc(labels);
    slowPaths.inc(labels, 0);
    this.#setStatus(false);
  }

  /** Whether this process leads, as of now: false too when the last renewal is too old, even if nobody could notice yet. */
  get isLeader(): boolean {
    return this.#state.kind === 'leader' && isInTime(this.#state, this.dependencies.clock.monotonic(), this.options);
  }

  /** Whether this process led and does no more: nothing may be written any longer. */
  get isDeposed(): boolean {
    return this.#state.kind === 'lost' || (this.#state.kind === 'leader' && !this.isLeader);
  }

  /**
   * When the earliest moment comes at which somebody else may lead, on the monotonic clock: the Lease's duration after our last renewal was
   * sent. Writes are refused well before; this is the limit for what no fence holds back.
   */
  get heldUntil(): number {
    return this.#heldUntil;
  }

  /** Runs until the signal aborts; the Lease is still held then, see {@link release}. @throws KubewrightError KW_LEADER_LOST */
  async start(signal: AbortSignal): Promise<void> {
    let effect: ElectorEffect = { kind: 'read' };
    while (!signal.aborted) {
      const event = await this.#perform(effect, signal);
      if (signal.aborted) return;
      const next = step(this.#state, event, this.#now(), this.options);
      if (next.state.kind === 'lost') this.#lose(next.state);
      if (next.state.kind === 'leader' && this.#state.kind === 'follower') this.#win();
      this.#state = next.state;
      if (next.state.kind === 'leader') this.#heldUntil = next.state.renewedAt + this.options.leaseDuration;
      effect = next.effect;
    }
  }

  /**
   * Gives the Lease up if it is ours, so that the next leader need not wait. Only to be called when nothing acts as the leader any more.
   * A failure is logged: the Lease then ends by itself.
   */
  async release(): Promise<void> {
    if (this.#state.kind !== 'leader') return;
    this.#state = { kind: 'lost', reason: 'released' };
    this.#setStatus(false);
    const deadline = this.dependencies.clock.monotonic() + this.options.renewDeadline;
    for (;;) {
      try {
        const lease = await this.#bounded((signal) => this.store.read(signal));
        if (lease?.spec?.holderIdentity !== this.options.identity) return;
        const free = { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 } };
        await this.#bounded((signal) => this.store.update(free, signal));
        this.#log.info('leadership released');
        return;
      } catch (error) {
        if (isConflict(error) && this.dependencies.clock.monotonic() < deadline) continue; // a renewal of ours was still under way
        this.#log.warn('leadership could not be released', { error });
        return;
      }
    }
  }

  async #perform(effect: ElectorEffect, signal: AbortSignal): Promise<ElectorEvent> {
    const { clock, random } = this.dependencies;
    const sentAt = clock.monotonic();
    try {
      switch (effect.kind) {
        case 'read':
          if (this.#state.kind === 'leader') this.#countSlowPath();
          return { kind: 'read', lease: await this.#bounded((bound) => this.store.read(bound), signal) };
        case 'create':
          return { kind: 'stored', sentAt, lease: await this.#bounded((bound) => this.store.create(effect.spec, bound), signal) };
        case 'update':
          return { kind: 'stored', sentAt, lease: await this.#bounded((bound) => this.store.update(effect.lease, bound), signal) };
        case 'wait':
          await clock.sleep(effect.isJittered ? jitter(random, effect.duration, JITTER_FACTOR) : effect.duration, signal);
          return { kind: 'due' };
        case 'stop':
          return { kind: 'due' };
      }
    } catch (error) {
      if (!signal.aborted) this.#report(effect.kind, error);
      return { kind: 'failed', what: effect.kind };
    }
  }

  /** Ends a request that hangs: after half of the deadline, and for a leader at the moment at which it must know. */
  async #bounded<T>(request: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { clock } = this.dependencies;
    const { renewDeadline } = this.options;
    const deadline = this.#state.kind === 'leader' ? this.#state.renewedAt + renewDeadline : Number.POSITIVE_INFINITY;
    const limit = Math.min(Math.max(1_000, renewDeadline / 2), deadline - clock.monotonic());
    const abort = new AbortController();
    const follow = (): void => abort.abort(signal?.reason);
    const late = new KubewrightError('KW_REQUEST_TIMEOUT', `${this.store.name}: no answer within ${limit} ms`);
    const timer = clock.timer(limit, () => abort.abort(late));
    signal?.addEventListener('abort', follow, { once: true });
    try {
      return await request(abort.signal);
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', follow);
    }
  }

  /** A candidate without permission fails every two seconds: a human is told once for each kind of trouble. */
  #report(request: string, error: unknown): void {
    const trouble = String(error);
    this.#log[trouble === this.#lastTrouble || isConflict(error) ? 'debug' : 'warn']('lease request failed', { request, error });
    this.#lastTrouble = trouble;
  }

  #win(): void {
    this.#log.info('became leader');
    this.#setStatus(true);
    this.#onElected();
  }

  #lose(state: ElectorState & { kind: 'lost' }): never {
    this.#state = state;
    this.#setStatus(false);
    throw new KubewrightError('KW_LEADER_LOST', `leader election lost: ${this.store.name}: ${state.reason}`);
  }

  #now(): Instant {
    return { monotonic: this.dependencies.clock.monotonic(), wall: this.dependencies.clock.now() };
  }
}
