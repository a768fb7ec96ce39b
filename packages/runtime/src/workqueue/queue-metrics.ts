import type { MetricsRegistry } from '../metrics/metrics-registry.js';

/** What a queue tells of itself; durations in milliseconds. */
export interface QueueMetrics {
  added(depth: number): void;
  taken(depth: number, waited: number): void;
  finished(worked: number): void;
  retried(): void;
  /** Everything that waited is gone. */
  dropped(): void;
  /** Gives the function that says for how long each item that was taken has been worked on. Returns what ends it. */
  watchRunning(durations: () => readonly number[]): () => void;
}

/** 10 ns to 1000 s, as the names' other users have it. */
const BUCKETS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/** The `workqueue_*` series of one queue, there with 0 from the start. */
export function queueMetrics(registry: MetricsRegistry, name: string): QueueMetrics {
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

  const setDepth = (items: number): void => depth.set(items, { ...labels, priority: '' });
  setDepth(0);
  adds.inc(labels, 0);
  retries.inc(labels, 0);
  return {
    added(items) {
      adds.inc(labels);
      setDepth(items);
    },
    taken(items, waited) {
      setDepth(items);
      waiting.observe(waited / 1000, labels);
    },
    finished: (worked) => working.observe(worked / 1000, labels),
    retried: () => retries.inc(labels),
    dropped: () => setDepth(0),
    watchRunning(durationsOf) {
      return registry.onCollect(() => {
        const running = durationsOf();
        unfinished.set(running.reduce((sum, duration) => sum + duration, 0) / 1000, labels);
        longest.set(Math.max(0, ...running) / 1000, labels);
      });
    },
  };
}
