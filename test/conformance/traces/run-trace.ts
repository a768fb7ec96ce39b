import { realClock } from '@kubewright/platform';

import type { Answer, Connection, OpenWatch } from './connection.js';
import { without } from './grade.js';
import { runKubectl } from './kubectl-step.js';
import { Normaliser } from './normaliser.js';
import { CA_BUNDLE, startWebhook, type ScriptedWebhook } from './scripted-webhook.js';
import { fillIn, isJson, valueAt, type Json, type Trace, type TraceStep, type Where } from './trace.js';

/** Where a trace is asked. */
export interface TraceTarget {
  readonly connection: Connection;
  /** Needed for scenarios that run it. */
  readonly kubectl?: { readonly file: string; readonly kubeconfig: string } | undefined;
}

const NAMESPACE_LENGTH = 60;
const PATIENCE = 10_000;

/** Asks one scenario's questions and gives what was seen, one observation a step. What it made is deleted afterwards. */
export async function runTrace(target: TraceTarget, trace: Trace): Promise<readonly Json[]> {
  const run = new TraceRun(target, trace);
  try {
    await run.prepare();
    const seen: Json[] = [];
    for (const step of trace.steps) seen.push(without(await run.perform(step), [...(trace.ignore ?? []), ...(step.ignore ?? [])]));
    return JSON.parse(JSON.stringify(seen)) as Json[];
  } finally {
    await run.finish();
  }
}

class TraceRun {
  readonly #variables: Record<string, unknown>;
  readonly #watches = new Map<string, OpenWatch>();
  readonly #made: string[] = [];
  #normaliser = new Normaliser();
  #webhook: ScriptedWebhook | undefined;

