import { promisify } from 'node:util';

import type { ExpositionFormat, MetricsRegistry } from '../metrics/metrics-registry.js';
import type { HttpRoute } from './http-server.js';

/** Less than this and packing it costs more than it saves. */
const SMALLEST_PACKED = 1024;

/**
 * `/metrics`: the Prometheus text format, or OpenMetrics for those who prefer it, gzipped for those who can read that. Whoever reaches the
 * port can read it: bind it to where only the scraper is, or let an access review guard it.
 */
export function metricsRoute(registry: MetricsRegistry): HttpRoute {
  return async (url, { headers }) => {
    if (url.pathname !== '/metrics') return undefined;
    const { contentType, body } = await registry.render(formatFor(headers.accept));
    const vary = { vary: 'Accept, Accept-Encoding' };
    if (body.length < SMALLEST_PACKED || !acceptsGzip(headers['accept-encoding'])) return { status: 200, contentType, headers: vary, body };
    const { gzip } = await import('node:zlib');
    return { status: 200, contentType, headers: { ...vary, 'content-encoding': 'gzip' }, body: await promisify(gzip)(body) };
  };
}

/** The format with the highest weight; text where nothing of it is wanted, since every scraper reads it. */
function formatFor(accept: string | string[] | undefined): ExpositionFormat {
  const choices = weighted(accept);
  const weightOf = (type: string): number => Math.max(0, ...choices.filter(({ value }) => value === type).map(({ weight }) => weight));
  const open = choices.some(({ value, parameters }) => value === 'application/openmetrics-text' && (parameters.get('version') ?? '1.0.0') === '1.0.0');
  const text = Math.max(weightOf('text/plain'), weightOf('text/*'), weightOf('*/*'));
  return open && weightOf('application/openmetrics-text') > text ? 'openmetrics' : 'text';
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  const choices = weighted(header);
  const choice = choices.find(({ value }) => value === 'gzip') ?? choices.find(({ value }) => value === '*');
  return (choice?.weight ?? 0) > 0;
}

/** The values of a header such as `a/b;version=1;q=0.5, c`. */
function weighted(header: string | string[] | undefined): { readonly value: string; readonly weight: number; readonly parameters: ReadonlyMap<string, string> }[] {
  return String(header ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [value = '', ...rest] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const parameters = new Map(rest.map((piece) => piece.split('=', 2) as [string, string]));
      const weight = Number(parameters.get('q') ?? 1);
      return { value, weight: Number.isNaN(weight) ? 0 : weight, parameters };
    });
}
