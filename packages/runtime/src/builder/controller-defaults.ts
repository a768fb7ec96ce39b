import { resourceKind, type KindRef } from '@kubewright/api';

import type { ControllerOptions } from '../controller/options.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Manager } from '../manager/manager.js';
import type { RateLimiter } from '../workqueue/rate-limiters.js';
import type { AnyKind } from './controller-spec.js';

/** What the controllers of a manager have in common, where they do not say otherwise. */
export interface ControllerDefaults extends Omit<ControllerOptions, 'rateLimiter' | 'fairness'> {
  /** Makes the rate limiter of one controller: each has its own. */
  readonly rateLimiter?: () => RateLimiter;
  readonly fairness?: 'namespace';
  /** How many objects of a kind are reconciled at a time, by `Kind.group` (`Pod` for the core group). Comes before `maxConcurrentReconciles` here. */
  readonly groupKindConcurrency?: Readonly<Record<string, number>>;
}

const DEFAULTS = Symbol.for('kubewright.controllerDefaults');

/**
 * Sets what controllers that are added to the manager from now on have in common (controller-runtime's config.Controller).
 *
 * @throws KubewrightError KW_INVALID_OPTIONS for a number that is none; other options are checked with each controller
 */
export function setControllerDefaults(manager: Manager, defaults: ControllerDefaults): void {
  const problems = Object.entries(defaults.groupKindConcurrency ?? {})
    .filter(([, workers]) => !(Number.isInteger(workers) && workers >= 1))
    .map(([kind, workers]) => `groupKindConcurrency of ${kind} (${workers}) must be a whole number, at least 1`);
  if (problems.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `controller defaults: ${problems.join('; ')}`);
  Object.defineProperty(manager, DEFAULTS, { value: defaults, configurable: true });
}

/** The options of a controller for `kind`, laid over the manager's defaults. */
export function withDefaults<R>(manager: Manager, kind: AnyKind | undefined, options: ControllerOptions<R>): ControllerOptions<R> {
  const defaults = (manager as unknown as Record<symbol, ControllerDefaults | undefined>)[DEFAULTS];
  if (!defaults) return options;
  const { groupKindConcurrency = {}, rateLimiter, ...rest } = defaults;
  const perKind = kind && groupKindConcurrency[groupKind(kind)];
  return {
    ...rest,
    ...(perKind !== undefined && { maxConcurrentReconciles: perKind }),
    ...(rateLimiter && !options.rateLimiter && { rateLimiter }),
    // An option that is there without a value does not hide a default.
    ...(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ControllerOptions<R>),
  };
}

function groupKind(ref: AnyKind): string {
  const { group, kind } = resourceKind(ref as KindRef<never>);
  return group ? `${kind}.${group}` : kind;
}
