import { AsyncLocalStorage } from 'node:async_hooks';

import { context, propagation, ROOT_CONTEXT, trace, type Context, type ContextManager } from '@opentelemetry/api';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { FakeClock, memoryLogger, openTelemetryLogger, realScheduler, ScriptedTransport, SeededRandom, teeLogger, type Logger } from '@kubewright/platform';
import { afterEach, expect, it } from 'vitest';

import { createClient } from '../client/create-client.js';
import { createPrometheusRegistry } from '../metrics/prometheus-registry.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { requestKey, type Request } from '../reconcile/request.js';
import type { RequestSink } from '../source/source.js';
import { bridgeOpenTelemetry } from '../tracing/open-telemetry.js';
import { traceRequests } from '../tracing/trace-requests.js';
import type { Cause } from '../workqueue/cause.js';
import { Controller } from './controller.js';

/** What @opentelemetry/context-async-hooks does, as far as it is needed here. */
class AsyncContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active = (): Context => this.#storage.getStore() ?? ROOT_CONTEXT;
  with: ContextManager['with'] = (given, run, self, ...args) => this.#storage.run(given, () => run.call(self as never, ...args));
  bind: ContextManager['bind'] = (_given, target) => target;
  enable = (): this => this;
  disable = (): this => this;
}

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function setUp(reconcile: Reconciler['reconcile'], log = memoryLogger(), extra: readonly Logger[] = []) {
  const metrics = await createPrometheusRegistry({ clock: new FakeClock() });
  const clock = new FakeClock();
  let sink!: RequestSink<Request>;
  const stop = new AbortController();
  const controller = new Controller<Request>({
    name: 'widget', keyOf: requestKey, clock, metrics, scheduler: realScheduler, abandon: new AbortController().signal,
    reconciler: { reconcile }, sources: [{ name: 'test', start: async (given) => void (sink = given) }],
    context: { client: {} as never, recorder: { event() {} }, random: new SeededRandom(), log: teeLogger(log, ...extra) },
  });
  const running = controller.start(stop.signal);
  ends.push(async () => (stop.abort(), await running));
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await clock.advance(1);
  };
  await settle();
  return { metrics, log, settle, add: (name: string, ...causes: Cause[]) => sink.add({ namespace: 'shop', name }, { causes }) };
}

const update = (object: string): Cause => ({ source: 'kind Pod', change: 'update', object, count: 1 });

it('causes that were merged while a request waited are in the context, in the log and in the exemplars of its metrics', async () => {
  const seen: (readonly Cause[])[] = [];
  const test = await setUp(async (_request, { causes }) => void seen.push(causes));
  test.add('a', update('shop/p1'));
  test.add('a', update('shop/p1'));
  test.add('a', update('shop/p2-of-a-long-name'));
  await test.settle();
  expect(seen).toEqual([[{ ...update('shop/p1'), count: 2 }, update('shop/p2-of-a-long-name')]]);
  expect(test.log.lines.find(({ message }) => message === 'reconciled')?.fields['causes']).toEqual(['update of kind Pod shop/p1 (2 times)', 'update of kind Pod shop/p2-of-a-long-name']);
  const { body } = await test.metrics.render('openmetrics');
  const line = (start: string): string => body.split('\n').find((each) => each.startsWith(start)) ?? '';
  expect(line('controller_runtime_reconcile_total{controller="widget",result="success"}')).toMatch(/ 1 # \{reconcile_id="[-0-9a-f]{36}",cause="update of kind Pod shop\/p1 \(2 times\), update of kind Pod shop[^"]*\.\.\."\} 1 [\d.]+$/);
  expect(line('controller_runtime_reconcile_time_seconds_bucket{le="0.005",controller="widget"}')).toContain('# {reconcile_id="');
  expect(line('controller_runtime_reconcile_time_seconds_bucket{le="0.01",controller="widget"}')).not.toContain('#');
  expect((await test.metrics.render('text')).body).not.toContain('# {');
});

it('a reconcile is a span of OpenTelemetry that its requests, its log lines and its exemplars belong to', async () => {
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer('test');
  const records = new InMemoryLogRecordExporter();
  const logs = new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }).getLogger('test');
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meters = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncContext());
  propagation.setGlobalPropagator({ inject: (given, carrier) => void ((carrier as Record<string, string>)['traceparent'] = trace.getSpanContext(given)!.traceId), extract: (given) => given, fields: () => ['traceparent'] });
  ends.push(() => (context.disable(), propagation.disable(), meters.shutdown()));
  ends.push(bridgeOpenTelemetry({ tracer, meter: meters.getMeter('test'), api: { context, trace } as never }));

  const transport = new ScriptedTransport(() => ({ status: 200, body: JSON.stringify({ kind: 'Pod', metadata: { name: 'p' } }) }));
  const client = createClient({ transport, interceptors: [traceRequests({ tracer, api: { context, trace, propagation } as never })] });
  const test = await setUp(async ({ name }, { log }) => {
    await client.get({ group: '', version: 'v1', kind: 'Pod', plural: 'pods', scope: 'Namespaced' }, { namespace: 'shop', name: 'p' });
    log.info('looked');
    if (name === 'bad') throw new Error('no');
  }, memoryLogger(), [openTelemetryLogger(logs)]);
  test.add('good', update('shop/p1'));
  await test.settle();
  test.add('bad');
  await test.settle();

  const finished = spans.getFinishedSpans();
  const [request, reconcile] = finished;
  expect(finished.map(({ name }) => name).slice(0, 2)).toEqual(['GET', 'reconcile widget']);
  expect(request!.parentSpanContext?.spanId).toBe(reconcile!.spanContext().spanId);
  expect(request!.attributes).toMatchObject({ 'http.request.method': 'GET', 'url.path': '/api/v1/namespaces/shop/pods/p', 'http.response.status_code': 200 });
  expect(reconcile!.attributes).toMatchObject({ 'kubewright.request': 'shop/good', 'kubewright.outcome': 'forget', 'kubewright.causes': ['update of kind Pod shop/p1'] });
  expect(finished.find(({ attributes }) => attributes['kubewright.request'] === 'shop/bad')?.status).toEqual({ code: 2, message: 'Error: no' });
  const { traceId } = reconcile!.spanContext();
  expect(transport.requests[0]!.headers['traceparent']).toBe(traceId);
  const looked = records.getFinishedLogRecords().find(({ body }) => body === 'looked');
  expect([looked?.spanContext?.traceId, looked?.attributes['controller']]).toEqual([traceId, 'widget']);
  expect((await test.metrics.render('openmetrics')).body).toContain(`# {trace_id="${traceId}",span_id="${reconcile!.spanContext().spanId}",cause="update of kind Pod shop/p1"}`);
  await reader.forceFlush();
  const names = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name)));
  expect(names).toEqual(['kubewright.reconcile.duration', 'kubewright.client.requests']);
});
