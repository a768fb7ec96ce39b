/**
 * @module metrics: counters, gauges and histograms with labels. Names and labels are those of controller-runtime, so that dashboards and
 * alerts carry over. prometheus-registry.ts keeps them with prom-client in a registry of its own; noop-registry.ts drops them.
 */

/** Values by the names that the metric was made with. */
export type MetricLabels = Readonly<Record<string, string>>;

/**
 * What an observation was about, shown beside its series to scrapers that read OpenMetrics: `trace_id`, `cause`. Names and values together have 128
 * characters at most, else it is not shown.
 */
export type Exemplar = Readonly<Record<string, string>>;

/** Only grows. */
export interface Counter {
  /** @param value @default 1 */
  inc(labels?: MetricLabels, value?: number, exemplar?: Exemplar): void;
}

/** Goes up and down. */
export interface Gauge {
  set(value: number, labels?: MetricLabels): void;
  /** @param value @default 1 */
  inc(labels?: MetricLabels, value?: number): void;
  /** @param value @default 1 */
  dec(labels?: MetricLabels, value?: number): void;
  /** Forgets one series. */
  remove(labels: MetricLabels): void;
}

/** Counts observations in buckets. */
export interface Histogram {
  observe(value: number, labels?: MetricLabels, exemplar?: Exemplar): void;
}

/** What a metric is; asking twice for one name gives the same metric. */
export interface MetricOptions {
  readonly name: string;
  readonly help: string;
  /** @default none */
  readonly labelNames?: readonly string[];
}

/** What scrapers can read: `text` is what all of them can. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** Makes metrics and shows them. */
export interface MetricsRegistry {
  counter(options: MetricOptions): Counter;
  gauge(options: MetricOptions): Gauge;
  /** @param options.buckets upper bounds, growing; the one for infinity is added */
  histogram(options: MetricOptions & { readonly buckets: readonly number[] }): Histogram;
  /** Called before each exposition, for gauges that are computed when somebody looks. Returns what removes it. */
  onCollect(callback: () => void): () => void;
  /** What `/metrics` shows. @param format @default 'text', the Prometheus text format 0.0.4 */
  render(format?: ExpositionFormat): Promise<{ readonly contentType: string; readonly body: string }>;
}
