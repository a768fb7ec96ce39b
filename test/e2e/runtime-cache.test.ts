import { connect, createServer, type Server, type Socket } from 'node:net';

import { realClock, type Transport } from '@kubewright/platform';
import { Cache, createTransport, mergePatch, type Entry, type ObjectEvent } from '@kubewright/runtime';
import { eventually, TestCluster, type TestClusterOptions } from '@kubewright/testing';
import { expect, it } from 'vitest';

import { GatedTransport } from './gated-transport.js';
import { Widget, widget, widgetDefinition } from './widget.js';

const quiet: TestClusterOptions = { definitions: [widgetDefinition], controllers: 'none', nodes: 0 };
const at = (name: string) => ({ namespace: 'default', name });
const resize = (size: number) => mergePatch({ spec: { size } });

it('sees what is created, changed and deleted, each once and in order', async () => {
  await using cluster = await TestCluster.start(quiet);
  await cluster.client.create(Widget, widget('old'));
  await using mirror = await Mirror.of(cluster.transport());
  expect(mirror.told()).toEqual(['create old 1 (initial)']);
  mirror.forget();

  await cluster.client.create(Widget, widget('a', 1));
  await cluster.client.patch(Widget, at('a'), resize(2));
  await cluster.client.delete(Widget, at('a'));
  await cluster.client.create(Widget, widget('a', 3));
  await eventually(() => expect(mirror.told()).toEqual(['create a 1', 'update a 1 -> 2', 'delete a 2', 'create a 3']));
  expect(mirror.sizes()).toEqual({ old: 1, a: 3 });
});

it('converges by a new list when the server no longer knows its version', async () => {
  await using cluster = await TestCluster.start({ ...quiet, server: { historyLimit: 10 } });
  const gate = new GatedTransport(cluster.transport());
  for (const name of ['gone', 'changed', 'same', 'replaced']) await cluster.client.create(Widget, widget(name));
  await using mirror = await Mirror.of(gate);
  await cluster.client.patch(Widget, at('changed'), resize(2)); // a watch that has told something may be opened again at once
  await eventually(() => expect(mirror.sizes()['changed']).toBe(2));
  mirror.forget();

  gate.hold();
  gate.end();
  await cluster.client.delete(Widget, at('gone'));
  await cluster.client.delete(Widget, at('replaced'));
  await cluster.client.create(Widget, widget('replaced', 9));
  for (let size = 10; size <= 30; size++) await cluster.client.patch(Widget, at('changed'), resize(size));
  await cluster.client.create(Widget, widget('new', 7));
  gate.release();

  await eventually(() => expect(mirror.sizes()).toEqual({ changed: 30, same: 1, replaced: 9, new: 7 }));
  // What happened in between is told as it looks from here: ends that were missed, one change for all, nothing about what stayed.
  expect([...mirror.told()].sort()).toEqual(['create new 7', 'create replaced 9', 'delete gone 1 (state unknown)', 'delete replaced 1 (state unknown)', 'update changed 2 -> 30']);
  mirror.forget();
  await cluster.client.patch(Widget, at('same'), resize(5));
  await eventually(() => expect(mirror.told()).toEqual(['update same 1 -> 5']));
});

it('goes on where it was when a watch is cut in the middle of a frame', async () => {
  await using cluster = await TestCluster.start(quiet);
  const gate = new GatedTransport(cluster.transport());
  await cluster.client.create(Widget, widget('a'));
  await using mirror = await Mirror.of(gate);
  mirror.forget();

  gate.cutInNextFrame();
  await cluster.client.patch(Widget, at('a'), resize(2));
  await cluster.client.patch(Widget, at('a'), resize(3));
  await eventually(() => expect(mirror.told()).toEqual(['update a 1 -> 2', 'update a 2 -> 3']));
});

it('goes on when the network between it and the server breaks every connection', async () => {
  await using cluster = await TestCluster.start({ ...quiet, port: 0 });
  await using cable = await Cable.to(Number(new URL(cluster.cluster.url!).port));
  const { server } = cluster.cluster;
  const { certificate, key } = server.issueClientCertificate();
  const transport = createTransport({ config: { server: `https://127.0.0.1:${cable.port}`, tls: { ca: server.certificateAuthority, cert: certificate, key } } });
  await using mirror = await Mirror.of(transport, true);

  await cluster.client.create(Widget, widget('a'));
  await eventually(() => expect(mirror.told()).toEqual(['create a 1']));
  mirror.forget();
  expect(cable.connections).toBeGreaterThan(0);
  cable.cut();
  await cluster.client.patch(Widget, at('a'), resize(2));
  await cluster.client.create(Widget, widget('b'));
  await eventually(() => expect(mirror.sizes()).toEqual({ a: 2, b: 1 }));
  expect(mirror.told()).toEqual(['update a 1 -> 2', 'create b 1']);
});

/** A running cache of the Widgets, and what its informer told. */
class Mirror implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #cache: Cache;
  readonly #ended: Promise<void>;
  #told: string[] = [];

  private constructor(private readonly transport: Transport, private readonly ownsTransport: boolean) {
    this.#cache = new Cache({ transport, clock: realClock });
    this.#cache.informerFor(Widget).addHandler((event) => this.#told.push(textOf(event)));
    this.#ended = this.#cache.start(this.#stop.signal);
  }

  static async of(transport: Transport, ownsTransport = false): Promise<Mirror> {
    const mirror = new Mirror(transport, ownsTransport);
    await mirror.#cache.waitForSync();
    return mirror;
  }

  /** What the informer told since the start or the last {@link forget}. */
  told(): readonly string[] {
    return this.#told;
  }

  forget(): void {
    this.#told = [];
  }

  sizes(): Record<string, number> {
    return Object.fromEntries(this.#cache.informerFor(Widget).store.list().map((entry) => [entry.name, sizeOf(entry)]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#ended;
    if (this.ownsTransport) await this.transport.close();
  }
}

function textOf(event: ObjectEvent): string {
  const { entry } = event;
  switch (event.type) {
    case 'create':
      return `create ${entry.name} ${sizeOf(entry)}${event.initial ? ' (initial)' : ''}`;
    case 'update':
      return `update ${entry.name} ${sizeOf(event.old)} -> ${sizeOf(entry)}`;
    case 'delete':
      return `delete ${entry.name} ${sizeOf(entry)}${event.stateUnknown ? ' (state unknown)' : ''}`;
    case 'generic':
      return `generic ${entry.name}`;
  }
}

function sizeOf(entry: Entry): number {
  return (entry.object() as unknown as Widget).spec.size;
}

/** A TCP relay in front of a server, whose connections can be broken from outside. */
class Cable implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [[near, far], [far, near]] as const) {
        cable.#sockets.add(from);
        from.on('data', (bytes) => to.write(bytes));
        from.on('error', () => {});
        from.on('close', () => {
          cable.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cable;
  }

  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get connections(): number {
    return this.#sockets.size / 2;
  }

  /** Breaks every connection; new ones are taken. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
