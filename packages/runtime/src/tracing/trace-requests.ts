import type { Transport } from '@kubewright/platform';

/** The parts of @opentelemetry/api that make a span of a request. */
export interface TraceRequestsOptions<C = never> {
  readonly tracer: {
    startSpan(name: string, options: { kind: number; attributes: Record<string, string> }): {
      setAttribute(key: string, value: string | number): unknown;
      setStatus(status: { code: number; message?: string }): unknown;
      end(): void;
    };
  };
  /** Tells the server of the trace (`traceparent`), as API servers with tracing read it. @default not told */
  readonly api?: {
    readonly context: { active(): C };
    readonly trace: { setSpan(context: C, span: never): C };
    readonly propagation: { inject(context: C, carrier: Record<string, string>): void };
  };
}

/** SpanKind.CLIENT and SpanStatusCode.ERROR of @opentelemetry/api. */
const CLIENT = 2;
const ERROR = 2;

/**
 * An interceptor that makes a span of each request, from when it is asked for until the head of its answer is there, retries included; watches have none. A
 * request that is made within a reconcile belongs to its trace when `bridgeOpenTelemetry` was given `api`.
 *
 * @example
 * createManager({ interceptors: [traceRequests({ tracer: trace.getTracer('my-operator'), api: { context, trace, propagation } })] });
 */
export function traceRequests({ tracer, api }: TraceRequestsOptions): (next: Transport) => Transport {
  return (next) => ({
    async dispatch(request, signal) {
      if (request.lane === 'watch') return next.dispatch(request, signal);
      const attributes = { 'http.request.method': request.method, 'url.path': request.path.split('?', 1)[0]! };
      const span = tracer.startSpan(request.method, { kind: CLIENT, attributes });
      const headers: Record<string, string> = {};
      if (api) api.propagation.inject(api.trace.setSpan(api.context.active(), span as never), headers);
      try {
        const response = await next.dispatch({ ...request, headers: { ...request.headers, ...headers } }, signal);
        span.setAttribute('http.response.status_code', response.status);
        if (response.status >= 400) span.setStatus({ code: ERROR });
        return response;
      } catch (error) {
        span.setStatus({ code: ERROR, message: String(error) });
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => next.close(),
  });
}
