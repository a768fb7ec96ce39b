import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KubeObject } from '@kubewright/api';
import { noopLogger } from '@kubewright/platform';
import { addControllers, Controller, createManager, generationChanged, mergeFrom, mergePatch, STOPS, type DeepReadonly, type ObjectReconciler, type ReconcileContext, type RestConfig, type Stop } from '@kubewright/runtime';
import { eventually, TestCluster } from '@kubewright/testing';
import { describe, expect, it } from 'vitest';

import { Widget, widget, widgetDefinition } from '../e2e/widget.js';
import { root, sourcesOf } from './imports.js';
import { readWalkPage } from './walk.js';

@Controller({ for: Widget, predicates: [generationChanged] })
class WidgetController implements ObjectReconciler<Widget> {
  async reconcileObject(object: DeepReadonly<Widget & KubeObject>, { client }: ReconcileContext): Promise<void> {
    const changed = structuredClone(object) as Widget & KubeObject;
    changed.status = { size: object.spec.size };
    await client.status.patch(Widget, { namespace: object.metadata.namespace!, name: object.metadata.name! }, mergeFrom(object, changed));
  }
}

const main = { namespace: 'default', name: 'main' };
const PATH = '/apis/demo.example.com/v1/namespaces/default/widgets/main';
const page = readWalkPage();

