import type { Clock } from '@kubewright/platform';

import { Exemplars } from './exemplars.js';
import { exposition, type MetricFamily } from './exposition.js';
import type { Counter, Histogram, MetricLabels, MetricOptions, MetricsRegistry } from './metrics-registry.js';

/**
 * A registry on prom-client, which is loaded by the first call. It is a registry of its own: two managers in one process do not mix, and
 * what else the process registers globally is not shown.
 */
export async function createPrometheusRegistry(options: PrometheusRegistryOptions = {}): Promise<MetricsRegistry> {
  const prometheus = (await import('prom-client')).default;
  const registry = new prometheus.Registry();
  if (options.processMetrics) prometheus.collectDefaultMetrics({ register: registry });
  const collectors = new Set<() => void>();
  const exemplars = new Exemplars(options.clock);
  const known = new Map<string, unknown>();
  const once = <T>(name: string, make: () => T): T => {
    if (!known.has(name)) known.set(name, make());
    return known.get(name) as T;
  };
  const base = ({ name, help, labelNames = [] }: MetricOptions) => ({ name, help, labelNames: [...labelNames], registers: [registry] });
  return {
    counter: (given) =>
      once(given.name, () => {
        const counter = new prometheus.Counter(base(given));
        return {
          inc: (labels: MetricLabels = {}, value = 1, exemplar) => {
            counter.inc(labels, value);
            if (exemplar) exemplars.note(given.name, labels, value, exemplar);
          },
        } satisfies Counter;
      }),
    gauge: (given) =>
      once(given.name, () => {
        const gauge = new prometheus.Gauge(base(given));
        return {
          set: (value: number, labels: MetricLabels = {}) => gauge.set(labels, value),
          inc: (labels: MetricLabels = {}, value = 1) => gauge.inc(labels, value),
          dec: (labels: MetricLabels = {}, value = 1) => gauge.dec(labels, value),
          remove: (labels: MetricLabels) => gauge.remove(labels),
        };
      }),
    histogram: (given) =>
      once(given.name, () => {
        const histogram = new prometheus.Histogram({ ...base(given), buckets: [...given.buckets] });
        return {
          observe: (value: number, labels: MetricLabels = {}, exemplar) => {
            histogram.observe(labels, value);
            if (exemplar) exemplars.note(given.name, { ...labels, le: given.buckets.find((bound) => value <= bound) ?? Number.POSITIVE_INFINITY }, value, exemplar);
          },
        } satisfies Histogram;
      }),
    onCollect(callback) {
      collectors.add(callback);
      return () => collectors.delete(callback);
    },
    async render(format = 'text') {
      for (const collect of collectors) collect();
      return exposition((await registry.getMetricsAsJSON()) as unknown as MetricFamily[], format, exemplars);
    },
  };
}

/** What a registry has from the start. */
export interface PrometheusRegistryOptions {
  /** Adds the `process_*` and `nodejs_*` series; they install a monitor of the event loop that stays. For `main`. @default false */
  readonly processMetrics?: boolean;
  /** Gives exemplars their times. @default they have none, and a scraper takes that of its scrape */
  readonly clock?: Clock;
}
