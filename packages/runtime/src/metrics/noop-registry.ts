import type { Counter, Gauge, Histogram, MetricsRegistry } from './metrics-registry.js';

const nothing = (): void => {};
const metric: Counter & Gauge & Histogram = { inc: nothing, dec: nothing, set: nothing, remove: nothing, observe: nothing };

/** Drops every observation. */
export const noopRegistry: MetricsRegistry = {
  counter: () => metric,
  gauge: () => metric,
  histogram: () => metric,
  onCollect: () => nothing,
  render: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: '' }),
};