describe('the walk of one event', () => {
  it('passes the thirteen stops in their order, over HTTPS, and ends when its own status write comes back', async () => {
    await using cluster = await TestCluster.start({ definitions: [widgetDefinition], port: 0, controllers: 'none', nodes: 0 });
    const config: RestConfig = { server: cluster.cluster.url!, tls: { ca: cluster.cluster.server.certificateAuthority, ...clientCertificate(cluster) } };
    const manager = await createManager({ name: 'widget-operator', config, log: noopLogger });
    addControllers(manager, WidgetController);
    await cluster.client.create(Widget, widget('main', 3));

    using walk = new Walk();
    await using _operator = await cluster.run(manager);
    await walk.hasQuietened();

    walk.clear();
    const { metadata } = await cluster.client.patch(Widget, main, mergePatch({ spec: { size: 5 } }));
    await walk.hasQuietened();
    const written = await cluster.client.get(Widget, main);
    expect(written.status).toEqual({ size: 5 });

    expect(walk.ofChange(metadata.resourceVersion!)).toEqual(STOPS);
    // What the reconcile wrote comes back as an event of its own, which goes as far as the predicate.
    expect(walk.ofWatch(written.metadata.resourceVersion!)).toEqual(['transport', 'watch-stream', 'reflector', 'informer', 'source']);
    expect(walk.drops()).toEqual(['generation unchanged']);
    expect(written.metadata.generation).toBe(metadata.generation);
  });

  it('has the stops of the page, and each is published where the page says', () => {
    expect(page.rows.map(({ channel }) => channel)).toEqual(STOPS);
    expect(page.rows.map(({ stop }) => stop)).toEqual(STOPS.map((_, index) => index + 1));
    const missing = page.rows.filter(({ stop, files }) => !files.some((path) => new RegExp(`// stop ${stop}$`, 'm').test(readFileSync(join(root, path), 'utf8'))));
    expect(missing).toEqual([]);
  });

  it('leads past files that are there', () => {
    expect(page.named.length).toBeGreaterThan(20);
    expect(page.named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('hands on through interfaces: no file of stops 1 to 7 imports one of a later stop', () => {
    const sources = new Map(sourcesOf('packages/runtime/src').map((file) => [file.path, file]));
    const firstStop = new Map([...page.rows].reverse().flatMap(({ stop, files }) => files.map((path) => [path, stop] as const)));
    const wrong = [...firstStop].filter(([, stop]) => stop <= 7)
      .flatMap(([path, stop]) => sources.get(path)!.files.filter((target) => (firstStop.get(target) ?? 0) > stop).map((target) => `${path} imports ${target}`));
    expect(wrong).toEqual([]);
  });
});

function clientCertificate(cluster: TestCluster): { cert: string; key: string } {
  const { certificate, key } = cluster.cluster.server.issueClientCertificate();
  return { cert: certificate, key };
}

/** What the channels tell, all thirteen in one order; only what is about the Widget default/main. */
class Walk implements Disposable {
  readonly #passed: Passed[] = [];
  readonly #listeners = STOPS.map((stop) => [`kubewright:${stop}`, (message: unknown) => void this.#passed.push({ stop, message: message as Message })] as const);

  constructor() {
    for (const [name, listener] of this.#listeners) subscribe(name, listener);
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.#listeners) unsubscribe(name, listener);
  }

  clear(): void {
    this.#passed.length = 0;
  }

  /** A reconcile has ended and the event of its write was dropped. */
  async hasQuietened(): Promise<void> {
    await eventually(() => {
      expect(this.#passed.some(({ stop }) => stop === 'outcome')).toBe(true);
      expect(this.drops()).toHaveLength(1);
    });
  }

  /** Reasons of the events that a predicate dropped. */
  drops(): (string | undefined)[] {
    return this.#passed.filter(({ stop, message }) => stop === 'source' && message.dropped !== undefined).map(({ message }) => message.dropped);
  }

  /** The stops of the event that told of `resourceVersion`, on its way in. */
  ofWatch(resourceVersion: string): Stop[] {
    return this.#stopsAt(this.#wayIn(resourceVersion));
  }

  /** All stops of the change that made `resourceVersion`: its way in, its reconcile, and the one write of that. */
  ofChange(resourceVersion: string): Stop[] {
    const reconcileId = this.#passed.find(({ stop }) => stop === 'worker')?.message.reconcileId;
    expect(reconcileId).toBeDefined();
    const wayBack = this.#indexes(({ stop, message }) => {
      if (stop === 'queue') return message.key === 'default/main';
      if (stop === 'worker' || stop === 'reconcile' || stop === 'outcome') return message.reconcileId === reconcileId;
      if (stop === 'delegating-client') return message.key === 'default/main';
      return (stop === 'direct-client' || stop === 'interceptors') && message.method === 'PATCH' && message.path!.includes(`${PATH}/status?fieldManager=widget-operator`);
    });
    return this.#stopsAt([...this.#wayIn(resourceVersion), ...wayBack]);
  }

  /** Frames of one watch come one by one: what is told between one and the next is about the first. */
  #wayIn(resourceVersion: string): number[] {
    const [told = -1] = this.#indexes(({ stop, message }) => stop === 'watch-stream' && message.object!.metadata.resourceVersion === resourceVersion);
    const [next = Infinity] = this.#indexes(({ stop }, index) => stop === 'watch-stream' && index > told);
    const bytes = this.#indexes(({ stop, message }, index) => stop === 'transport' && isWatch(message) && index < told).at(-1);
    const rest = this.#indexes(({ stop, message }, index) => {
      if (index < told || index >= next) return false;
      return isOf(message, resourceVersion) || ((stop === 'source' || stop === 'handler') && message.key === 'default/main');
    });
    return [...(bytes === undefined ? [] : [bytes]), ...rest];
  }

  #indexes(matches: (passed: Passed, index: number) => boolean): number[] {
    return this.#passed.flatMap((passed, index) => (matches(passed, index) ? [index] : []));
  }

  #stopsAt(indexes: readonly number[]): Stop[] {
    return [...indexes].sort((a, b) => a - b).map((index) => this.#passed[index]!.stop);
  }
}

interface Passed {
  readonly stop: Stop;
  readonly message: Message;
}

interface Message {
  readonly key?: string;
  readonly method?: string;
  readonly path?: string;
  readonly verb?: string;
  readonly reconcileId?: string;
  readonly dropped?: string;
  readonly object?: KubeObject;
  readonly delta?: { readonly entry?: { readonly resourceVersion: string } };
  readonly event?: { readonly entry: { readonly resourceVersion: string } } | string;
}

function isWatch({ method, path = '' }: Message): boolean {
  return method === 'GET' && path.startsWith('/apis/demo.example.com/v1/widgets?') && path.includes('watch=true');
}

function isOf({ object, delta, event }: Message, resourceVersion: string): boolean {
  const told = object?.metadata.resourceVersion ?? delta?.entry?.resourceVersion ?? (typeof event === 'object' ? event.entry.resourceVersion : undefined);
  return told === resourceVersion;
}
