import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** The part of a span of @opentelemetry/api that is used here. */
interface Span {
  setAttribute(key: string, value: string | number | boolean): unknown;
  addEvent(name: string, attributes?: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** What to tell. Both are handed in by whoever has OpenTelemetry: this package does not depend on it. */
export interface OpenTelemetryOptions {
  /** `trace.getTracer('my-operator')` of @opentelemetry/api: each reconcile becomes a span. */
  readonly tracer?: { startSpan(name: string, options?: { attributes?: Record<string, string | number | boolean> }): Span };
  /** `metrics.getMeter('my-operator')`: the duration of reconciles and the requests that were sent. */
  readonly meter?: {
    createHistogram(name: string, options?: { description?: string; unit?: string }): { record(value: number, attributes?: Record<string, string>): void };
    createCounter(name: string, options?: { description?: string }): { add(value: number, attributes?: Record<string, string>): void };
  };
}

/** The number that @opentelemetry/api gives to SpanStatusCode.ERROR. */
const ERROR = 2;

/**
 * Tells OpenTelemetry what passes the stops of the walk, as long as it is not ended by the function that it returns. Spans are named
 * `reconcile <controller>` and carry controller, key, reconcileId and outcome; they have no parent and know nothing of the requests inside of them.
 *
 * @example
 * import { metrics, trace } from '@opentelemetry/api';
 * bridgeOpenTelemetry({ tracer: trace.getTracer('my-operator'), meter: metrics.getMeter('my-operator') });
 */
export function bridgeOpenTelemetry({ tracer, meter }: OpenTelemetryOptions): () => void {
  const spans = new Map<string, Span>();
  const durations = meter?.createHistogram('kubewright.reconcile.duration', { description: 'How long a reconcile took', unit: 's' });
  const requests = meter?.createCounter('kubewright.client.requests', { description: 'Requests that were sent, repeats included' });
  const listeners: Readonly<Record<string, (message: Told) => void>> = {
    worker({ controller, key, reconcileId }) {
      if (!tracer) return;
      const attributes = { 'kubewright.controller': String(controller), 'kubewright.request': String(key), 'kubewright.reconcile_id': String(reconcileId) };
      spans.set(String(reconcileId), tracer.startSpan(`reconcile ${String(controller)}`, { attributes }));
    },
    outcome({ controller, reconcileId, outcome, duration, error }) {
      durations?.record(Number(duration ?? 0) / 1000, { controller: String(controller), outcome: String(outcome) });
      const span = spans.get(String(reconcileId));
      spans.delete(String(reconcileId));
      span?.setAttribute('kubewright.outcome', String(outcome));
      // A failure is tried again, or dropped where that makes no sense.
      if (outcome === 'addRateLimited' || outcome === 'drop') span?.setStatus({ code: ERROR, ...(error !== undefined && { message: String(error) }) });
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
