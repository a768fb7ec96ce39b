import type { Exemplar, MetricsRegistry } from '../metrics/metrics-registry.js';
import type { Outcome } from './outcome.js';

/** The `controller_runtime_*` series of one controller. */
export interface ControllerMetrics {
  started(): void;
  /** @param duration in milliseconds; @param exemplar which attempt it was */
  ended(outcome: Outcome, duration: number, exemplar?: Exemplar): void;
  timedOut(): void;
}

const RESULTS = ['success', 'error', 'requeue', 'requeue_after'];
const BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7,
  8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** Every series is there with 0 from the start, so that an alert on it works before the first event. */
export function controllerMetrics(registry: MetricsRegistry, controller: string, maxConcurrentReconciles: number): ControllerMetrics {
  const labels = { controller };
  const about = (name: string, help: string, ...more: string[]) => ({ name: `controller_runtime_${name}`, help, labelNames: ['controller', ...more] });
  const total = registry.counter(about('reconcile_total', 'Total number of reconciliations per controller', 'result'));
  const errors = registry.counter(about('reconcile_errors_total', 'Total number of reconciliation errors per controller'));
  const terminal = registry.counter(about('terminal_reconcile_errors_total', 'Total number of terminal reconciliation errors per controller'));
  const panics = registry.counter(about('reconcile_panics_total', 'Total number of reconciliation errors that are bugs (TypeError and its like)'));
  const timeouts = registry.counter(about('reconcile_timeouts_total', "Total number of reconciliations that took longer than the controller's timeout"));
  const time = registry.histogram({ ...about('reconcile_time_seconds', 'Length of time per reconciliation per controller'), buckets: BUCKETS });
  const workers = registry.gauge(about('max_concurrent_reconciles', 'Maximum number of concurrent reconciles per controller'));
  const active = registry.gauge(about('active_workers', 'Number of currently used workers per controller'));

  workers.set(maxConcurrentReconciles, labels);
  active.set(0, labels);
  for (const each of [errors, terminal, panics, timeouts]) each.inc(labels, 0);
  for (const result of RESULTS) total.inc({ ...labels, result }, 0);
  return {
    started: () => active.inc(labels),
    ended(outcome, duration, exemplar) {
      active.dec(labels);
      time.observe(duration / 1000, labels, exemplar);
      if (outcome.label !== 'aborted') total.inc({ ...labels, result: outcome.label }, 1, exemplar);
      const failure = 'failure' in outcome ? outcome.failure : undefined;
      if (!failure) return;
      errors.inc(labels, 1, exemplar);
      if (failure.isTerminal) terminal.inc(labels);
      if (failure.isBug) panics.inc(labels);
    },
    timedOut: () => timeouts.inc(labels),
  };
}
