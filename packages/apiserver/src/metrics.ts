/** What `/metrics` tells of requests, under the names of the real server. A few counters need no library, and none is loaded for them. */
import type { Clock } from '@kubewright/platform';

import type { RequestInfo } from './request/request-info.js';
import { headerOf, type ServerRequest } from './request/server-request.js';

const MUTATING = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT', get: 'GET', list: 'LIST', watch: 'WATCH', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETECOLLECTION' };
const CONNECTING = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);
/** Seconds; requests in one process are fast, so that the real server's buckets above ten seconds are left out. */
const BUCKETS = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10];

interface Duration {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Counts requests. */
export class RequestMetrics {
  readonly #total = new Map<string, number>();
  readonly #durations = new Map<string, Duration>();
  readonly #inFlight = { mutating: 0, readOnly: 0 };

  constructor(private readonly clock: Clock) {}

  /** Called when a request comes in; `end` when its answer's head goes out. */
  begin(request: ServerRequest, info: RequestInfo): { end(code: number): void } {
    const kind = MUTATING.has(info.verb) ? 'mutating' : 'readOnly';
    const began = this.clock.monotonic();
    this.#inFlight[kind]++;
    return {
      end: (code) => {
        this.#inFlight[kind]--;
        this.#count(request, info, code, (this.clock.monotonic() - began) / 1000);
      },
    };
  }

  /** The text format of Prometheus. */
  text(storedObjects: ReadonlyMap<string, number>, openWatches: number): string {
    return [
      ...family('apiserver_request_total', 'counter', 'Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
        [...this.#total].map(([labels, value]) => `apiserver_request_total{${labels}} ${value}`)),
      ...family('apiserver_request_duration_seconds', 'histogram', 'Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
        [...this.#durations].flatMap(([labels, duration]) => histogram('apiserver_request_duration_seconds', labels, duration))),
      ...family('apiserver_current_inflight_requests', 'gauge', 'Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
        Object.entries(this.#inFlight).map(([kind, value]) => `apiserver_current_inflight_requests{request_kind="${kind}"} ${value}`)),
      ...family('apiserver_longrunning_requests', 'gauge', 'Gauge of all active long-running apiserver requests.', [`apiserver_longrunning_requests{verb="WATCH",component="apiserver"} ${openWatches}`]),
      ...family('apiserver_storage_objects', 'gauge', 'Number of stored objects at the time of last check split by kind.',
        [...storedObjects].map(([resource, value]) => `apiserver_storage_objects{resource="${escape(resource)}"} ${value}`)),
      '',
    ].join('\n');
  }

  #count(request: ServerRequest, info: RequestInfo, code: number, seconds: number): void {
    const { group, version, resource, subresource } = info;
    const verb = verbOf(request, info);
    const dryRun = info.query.text('dryRun');
    const scope = scopeOf(info);
    const labels = (pairs: Readonly<Record<string, string>>): string => Object.entries(pairs).map(([name, value]) => `${name}="${escape(value)}"`).join(',');
    const shared = { component: 'apiserver', dry_run: dryRun, group, resource, scope, subresource, verb, version };
    const counted = labels({ code: String(code), ...shared });
    this.#total.set(counted, (this.#total.get(counted) ?? 0) + 1);
    if (verb === 'WATCH') return;
    const measured = labels(shared);
    let duration = this.#durations.get(measured);
    if (!duration) this.#durations.set(measured, (duration = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 }));
    duration.count++;
    duration.sum += seconds;
    const bucket = BUCKETS.findIndex((limit) => seconds <= limit);
    if (bucket >= 0) duration.counts[bucket] = (duration.counts[bucket] ?? 0) + 1;
  }
}

function verbOf(request: ServerRequest, info: RequestInfo): string {
  if (!info.isResource) return request.method;
  if (CONNECTING.has(info.subresource)) return 'CONNECT';
  if (info.verb === 'patch' && headerOf(request, 'content-type').startsWith('application/apply-patch')) return 'APPLY';
  return VERBS[info.verb] ?? 'other';
}

function scopeOf(info: RequestInfo): string {
  if (!info.isResource) return '';
  return info.isNamed ? 'resource' : info.namespace ? 'namespace' : 'cluster';
}

function family(name: string, type: string, help: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`# HELP ${name} [STABLE] ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function histogram(name: string, labels: string, { counts, sum, count }: Duration): string[] {
  let total = 0;
  const buckets = BUCKETS.map((limit, index) => `${name}_bucket{${labels},le="${limit}"} ${(total += counts[index] ?? 0)}`);
  return [...buckets, `${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`];
}

function escape(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
