import type { MetricsRegistry } from '../metrics/metrics-registry.js';

/** What a queue tells of itself; durations in milliseconds. A queue without priorities leaves `priority` out. */
export interface QueueMetrics {
  /** An item can be handed out from now on. */
  added(priority?: number): void;
  /** An item that can be handed out has another priority now. */
  raised(from: number, to: number): void;
  taken(waited: number, priority?: number): void;
  finished(worked: number): void;
  /** An item was added with a delay. */
  retried(): void;
  /** Everything that waited is gone. */
  dropped(): void;
  /** Gives the function that says for how long each item that was taken has been worked on. Returns what ends it. */
  watchRunning(durations: () => readonly number[]): () => void;
}

/** 10 ns to 1000 s, as the names' other users have it. */
const BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/**
 * How many values the label `priority` of `workqueue_depth` can have: priorities are the user's, series are not to grow without bound.
 * Those that come later share one value. (controller-runtime pkg/internal/metrics/workqueue.go has the same limit and name.)
 */
const MAX_PRIORITIES = 25;
const OTHER_PRIORITIES = 'exceeded_cardinality_limit';

/**
 * The `workqueue_*` series of one queue, there with 0 from the start.
 *
 * @param options.usesPriorities whether depth is told by priority; else the label is empty
 */
export function queueMetrics(registry: MetricsRegistry, name: string, options: { readonly usesPriorities?: boolean } = {}): QueueMetrics {
  const labels = { name, controller: name };
  const about = (metric: string, help: string, ...more: string[]) => ({ name: `workqueue_${metric}`, help, labelNames: ['name', 'controller', ...more] });
  const durations = (metric: string, help: string) => registry.histogram({ ...about(metric, help), buckets: BUCKETS });
  const depth = registry.gauge(about('depth', 'Current depth of workqueue', 'priority'));
  const adds = registry.counter(about('adds_total', 'Total number of adds handled by workqueue'));
  const retries = registry.counter(about('retries_total', 'Total number of retries handled by workqueue'));
  const waiting = durations('queue_duration_seconds', 'How long in seconds an item stays in workqueue before being requested');
  const working = durations('work_duration_seconds', 'How long in seconds processing an item from workqueue takes');
  const unfinished = registry.gauge(about('unfinished_work_seconds', 'Sum of the seconds that items which are being processed have taken so far'));
  const longest = registry.gauge(about('longest_running_processor_seconds', 'Seconds that the longest running processor has been running'));

  const depths = new Map<string, number>();
  const labelOf = (priority: number | undefined): string => {
    const label = priority === undefined ? '' : String(priority);
    return depths.has(label) || depths.size < MAX_PRIORITIES ? label : OTHER_PRIORITIES;
  };
  const change = (priority: number | undefined, by: number): void => {
    const label = labelOf(priority);
    depths.set(label, (depths.get(label) ?? 0) + by);
    depth.set(depths.get(label)!, { ...labels, priority: label });
  };
  change(options.usesPriorities ? 0 : undefined, 0);
  adds.inc(labels, 0);
  retries.inc(labels, 0);
  return {
    added(priority) {
      adds.inc(labels);
      change(priority, 1);
    },
    raised(from, to) {
      change(from, -1);
      change(to, 1);
    },
    taken(waited, priority) {
      change(priority, -1);
      waiting.observe(waited / 1000, labels);
    },
    finished: (worked) => working.observe(worked / 1000, labels),
    retried: () => retries.inc(labels),
    dropped() {
      for (const priority of depths.keys()) depth.set(0, { ...labels, priority });
      for (const priority of depths.keys()) depths.set(priority, 0);
    },
    watchRunning(durationsOf) {
      return registry.onCollect(() => {
        const running = durationsOf();
        unfinished.set(running.reduce((sum, duration) => sum + duration, 0) / 1000, labels);
        longest.set(Math.max(0, ...running) / 1000, labels);
      });
    },
  };
}
