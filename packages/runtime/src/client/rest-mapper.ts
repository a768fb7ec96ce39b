import { formatApiVersion, gvkOf, isNotFound, type GroupVersionKind, type KubeObject, type ResourceKind, type UnstructuredObject } from '@kubewright/api';
import { realClock, type Clock, type Transport } from '@kubewright/platform';

import { KubewrightError } from '../errors/kubewright-error.js';
import { discover, discoverVersion, type ServedVersion } from './discovery.js';
import type { Interceptor } from './interceptors/interceptor.js';
import { orAborted } from './or-aborted.js';

/** What a {@link RestMapper} stands on. */
export interface RestMapperOptions {
  readonly transport: Transport;
  /** @default the real one */
  readonly clock?: Clock;
  /** Milliseconds that an answer "there is no such kind" holds before the server is asked again. @default 10_000 */
  readonly missingFor?: number;
}

/** Names a kind; without `version`, in the one that the server prefers. */
export type KindName = Omit<GroupVersionKind, 'version'> & { readonly version?: string };

/**
 * Finds out where objects of a kind live, for kinds that are known only by name: plural and scope come from the server's discovery, never from
 * guessing. Everything is asked for once, in two requests where the server has aggregated discovery; a kind that is not there is looked for
 * again in its group alone, and not more often than `missingFor`, so that a kind that is installed later is found. A group whose own server is
 * down hides its kinds and no others.
 *
 * @example
 * const kind = await new RestMapper({ transport }).kindFor({ group: 'networking.k8s.io', kind: 'Ingress' });
 * await client.list(kind, { namespace: 'default' });
 */
export class RestMapper {
  /** By group, in the server's order of preference. */
  #groups: Map<string, ServedVersion[]> | undefined;
  #loading: Promise<Map<string, ServedVersion[]>> | undefined;
  readonly #asked = new Map<string, { readonly at: number; readonly result: Promise<void> }>();
  readonly #clock: Clock;

  constructor(private readonly options: RestMapperOptions) {
    this.#clock = options.clock ?? realClock;
  }

  /** @throws KubewrightError KW_KIND_UNKNOWN that says what the group has; what the server answers instead of its discovery */
  async kindFor(name: KindName, signal?: AbortSignal): Promise<ResourceKind<UnstructuredObject>> {
    const known = find(await this.#all(signal), name);
    if (known) return known;
    await this.#reload(name, signal);
    const groups = await this.#all(signal);
    const found = find(groups, name);
    if (found) return found;
    const served = groups.get(name.group)?.filter(({ kinds }) => kinds.length > 0) ?? [];
    const versions = served.map(({ version }) => version).join(', ');
    const elsewhere = served.filter(({ kinds }) => kinds.some(({ kind }) => kind === name.kind)).map(({ version }) => version);
    const what = `${name.kind} of ${name.version ? formatApiVersion(name.group, name.version) : name.group || 'the core group'}`;
    const instead = elsewhere.length > 0 ? `it is served in ${elsewhere.join(', ')}` : versions ? `the group is served in ${versions}, without this kind` : 'the group is not served';
    throw new KubewrightError('KW_KIND_UNKNOWN', `the server does not know ${what}: ${instead}`);
  }

  /** The kind that an object says it is. */
  async kindOf(object: Pick<KubeObject, 'apiVersion' | 'kind'>, signal?: AbortSignal): Promise<ResourceKind<UnstructuredObject>> {
    const name = gvkOf(object);
    if (!name.kind || !name.version) throw new KubewrightError('KW_INVALID_ARGUMENT', 'an object without apiVersion or kind can not be mapped to a resource');
    return this.kindFor(name, signal);
  }

  /** Forgets a version of a group: it is no longer served, as it seems. The next question for it asks the server. */
  evict(group: string, version: string): void {
    const versions = this.#groups?.get(group);
    const at = versions?.findIndex((each) => each.version === version) ?? -1;
    if (at >= 0) versions!.splice(at, 1);
    this.#asked.delete(group);
  }

  /** Evicts what the server answers "404 page not found" for, which it says of paths it does not serve, not of objects that are missing. */
  readonly interceptor: Interceptor = (next) => ({
    dispatch: async (request, signal) => {
      const response = await next.dispatch(request, signal);
      if (response.status === 404 && !String(response.headers['content-type']).includes('json')) {
        const [, group = '', version = ''] = /^\/apis\/([^/]+)\/([^/?]+)\//.exec(request.path) ?? [];
        if (group) this.evict(group, version);
      }
      return response;
    },
    close: () => next.close(),
  });

  #all(signal?: AbortSignal): Promise<Map<string, ServedVersion[]>> {
    if (this.#groups) return Promise.resolve(this.#groups);
    this.#loading ??= discover(this.options.transport).then(
      (groups) => (this.#groups = groups),
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return orAborted(this.#loading, signal);
  }

  /** One group only, and everybody who asks meanwhile shares the answer. */
  async #reload({ group, version }: KindName, signal?: AbortSignal): Promise<void> {
    const last = this.#asked.get(group);
    if (last && this.#clock.monotonic() - last.at < (this.options.missingFor ?? 10_000)) return orAborted(last.result, signal);
    const result = this.#load(group, version);
    this.#asked.set(group, { at: this.#clock.monotonic(), result });
    // What failed says nothing about the kind, and need not be believed for long.
    result.catch(() => this.#asked.delete(group));
    return orAborted(result, signal);
  }

  async #load(group: string, version: string | undefined): Promise<void> {
    const { transport } = this.options;
    const names = version ? [version] : await versionsOf(transport, group);
    const loaded = await Promise.all(names.map((each) => discoverVersion(transport, group, each)));
    const known = this.#groups!.get(group) ?? [];
    const fresh = loaded.filter((each) => each !== undefined);
    const others = known.filter((each) => !names.includes(each.version));
    this.#groups!.set(group, version ? [...others, ...fresh] : fresh);
  }
}

function find(groups: ReadonlyMap<string, readonly ServedVersion[]>, { group, kind, version }: KindName): ResourceKind<UnstructuredObject> | undefined {
  for (const served of groups.get(group) ?? []) {
    if (version !== undefined && served.version !== version) continue;
    const found = served.kinds.find((each) => each.kind === kind);
    if (found) return found;
  }
  return undefined;
}

async function versionsOf(transport: Transport, group: string): Promise<readonly string[]> {
  try {
    return (await discover(transport, group)).get(group)?.map(({ version }) => version) ?? [];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
