import { setMaxListeners } from 'node:events';

import type { Clock, Logger } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { LeaderElector } from '../leaderelection/leader-elector.js';
import type { Runnable } from './runnable.js';
import { RunnableGroup } from './runnable-group.js';

/** What a {@link Leadership} is made of. */
export interface LeadershipParts {
  /** Makes a candidate for each campaign; undefined where there is no election and everybody leads. */
  readonly electorFor: (() => LeaderElector) | undefined;
  readonly onLost: 'exit' | 'step-down';
  readonly releaseOnCancel: boolean;
  /** The manager's: the signals of all terms follow it. */
  readonly abandon: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told when a runnable of the leader fails. */
  readonly onFailure: (runnable: Runnable, error: unknown) => void;
}

/** One time in office. */
interface Term {
  readonly group: RunnableGroup;
  readonly abandon: AbortController;
  /** Ends the following of the manager's signal. */
  readonly over: () => void;
}

/** The least time (ms) that what was stopped because of a loss has to notice it. */
const NOTICE = 500;

/**
 * What runs on the leader only, from term to term. A term begins when the election is won and ends when the Lease is lost or the manager
 * stops; each begins with all runnables anew. Between the loss and the end of a term every write of the process is refused, so that what
 * the term left behind can do no harm; a runnable that outlives its term up to the moment at which another process may lead ends the process.
 */
export class Leadership {
  readonly #members: Runnable[] = [];
  #isStopped = false;
  #term: Term;
  #elector: LeaderElector | undefined;
  #isLosing = false;

  constructor(private readonly parts: LeadershipParts) {
    this.#elector = parts.electorFor?.();
    this.#term = this.#newTerm();
  }

  /** Whether this process may act as the leader at this moment. Always without an election. */
  get isLeader(): boolean {
    return this.#elector ? this.#elector.isLeader && !this.#isLosing : true;
  }

  /** Whether this process led and does no more, and its term is not over: nothing may be written. */
  get isDeposed(): boolean {
    return this.#isLosing || (this.#elector?.isDeposed ?? false);
  }

  /** Aborts when what is under way in the present term shall not be finished. It is another signal in the next term. */
  get abandon(): AbortSignal {
    return this.#term.abandon.signal;
  }

  /** Names of what still runs. */
  get running(): string[] {
    return this.#term.group.running;
  }

  add(runnable: Runnable): void {
    this.#members.push(runnable);
    this.#term.group.add(runnable);
  }

  /**
   * Stands for election, leads, and where a loss is no end, does so again, until the signal aborts. @throws KubewrightError KW_LEADER_LOST
   *
   * @param onElected called at the beginning of each term
   */
  async run(signal: AbortSignal, onElected: () => void): Promise<void> {
    const lead = (): void => {
      if (signal.aborted || this.#isStopped) return;
      onElected();
      void this.#term.group.start();
    };
    if (!this.#elector) return lead();
    for (;;) {
      void this.#elector.elected.then(lead);
      try {
        return await this.#elector.start(signal);
      } catch (error) {
        if (this.parts.onLost === 'exit' || this.#isStopped) throw error;
        await this.#stepDown(error, this.#elector.heldUntil);
      }
      if (this.#isStopped) return;
      this.#elector = this.parts.electorFor!();
    }
  }

  /** Ends the term, for the manager's stop: what is under way may finish. Resolves when everything has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#term.group.stop();
  }

  /** Gives the Lease up, if that is wished. Only when nothing acts any more. */
  async release(): Promise<void> {
    if (this.parts.releaseOnCancel) await this.#elector?.release();
  }

  /** Ends the term at once and prepares the next one. @throws KubewrightError KW_LEADER_LOST naming what still runs when its time is over */
  async #stepDown(error: unknown, heldUntil: number): Promise<void> {
    const { clock, log } = this.parts;
    const { group, abandon, over } = this.#term;
    this.#isLosing = true;
    log.warn('leadership lost, stepping down', { error });
    abandon.abort(error);
    const patience = new AbortController();
    let hasEnded = false;
    const ended = group.stop(error).then(() => (hasEnded = true));
    await Promise.race([ended, clock.sleep(Math.max(heldUntil - clock.monotonic(), NOTICE), patience.signal).catch(() => {})]);
    patience.abort();
    if (!hasEnded) {
      const message = `${(error as Error).message}; still running when another process may lead: ${group.running.join(', ')}`;
      throw new KubewrightError('KW_LEADER_LOST', message, { cause: error });
    }
    over();
    this.#isLosing = false;
    if (this.#isStopped) return;
    this.#term = this.#newTerm();
    for (const member of this.#members) this.#term.group.add(member);
    log.info('stepped down, standing for election again');
  }

  #newTerm(): Term {
    const abandon = new AbortController();
    setMaxListeners(0, abandon.signal); // every reconcile listens to it
    const { abandon: parent } = this.parts;
    const follow = (): void => abandon.abort(parent.reason);
    parent.addEventListener('abort', follow, { once: true });
    const group = new RunnableGroup('leader', (runnable, error) => {
      if (this.#isLosing) this.parts.log.warn('failed while stepping down', { source: runnable.name, error });
      else this.parts.onFailure(runnable, error);
    });
    return { group, abandon, over: () => parent.removeEventListener('abort', follow) };
  }
}
