import type { Exemplars, NotedExemplar } from './exemplars.js';
import type { ExpositionFormat } from './metrics-registry.js';

/** All series of one metric, as prom-client hands them out. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly Sample[];
}

interface Sample {
  /** Differs from the family's name for the parts of histograms and summaries. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Writes metrics for a scraper. In OpenMetrics a counter's family has no `_total` and its samples have, exemplars stand behind their samples, and the
 * text ends with a mark. Label values
 * and help may be anything: what would end a line or a quote is escaped.
 */
export function exposition(families: readonly MetricFamily[], format: ExpositionFormat, exemplars?: Pick<Exemplars, 'of'>): { readonly contentType: string; readonly body: string } {
  const isOpen = format === 'openmetrics';
  const lines: string[] = [];
  for (const { name, help, type, values } of families) {
    const isCounter = isOpen && type === 'counter';
    const family = isCounter ? name.replace(/_total$/, '') : name;
    lines.push(`# HELP ${family} ${escapeHelp(help, isOpen)}`, `# TYPE ${family} ${isOpen && type === 'untyped' ? 'unknown' : type}`);
    for (const { metricName = name, labels, value } of values) {
      const canHave = isOpen && (isCounter || metricName.endsWith('_bucket'));
      const exemplar = canHave ? exemplars?.of(name, labels) : undefined;
      lines.push(`${isCounter ? `${family}_total` : metricName}${labelsOf(labels)} ${numberOf(value)}${exemplar ? exemplarOf(exemplar) : ''}`);
    }
  }
  if (isOpen) lines.push('# EOF');
  return { contentType: CONTENT_TYPES[format], body: lines.length > 0 ? `${lines.join('\n')}\n` : '' };
}

function exemplarOf({ labels, value, time }: NotedExemplar): string {
  return ` # ${labelsOf(labels) || '{}'} ${numberOf(value)}${time === undefined ? '' : ` ${time}`}`;
}

function labelsOf(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return `{${pairs.map(([name, value]) => `${name}="${escapeLabel(name === 'le' || name === 'quantile' ? boundOf(value) : String(value))}"`).join(',')}}`;
}

/** Bounds are numbers in the form of their values. */
function boundOf(value: string | number): string {
  return typeof value === 'number' ? numberOf(value) : value;
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeHelp(text: string, isOpen: boolean): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return isOpen ? escaped.replaceAll('"', '\\"') : escaped;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
