import type { KubeObject, ResourceKind } from '@kubewright/api';
import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import type { Clock, Logger, Random, Scheduler, Transport } from '@kubewright/platform';

import { AUTHENTICATED, type UserInfo } from '../authn/user-info.js';
import { ControllerClient, type ResourcePath } from './client.js';
import type { ControllerContext, ControllerFactory } from './controller.js';
import { EventRecorder } from './event-recorder.js';
import { ObjectWatch } from './object-watch.js';
import { ResourceMonitor } from './resource-monitor.js';
import { WorkLoop } from './work-loop.js';

/** One controller, scheduler or kubelet. */
export interface Component {
  /** Names its loops and log lines. */
  readonly name: string;
  /** Who it is to the server. */
  readonly user: UserInfo;
  /** The source of its Events. @default {@link name} */
  readonly eventSource?: string;
  readonly host?: string;
  /** @default kube-controller-manager */
  readonly userAgent?: string;
  readonly create: ControllerFactory;
}

/** What a {@link ControllerManager} needs. */
export interface ControllerManagerOptions {
  readonly transportFor: (user: UserInfo) => Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** PEM of the authority behind the server's certificate; asked for when a controller wants it. */
  readonly certificateAuthority: () => string;
}

/** The watches are shared, as in the real program, and this is who watches. */
const READER: UserInfo = { name: 'system:kube-controller-manager', groups: [AUTHENTICATED] };
const USER_AGENT = 'kube-controller-manager';

/** Runs components on shared watches. */
export class ControllerManager {
  readonly #watches = new Map<string, { watch: ObjectWatch; stop: AbortController; run?: Promise<void> }>();
  readonly #closing: Promise<void>[] = [];
  readonly #loops: WorkLoop[] = [];
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #recorders: EventRecorder[] = [];
  readonly #transports: Transport[] = [];
  readonly #reader: ControllerClient;
  #monitor: ResourceMonitor | undefined;
  #isStarted = false;

  constructor(private readonly options: ControllerManagerOptions) {
    this.#reader = this.#client(READER, USER_AGENT);
  }

  /** Adds a component; only before {@link start}. */
  add(component: Component): void {
    const { clock, random, scheduler, certificateAuthority } = this.options;
    const log = this.options.log.with({ controller: component.name });
    const client = this.#client(component.user, component.userAgent ?? USER_AGENT);
    const events = new EventRecorder({ client, component: component.eventSource ?? component.name, ...(component.host && { host: component.host }), clock, random, log });
    this.#recorders.push(events);
    const context: ControllerContext = {
      clock, random, scheduler, log, client, events, certificateAuthority,
      watch: <T extends KubeObject>(kind: ResourceKind<T>) => this.#open<T>(kind),
      monitor: () => this.#sharedMonitor(),
      loop: (process) => {
        const loop = new WorkLoop({ name: component.name, clock, scheduler, log, process });
        this.#loops.push(loop);
        return loop;
      },
      onStop: (callback) => void this.#stops.push(callback),
    };
    component.create(context);
  }

  /** Resolves when everything that the components watch is known and their loops run. */
  async start(): Promise<void> {
    this.#isStarted = true;
    const opened = [...this.#watches.values()];
    for (const entry of opened) this.#run(entry);
    await Promise.all(opened.map(({ watch }) => watch.synced()));
    await this.#monitor?.start();
    for (const loop of this.#loops) loop.start();
  }

  /** Resolves when everything that is watched has been listed anew at `resourceVersion` or later, and the loops have worked that off. */
  async relisted(resourceVersion: string): Promise<void> {
    // A watch may be closed meanwhile: its resource is gone.
    await Promise.all([...this.#watches.values()].map(({ watch }) => watch.synced(resourceVersion).catch(() => {})));
    await this.settled();
  }

  /** Resolves when every loop has worked off what it found at the start. */
  async settled(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.idle()));
  }

  /** Resolves when nothing runs any more: no call, no watch, no timer. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await Promise.all(this.#stops.map((callback) => callback()));
    await Promise.all(this.#recorders.map((recorder) => recorder.flush()));
    for (const { stop } of this.#watches.values()) stop.abort();
    await Promise.all([...this.#closing, ...[...this.#watches.values()].map(({ run }) => run)]);
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }

  #client(user: UserInfo, userAgent: string): ControllerClient {
    const transport = this.options.transportFor(user);
    this.#transports.push(transport);
    return new ControllerClient(transport, userAgent);
  }

  #sharedMonitor(): ResourceMonitor {
    this.#monitor ??= new ResourceMonitor({
      client: this.#reader,
      log: this.options.log,
      definitions: this.#open<CustomResourceDefinition>(CustomResourceDefinition),
      open: (resource) => this.#open(resource),
      close: (resource) => this.#close(resource),
    });
    return this.#monitor;
  }

  #open<T extends KubeObject>({ group, version, plural }: ResourcePath): ObjectWatch<T> {
    const key = `${group}/${plural}`;
    let entry = this.#watches.get(key);
    if (!entry) {
      const { clock, log } = this.options;
      entry = { watch: new ObjectWatch({ client: this.#reader, resource: { group, version, plural }, clock, log }), stop: new AbortController() };
      this.#watches.set(key, entry);
      if (this.#isStarted) this.#run(entry);
    }
    // One resource holds one type of objects.
    return entry.watch as unknown as ObjectWatch<T>;
  }

  #close({ group, plural }: ResourcePath): void {
    const key = `${group}/${plural}`;
    const entry = this.#watches.get(key);
    if (!entry) return;
    this.#watches.delete(key);
    entry.stop.abort();
    if (entry.run) this.#closing.push(entry.run);
  }

  #run(entry: { watch: ObjectWatch; stop: AbortController; run?: Promise<void> }): void {
    entry.run = entry.watch.run(entry.stop.signal);
  }
}
