import { formatApiVersion, type KubeObject } from '@kubewright/api';
import { type CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import type { Logger } from '@kubewright/platform';

import type { ControllerClient, ResourcePath } from './client.js';
import type { Change, ObjectWatch } from './object-watch.js';

/** A resource as discovery tells it. */
export interface DiscoveredResource extends ResourcePath {
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What a {@link ResourceMonitor} needs. */
export interface ResourceMonitorOptions {
  readonly client: ControllerClient;
  readonly log: Logger;
  readonly definitions: ObjectWatch<CustomResourceDefinition>;
  /** Starts, or finds, the watch of a resource. */
  readonly open: (resource: ResourcePath) => ObjectWatch;
  /** Ends the watch of a resource that is no longer served. */
  readonly close: (resource: ResourcePath) => void;
}

/** Told of each change of each object. */
export type MonitorListener = (resource: DiscoveredResource, change: Change<KubeObject>) => void;

/** Kept for a while and worth nothing to an owner: watching them would double the work of everything. */
const IGNORED: readonly string[] = ['/events', 'events.k8s.io/events'];
const DELETABLE: readonly string[] = ['list', 'watch', 'delete'];

/**
 * Every resource whose objects can be listed, watched and deleted, and all those objects: the built-in ones as discovery lists them when
 * the monitor starts, and the custom ones as their definitions come and go.
 */
export class ResourceMonitor {
  readonly #resources = new Map<string, DiscoveredResource>();
  readonly #kinds = new Map<string, DiscoveredResource>();
  readonly #watches = new Map<string, { watch: ObjectWatch; subscription: { cancel(): void } }>();
  readonly #listeners = new Set<MonitorListener>();
  readonly #resourceListeners = new Set<() => void>();

  constructor(private readonly options: ResourceMonitorOptions) {}

  /** In no particular order. */
  resources(): Iterable<DiscoveredResource> {
    return this.#resources.values();
  }

  /** The resource of a kind, in its preferred version; undefined for a kind that is not served. */
  resourceOf(apiVersion: string, kind: string): DiscoveredResource | undefined {
    return this.#kinds.get(`${apiVersion} ${kind}`);
  }

  watchOf(resource: ResourcePath): ObjectWatch | undefined {
    return this.#watches.get(keyOf(resource))?.watch;
  }

  onChange(listener: MonitorListener): void {
    this.#listeners.add(listener);
  }

  /** Called when a resource was added or removed. */
  onResources(listener: () => void): void {
    this.#resourceListeners.add(listener);
  }

  /** Resolves when all built-in resources are listed. */
  async start(): Promise<void> {
    await this.options.definitions.synced();
    const custom = new Set([...this.options.definitions.list()].map(({ spec }) => `${spec.group}/${spec.names.plural}`));
    const found = await discover(this.options.client);
    for (const { resource, apiVersions } of found) if (!custom.has(keyOf(resource))) this.#add(resource, apiVersions);
    this.options.definitions.onChange(({ old, object }) => {
      if (old && (!object || old.metadata.uid !== object.metadata.uid)) this.#remove(old);
      if (object) this.#follow(object);
    });
    await Promise.all([...this.#watches.values()].map(({ watch }) => watch.synced()));
  }

  #follow(definition: CustomResourceDefinition): void {
    const { group, names, scope, versions } = definition.spec;
    const isEstablished = definition.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
    const served = versions.filter((version) => version.served);
    const preferred = served.find((version) => version.storage) ?? served[0];
    if (!isEstablished || !preferred) return this.#remove(definition);
    const resource = { group, version: preferred.name, plural: names.plural, kind: names.kind, namespaced: scope === 'Namespaced', verbs: [...DELETABLE, 'deletecollection', 'get'] };
    const known = this.#resources.get(keyOf(resource));
    if (known && known.version !== resource.version) this.#remove(definition);
    this.#add(resource, served.map(({ name }) => formatApiVersion(group, name)));
  }

  #add(resource: DiscoveredResource, apiVersions: readonly string[]): void {
    const key = keyOf(resource);
    for (const apiVersion of apiVersions) this.#kinds.set(`${apiVersion} ${resource.kind}`, resource);
    if (this.#resources.has(key)) return;
    this.#resources.set(key, resource);
    const watch = this.options.open(resource);
    const subscription = watch.onChange((change) => {
      for (const listener of this.#listeners) listener(resource, change);
    });
    this.#watches.set(key, { watch, subscription });
    for (const listener of this.#resourceListeners) listener();
  }

  #remove(definition: CustomResourceDefinition): void {
    const { group, names } = definition.spec;
    const key = `${group}/${names.plural}`;
    const resource = this.#resources.get(key);
    if (!resource) return;
    this.#resources.delete(key);
    for (const [kind, known] of this.#kinds) if (known === resource) this.#kinds.delete(kind);
    const watched = this.#watches.get(key);
    this.#watches.delete(key);
    this.options.close(resource);
    watched?.watch.clear();
    watched?.subscription.cancel();
    for (const listener of this.#resourceListeners) listener();
  }
}

function keyOf({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return `${group}/${plural}`;
}

interface Found {
  readonly resource: DiscoveredResource;
  /** All versions in which it is served; the resource has the preferred one. */
  readonly apiVersions: string[];
}

interface ApiResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean; readonly verbs: readonly string[] }[];
}

async function discover(client: ControllerClient): Promise<Found[]> {
  const groups = await client.document<{ groups: { name: string; preferredVersion?: { version: string }; versions: { version: string }[] }[] }>('/apis');
  const found = new Map<string, Found>();
  const read = async (group: string, version: string): Promise<void> => {
    const list = await client.document<ApiResourceList>(group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
    for (const { name, kind, namespaced, verbs } of list.resources) {
      const key = `${group}/${name}`;
      if (name.includes('/') || IGNORED.includes(key) || !DELETABLE.every((verb) => verbs.includes(verb))) continue;
      const known = found.get(key);
      if (known) known.apiVersions.push(formatApiVersion(group, version));
      else found.set(key, { resource: { group, version, plural: name, kind, namespaced, verbs }, apiVersions: [formatApiVersion(group, version)] });
    }
  };
  await read('', 'v1');
  for (const { name, preferredVersion, versions } of groups.groups) {
    const preferred = preferredVersion?.version ?? versions[0]?.version;
    const ordered = [...versions].sort((a, b) => Number(b.version === preferred) - Number(a.version === preferred));
    for (const { version } of ordered) await read(name, version);
  }
  return [...found.values()];
}