  constructor(private readonly target: TraceTarget, private readonly trace: Trace) {
    const { name } = trace;
    const namespace = `t-${name}`.slice(0, NAMESPACE_LENGTH);
    const group = `${name}.example.com`;
    this.#variables = {
      name, ns: namespace, group, ca: trace.webhook || trace.usesCa ? CA_BUNDLE : '',
      api: `/api/v1/namespaces/${namespace}`, apps: `/apis/apps/v1/namespaces/${namespace}`, batch: `/apis/batch/v1/namespaces/${namespace}`,
      crds: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgets: `/apis/${group}/v1/namespaces/${namespace}/widgets`,
    };
    for (const [key, value] of Object.entries(trace.vars ?? {})) this.#variables[key] = fillIn(value, this.#variables);
  }

  async prepare(): Promise<void> {
    const { trace } = this;
    const { connection } = this.target;
    if (trace.namespace !== false) {
      const name = String(this.#variables.ns);
      await connection.exchange({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } });
      this.#made.push(`/api/v1/namespaces/${name}`);
      const accounts = `/api/v1/namespaces/${name}/serviceaccounts`;
      if (trace.serviceAccount === 'create') await connection.exchange({ method: 'POST', path: accounts, body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } } });
      if (trace.serviceAccount) await this.#poll(() => connection.exchange({ path: `${accounts}/default` }), ({ status }) => status === 200, PATIENCE);
    }
    if (!trace.webhook) return;
    this.#webhook = await startWebhook(fillIn(trace.webhook, this.#variables));
    this.#variables.webhookPort = this.#webhook.port;
    this.#normaliser = new Normaliser(this.#webhook.port);
  }

  async perform(given: TraceStep): Promise<Json> {
    const step = fillIn({ ...given, expect: {} }, this.#variables);
    if (step.sleepMs) await realClock.sleep(step.sleepMs);
    else if (step.routes) Object.assign(this.#webhook!.routes, step.routes);
    else if (step.watch) {
      const watch = await this.target.connection.watch({ method: 'GET', ...step.watch });
      this.#watches.set(step.watch.id, watch);
      return { status: watch.status };
    } else if (step.collect) return this.#collect(step.collect);
    else if (step.webhookCalls) {
      const calls = this.#webhook!.calls.splice(0);
      return step.ignore?.includes('calls') ? {} : { calls: calls.map((call) => this.#normaliser.normal(call)) };
    } else if (step.kubectl) return runKubectl(this.target.kubectl!.file, this.target.kubectl!.kubeconfig, step.kubectl, this.#normaliser);
    else return this.#request(step);
    return {};
  }

  /** Ends what is open and deletes what was made. Finalizers go first: they would keep a definition for ever. */
  async finish(): Promise<void> {
    for (const watch of this.#watches.values()) watch.close();
    this.#webhook?.close();
    const { connection } = this.target;
    for (const path of this.#made.toReversed()) if (path.includes('/customresourcedefinitions/')) await this.#release(path);
    for (const path of this.#made) await connection.exchange({ method: 'DELETE', path, body: { propagationPolicy: 'Background' } });
  }

  async #collect({ id, count = Infinity, timeoutMs = 5000, ended }: NonNullable<TraceStep['collect']>): Promise<Json> {
    const watch = this.#watches.get(id)!;
    const until = realClock.monotonic() + timeoutMs;
    while (watch.events.length < count && !watch.hasEnded() && realClock.monotonic() < until) await realClock.sleep(10);
    const events = watch.events.splice(0, count).map((event) => this.#normaliser.normal(event));
    if (!ended) return { events };
    while (!watch.hasEnded() && realClock.monotonic() < until) await realClock.sleep(10);
    return { events, ended: watch.hasEnded() };
  }

  async #request(step: TraceStep): Promise<Json> {
    const asked = step.request!;
    const isDone = (answer: Answer): boolean => !step.until || holds(answer, step.until);
    const answer = await this.#poll(() => this.target.connection.exchange(asked), isDone, step.timeoutMs ?? this.trace.timeoutMs ?? PATIENCE);
    for (const [name, where] of Object.entries(step.capture ?? {})) this.#variables[name] = valueAt(answer.body, where);
    this.#remember(step, answer);
    if (step.show === 'status') return { status: answer.status };
    const seen: Json = { status: answer.status };
    if (answer.warnings.length > 0) seen.warning = answer.warnings.map((text) => this.#normaliser.text(text));
    if (typeof answer.body === 'string' && Array.isArray(step.show)) answer.body = jsonOr(answer.body);
    for (const [where, tests] of Object.entries(step.keep ?? {})) keepOnly(valueAt(answer.body, where), tests);
    for (const [where, key] of Object.entries(step.sort ?? {})) sortBy(valueAt(answer.body, where), key);
    if (step.show === 'type') seen.contentType = answer.contentType;
    const body = this.#normaliser.normal(answer.body);
    seen.body = Array.isArray(step.show) ? Object.fromEntries((step.show as readonly string[]).map((place) => [place, valueAt(body, place)])) : body;
    return seen;
  }

  /** What has no namespace outlives it, and is deleted by its name. */
  #remember({ request }: TraceStep, { status, body }: Answer): void {
    const { method, path } = request!;
    const name = isJson(body) && isJson(body.metadata) ? body.metadata.name : undefined;
    if (method === 'POST' && status === 201 && typeof name === 'string' && name !== '' && !/\/namespaces\/[^/]+\/./.test(path) && !/review/i.test(path)) this.#made.push(`${path.split('?')[0]!}/${name}`);
  }

  async #release(path: string): Promise<void> {
    const { connection } = this.target;
    const spec = valueAt((await connection.exchange({ path })).body, 'spec') as { group: string; names: { plural: string }; versions: { name: string; served: boolean }[] } | undefined;
    const version = spec?.versions.find(({ served }) => served)?.name;
    if (!spec || version === undefined) return;
    const base = `/apis/${spec.group}/${version}`;
    const items = (valueAt((await connection.exchange({ path: `${base}/${spec.names.plural}` })).body, 'items') ?? []) as { metadata: { name: string; namespace?: string; finalizers?: unknown } }[];
    for (const { metadata: { name, namespace, finalizers } } of items) {
      if (!finalizers) continue;
      const place = namespace ? `${base}/namespaces/${namespace}` : base;
      await connection.exchange({ method: 'PATCH', path: `${place}/${spec.names.plural}/${name}`, headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: { finalizers: null } } });
    }
  }

  async #poll(ask: () => Promise<Answer>, isDone: (answer: Answer) => boolean, patience: number): Promise<Answer> {
    const until = realClock.monotonic() + patience;
    for (;;) {
      const answer = await ask();
      if (isDone(answer) || realClock.monotonic() > until) return answer;
      await realClock.sleep(40);
    }
  }
}

function holds({ status, body }: Answer, until: Readonly<Record<string, unknown>>): boolean {
  if (until.status && status === until.status) return true;
  return Object.entries(until).every(([key, want]) => {
    switch (key) {
      case 'condition': {
        const { type, status: wanted = 'True' } = want as { type: string; status?: string };
        const conditions = (valueAt(body, 'status.conditions') ?? []) as { type: string; status: string }[];
        return conditions.some((condition) => condition.type === type && condition.status === wanted);
      }
      case 'contains':
        return JSON.stringify(body).includes(String(want));
      case 'lacks':
        return !JSON.stringify(body).includes(String(want));
      default: {
        const got = valueAt(body, key);
        return want === '<set>' ? got !== undefined : want === '<unset>' ? got === undefined : JSON.stringify(got) === JSON.stringify(want);
      }
    }
  });
}

function keepOnly(list: unknown, tests: Readonly<Record<string, readonly unknown[]>>): void {
  if (Array.isArray(list)) list.splice(0, list.length, ...list.filter((item) => Object.entries(tests).every(([place, wanted]) => wanted.includes(valueAt(item, place)))) as unknown[]);
}

function sortBy(list: unknown, key: Where): void {
  if (Array.isArray(list)) list.sort((a, b) => (String(valueAt(a, key)) < String(valueAt(b, key)) ? -1 : 1));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
