/**
 * @module tracing: the thirteen stops of an event on its way from the API server through an operator and back, each a channel of
 * node:diagnostics_channel named `kubewright:<stop>`. The places that hand over are marked `// stop N` in the code. Nobody in kubewright
 * listens; tests, the console and tracers do.
 */
import { channel } from 'node:diagnostics_channel';

/** In the order of the walk: stop 1 comes first. */
export const STOPS = [
  'transport', 'watch-stream', 'reflector', 'informer', 'source', 'handler', 'queue',
  'worker', 'reconcile', 'delegating-client', 'direct-client', 'interceptors', 'outcome',
] as const;

/** The name of a stop; its channel is `kubewright:<stop>`. */
export type Stop = (typeof STOPS)[number];

/** What a stop tells: plain fields, above all `kind` and `key` where they are known. Listeners must not change or keep it; what they
 * may do with an attempt says `trace` of the stop `worker`. */
export type StopMessage = Readonly<Record<string, unknown>>;

const CHANNELS = Object.fromEntries(STOPS.map((stop) => [stop, channel(`kubewright:${stop}`)])) as Record<Stop, ReturnType<typeof channel>>;

/** Tells whoever listens that something passes `stop`. Without a listener it is one property read. A listener that throws is Node's to report. */
export function publish(stop: Stop, message: StopMessage): void {
  const target = CHANNELS[stop];
  if (target.hasSubscribers) target.publish(message);
}

/** Whether somebody listens at `stop`: where many messages would be made for nobody. */
export function isObserved(stop: Stop): boolean {
  return CHANNELS[stop].hasSubscribers;
}
