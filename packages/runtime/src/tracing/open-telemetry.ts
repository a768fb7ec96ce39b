import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The part of a span of @opentelemetry/api that is used here. */
interface Span {
  spanContext?(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  setAttribute(key: string, value: string | number | boolean): unknown;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** `{ context, trace }` of @opentelemetry/api, so that a reconcile runs inside its span: what it logs and sends then belongs to its trace. */
export interface OpenTelemetryApi<C = never, S = never> {
  readonly context: { active(): C; with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(context: C, run: F): ReturnType<F> };
  readonly trace: { setSpan(context: C, span: S): C };
}

/** What to tell. All of it is handed in by whoever has OpenTelemetry: this package does not depend on it. */
export interface OpenTelemetryOptions {
  /** `trace.getTracer('my-operator')` of @opentelemetry/api: each reconcile becomes a span. */
  readonly tracer?: { startSpan(name: string, options?: { attributes?: Record<string, string | number | boolean | string[]> }): Span };
  /** Both of them together. @default a reconcile does not know of its span */
  readonly api?: OpenTelemetryApi;
  /** `metrics.getMeter('my-operator')`: the duration of reconciles and the requests that were sent. */
  readonly meter?: {
    createHistogram(name: string, options?: { description?: string; unit?: string }): { record(value: number, attributes?: Record<string, string>): void };
    createCounter(name: string, options?: { description?: string }): { add(value: number, attributes?: Record<string, string>): void };
  };
}

/** The number that @opentelemetry/api gives to SpanStatusCode.ERROR. */
const ERROR = 2;
/** The flag of a trace that is recorded. */
const SAMPLED = 1;

/**
 * Tells OpenTelemetry what passes the stops of the walk, as long as it is not ended by the function that it returns. Spans are named
 * `reconcile <controller>` and carry controller, key, reconcileId, causes and outcome. With `api` each reconcile runs inside its span, and {@link traceRequests}
 * makes a span of each request in it. The ids of sampled traces stand in the exemplars of the controller's metrics.
 *
 * @example
 * import { context, metrics, trace } from '@opentelemetry/api';
 * bridgeOpenTelemetry({ tracer: trace.getTracer('my-operator'), meter: metrics.getMeter('my-operator'), api: { context, trace } });
 */
export function bridgeOpenTelemetry({ tracer, meter, api }: OpenTelemetryOptions): () => void {
  const spans = new Map<string, Span>();
  const durations = meter?.createHistogram('kubewright.reconcile.duration', { description: 'How long a reconcile took', unit: 's' });
  const requests = meter?.createCounter('kubewright.client.requests', { description: 'Requests that were sent, repeats included' });
  const listeners: Readonly<Record<string, (message: Told) => void>> = {
    worker({ controller, key, reconcileId, causes, trace }) {
      if (!tracer) return;
      const attributes = { 'kubewright.controller': String(controller), 'kubewright.request': String(key), 'kubewright.reconcile_id': String(reconcileId) };
      const span = tracer.startSpan(`reconcile ${String(controller)}`, { attributes: { ...attributes, 'kubewright.causes': (causes as readonly Told[] | undefined ?? []).map(causeText) } });
      spans.set(String(reconcileId), span);
      const attempt = trace as Attempt | undefined;
      const { traceId, spanId, traceFlags = 0 } = span.spanContext?.() ?? {};
      if ((traceFlags & SAMPLED) !== 0) attempt?.label({ trace_id: traceId!, span_id: spanId! });
      if (api) attempt?.within((run) => api.context.with(api.trace.setSpan(api.context.active(), span as never), run));
    },
    outcome({ controller, reconcileId, outcome, duration, error }) {
      durations?.record(Number(duration ?? 0) / 1000, { controller: String(controller), outcome: String(outcome) });
      const span = spans.get(String(reconcileId));
      spans.delete(String(reconcileId));
      span?.setAttribute('kubewright.outcome', String(outcome));
      if (error !== undefined) span?.setStatus({ code: ERROR, message: String(error) });
      span?.end();
    },
    interceptors({ method }) {
      requests?.add(1, { method: String(method) });
    },
  };
  const subscribed = Object.entries(listeners).map(([stop, tell]) => {
    const listener = (message: unknown): void => tell(message as Told);
    subscribe(`kubewright:${stop}`, listener);
    return () => unsubscribe(`kubewright:${stop}`, listener);
  });
  return () => {
    for (const end of subscribed) end();
    for (const span of spans.values()) span.end();
    spans.clear();
  };
}

type Told = Readonly<Record<string, unknown>>;

/** What the stop `worker` lets a listener do with the attempt: see controller/attempt-trace.ts. */
interface Attempt {
  label(labels: Readonly<Record<string, string>>): void;
  within(run: <T>(reconcile: () => T) => T): void;
}

function causeText({ change, source, object, count }: Told): string {
  return `${String(change)} of ${String(source)}${object === undefined ? '' : ` ${String(object)}`}${count === 1 ? '' : ` (${String(count)} times)`}`;
}
