import { describe, expect, it } from 'vitest';

import { createPrometheusRegistry } from './prometheus-registry.js';

/** Reads the text format as strictly as a scraper does; each sample as its name, its labels and its value. */
function parse(text: string): [string, Record<string, string>, number][] {
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n').flatMap((line): [string, Record<string, string>, number][] => {
    if (/^# (HELP [a-zA-Z_:][\w:]* .*|TYPE [a-zA-Z_:][\w:]* (counter|gauge|histogram|summary|untyped|unknown)|EOF)$/.test(line)) return [];
    const match = /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\[\\n"])*",?)*)\})? (\S+)$/.exec(line);
    if (!match) throw new Error(`not a sample: ${line}`);
    const unescape = (value: string): string => value.replaceAll(/\\([\\n"])/g, (_all, what: string) => (what === 'n' ? '\n' : what));
    const labels = Object.fromEntries(Array.from((match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, name, value]) => [name!, unescape(value!)]));
    return [[match[1]!, labels, Number(match[3]!.replace('Inf', 'Infinity'))]];
  });
}

const HOSTILE = 'a"b\\c\nd\\n{e="f"} 7 €🙂';

async function filled() {
  const registry = await createPrometheusRegistry();
  registry.counter({ name: 'requests_total', help: 'Of "all"\nkinds \\ ways', labelNames: ['host', 'code'] }).inc({ host: HOSTILE, code: '' }, 3);
  const gauge = registry.gauge({ name: 'temperature', help: 'Now', labelNames: ['at'] });
  for (const [at, value] of [['nan', NaN], ['low', -Infinity], ['high', Infinity], ['small', 1e-9], ['large', 1e21]] as const) gauge.set(value, { at });
  registry.histogram({ name: 'took_seconds', help: 'Time', labelNames: ['who'], buckets: [0.005, 1] }).observe(0.5, { who: HOSTILE });
  return registry;
}

describe('the text of /metrics', () => {
  it('#95 survives hostile labels and help', async () => {
    const { contentType, body } = await (await filled()).render();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const samples = parse(body);
    expect(samples).toContainEqual(['requests_total', { host: HOSTILE, code: '' }, 3]);
    expect(samples).toContainEqual(['took_seconds_bucket', { le: '+Inf', who: HOSTILE }, 1]);
    expect(samples).toContainEqual(['took_seconds_bucket', { le: '0.005', who: HOSTILE }, 0]);
    expect(samples).toContainEqual(['took_seconds_sum', { who: HOSTILE }, 0.5]);
    expect(samples.filter(([name]) => name === 'temperature').map(([, , value]) => value)).toEqual([NaN, -Infinity, Infinity, 1e-9, 1e21]);
    expect(body).toContain('# HELP requests_total Of "all"\\nkinds \\\\ ways\n# TYPE requests_total counter\nrequests_total{');
    expect(body).toContain('temperature{at="nan"} NaN\n');
  });

  it('#95 says OpenMetrics where that is wanted: families without _total, and a mark at the end', async () => {
    const registry = await filled();
    const { contentType, body } = await registry.render('openmetrics');
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toContain('# HELP requests Of \\"all\\"\\nkinds \\\\ ways\n# TYPE requests counter\nrequests_total{');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
    parse(body);
    expect((await registry.render()).body).toContain('# TYPE requests_total counter');
  });

  it('#95 is readable with the series of the process itself', async () => {
    const registry = await createPrometheusRegistry({ processMetrics: true });
    expect(parse((await registry.render()).body).map(([name]) => name)).toContain('process_cpu_seconds_total');
    const body = (await registry.render('openmetrics')).body;
    const families = Array.from(body.matchAll(/^# TYPE (\S+) /gm), ([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
  });
});
