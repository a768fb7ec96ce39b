import { KubewrightError } from '../errors/kubewright-error.js';

/** How long one candidate's random stretch of the retry period can be, as a share of it: candidates wait 1 to 2.2 periods. */
export const JITTER_FACTOR = 1.2;

/** Which Lease decides, and how fast. The defaults bear an API server that is away for eight seconds. */
export interface LeaderElectionOptions {
  /** Name of the Lease; every replica of an operator uses the same one, and no other operator of the namespace does. */
  readonly name: string;
  /** Namespace of the Lease. @default the pod's own */
  readonly namespace?: string;
  /** Who we are in the Lease; must differ for every process. @default host name and a random id */
  readonly identity?: string;
  /** Milliseconds, whole seconds, that others wait for a leader without a sign of life. Longer: fewer changes, longer gaps. @default 15_000 */
  readonly leaseDuration?: number;
  /** Milliseconds after which a leader that can not renew stops. @default 10_000 */
  readonly renewDeadline?: number;
  /** Milliseconds between tries. @default 2_000 */
  readonly retryPeriod?: number;
  /** Gives the Lease up at the end, so that another replica begins at once; only done when everything has really stopped. @default true */
  readonly releaseOnCancel?: boolean;
  /**
   * What becomes of a process that loses the Lease. `exit`: {@link Manager.start} rejects with KW_LEADER_LOST and the process should end.
   * `step-down`: what the leader runs is stopped, and the process stands for election again, with its caches filled; it ends only when
   * something of the lost term still runs at the moment at which another process may lead.
   * @default 'exit'
   */
  readonly onLost?: 'exit' | 'step-down';
  /** Labels of a Lease that is created here. @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

export type ResolvedLeaderElectionOptions = Required<LeaderElectionOptions>;

/** Fills in what was left out. @throws KubewrightError KW_INVALID_OPTIONS with every problem. */
export function resolveLeaderElectionOptions(
  given: LeaderElectionOptions,
  defaults: { readonly namespace?: string; readonly identity: string },
): ResolvedLeaderElectionOptions {
  const options = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000, releaseOnCancel: true, onLost: 'exit' as const, labels: {}, ...defined(given) };
  const namespace = given.namespace ?? defaults.namespace ?? '';
  const identity = given.identity ?? defaults.identity;
  const { leaseDuration, renewDeadline, retryPeriod } = options;
  const problems = [
    !given.name && 'name of the lease is missing',
    !namespace && 'namespace of the lease is missing, and there is no pod whose namespace could be taken',
    !identity && 'identity must not be empty',
    !(leaseDuration >= 1000 && leaseDuration % 1000 === 0) && `leaseDuration (${leaseDuration} ms) must be whole seconds, at least one`,
    !(renewDeadline >= 1) && `renewDeadline (${renewDeadline} ms) must be at least 1 ms`,
    !(retryPeriod >= 1) && `retryPeriod (${retryPeriod} ms) must be at least 1 ms`,
    !['exit', 'step-down'].includes(options.onLost) && `onLost ("${options.onLost}") must be "exit" or "step-down"`,
    leaseDuration <= renewDeadline && `leaseDuration (${leaseDuration} ms) must be longer than renewDeadline (${renewDeadline} ms)`,
    renewDeadline <= retryPeriod * JITTER_FACTOR &&
      `renewDeadline (${renewDeadline} ms) must be longer than retryPeriod * ${JITTER_FACTOR} (${retryPeriod * JITTER_FACTOR} ms)`,
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `leader election: ${problems.join('; ')}`);
  return { ...options, namespace, identity };
}

/** Without the members that are undefined: `{ x: undefined }` means the default. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
