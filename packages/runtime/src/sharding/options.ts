import { KubewrightError } from '../errors/kubewright-error.js';

/** How the replicas of an operator share its objects. */
export interface ShardingOptions {
  /** Name of the group, at most 40 characters; all replicas of an operator use the same one, and no other operator of the namespace does. */
  readonly name: string;
  /** Namespace of the members' Leases. @default the pod's own */
  readonly namespace?: string;
  /** Who we are; must differ for every process. @default host name and a random id */
  readonly identity?: string;
  /** Milliseconds, whole seconds, without a sign of life after which others take a member's objects. @default 30_000 */
  readonly leaseDuration?: number;
  /** Milliseconds after which a member that can not renew starts nothing more. @default 15_000 */
  readonly renewDeadline?: number;
  /** Milliseconds between looks at the other members, each with a renewal. @default 2_000 */
  readonly retryPeriod?: number;
  /** Milliseconds that a write of this process may take: less than what lies between renewDeadline and leaseDuration. @default 10_000 */
  readonly requestTimeout?: number;
  /** Milliseconds that a reconcile may hold up the hand-over of its object before its signal aborts. @default 30_000 */
  readonly drainTimeout?: number;
}

export type ResolvedShardingOptions = Required<ShardingOptions>;

/** Fills in what was left out. @throws KubewrightError KW_INVALID_OPTIONS with every problem */
export function resolveShardingOptions(given: ShardingOptions, defaults: { readonly namespace?: string; readonly identity: string }): ResolvedShardingOptions {
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as unknown as ShardingOptions;
  const numbers = { leaseDuration: 30_000, renewDeadline: 15_000, retryPeriod: 2_000, requestTimeout: 10_000, drainTimeout: 30_000 };
  const options = { namespace: '', ...numbers, ...defaults, ...chosen };
  const { name, namespace, identity, leaseDuration, renewDeadline, retryPeriod, requestTimeout, drainTimeout } = options;
  const margin = leaseDuration - renewDeadline;
  const problems = [
    !/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name ?? '') && `name ("${name}") must be lower-case letters, digits and "-", at most 40`,
    !namespace && 'namespace of the leases is missing, and there is no pod whose namespace could be taken',
    !identity && 'identity must not be empty',
    !(leaseDuration >= 1000 && leaseDuration % 1000 === 0) && `leaseDuration (${leaseDuration} ms) must be whole seconds, at least one`,
    !(retryPeriod >= 1) && `retryPeriod (${retryPeriod} ms) must be at least 1 ms`,
    !(renewDeadline > retryPeriod * 2) && `renewDeadline (${renewDeadline} ms) must be longer than two retry periods (${retryPeriod * 2} ms)`,
    !(requestTimeout >= 1) && `requestTimeout (${requestTimeout} ms) must be at least 1 ms`,
    !(margin > requestTimeout) &&
      `leaseDuration (${leaseDuration} ms) must be longer than renewDeadline and requestTimeout together (${renewDeadline + requestTimeout} ms)`,
    !(drainTimeout >= 0) && `drainTimeout (${drainTimeout} ms) must not be negative`,
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `sharding: ${problems.join('; ')}`);
  return options;
}
