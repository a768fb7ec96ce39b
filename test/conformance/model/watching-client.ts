import type { Transport } from '@kubewright/platform';
import { readAll } from '@kubewright/platform';

import type { JsonMap } from './shape.js';

/** What a client asks for. */
export interface Watched {
  /** Path of the collection: one namespace, or all. */
  readonly path: string;
  /** `labelSelector=…` or `fieldSelector=…`; empty for all. */
  readonly selector: string;
  /** Pages of a list, or a stream that begins with the state. */
  readonly start: 'list' | 'stream';
  readonly limit: number;
}

export interface Item extends JsonMap {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string } & JsonMap;
}

export const itemKey = ({ metadata }: Item): string => `${metadata.namespace}/${metadata.name}`;

type State =
  | { readonly at: 'nowhere' }
  | { readonly at: 'listing'; readonly items: readonly Item[]; readonly next: string }
  | { readonly at: 'version'; readonly version: string };

interface OpenWatch {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** A client that knows nothing but the protocol: list, watch from there, start over after 410. It checks that every event fits what it has. */
export class WatchingClient {
  readonly held = new Map<string, Item>();
  /** What went against the protocol. */
  readonly problems: string[] = [];
  #state: State = { at: 'nowhere' };
  #watch: OpenWatch | undefined;

  /** @param stateAt what the server held at a revision, as far as `watched` goes */
  constructor(private readonly transport: Transport, private readonly watched: Watched, private readonly stateAt: (revision: number) => readonly Item[]) {}

  get isSynced(): boolean {
    return this.#state.at === 'version';
  }

  /** Starts from what some client may have kept since long ago. */
  async resumeAt(revision: number): Promise<void> {
    await this.cut();
    this.#replace(this.stateAt(revision), String(revision));
  }

  /** Does what comes next: a page, or a watch unless one is open. */
  async step(): Promise<void> {
    if (this.#watch) return;
    if (this.#state.at === 'version' || this.watched.start === 'stream') await this.#openWatch();
    else await this.#nextPage(this.#state);
  }

  /** The connection breaks. */
  async cut(): Promise<void> {
    this.#watch?.abort.abort(new Error('cut'));
    await this.ended();
  }

  /** Resolves when the watch has ended. */
  async ended(): Promise<void> {
    await this.#watch?.ended;
  }

  async #nextPage(state: Exclude<State, { at: 'version' }>): Promise<void> {
    const { path, selector, limit } = this.watched;
    const [items, next] = state.at === 'listing' ? [state.items, state.next] : [[], ''];
    const { status, body } = await this.#get(`${path}?${selector}&limit=${limit}${next && `&continue=${encodeURIComponent(next)}`}`);
    if (status === 410) {
      this.#state = { at: 'nowhere' };
      return;
    }
    if (status !== 200) return void this.problems.push(`a page is answered by ${status}: ${JSON.stringify(body)}`);
    const { resourceVersion, continue: more = '' } = body['metadata'] as { resourceVersion: string; continue?: string };
    const all = [...items, ...(body['items'] as Item[])];
    if (more !== '') {
      this.#state = { at: 'listing', items: all, next: more };
      return;
    }
    const wanted = this.stateAt(Number(resourceVersion));
    if (JSON.stringify(all.map(versionedKey)) !== JSON.stringify(wanted.map(versionedKey))) this.problems.push(`pages at ${resourceVersion} show ${all.map(versionedKey).join()}, not ${wanted.map(versionedKey).join()}`);
    this.#replace(all, resourceVersion);
  }

  async #openWatch(): Promise<void> {
    const { path, selector } = this.watched;
    const from = this.#state.at === 'version' ? `resourceVersion=${this.#state.version}` : 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
    const abort = new AbortController();
    const response = await this.transport.dispatch({ method: 'GET', path: `${path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=60&${selector}&${from}`, headers: {}, lane: 'watch' }, abort.signal);
    if (response.status !== 200) return void this.problems.push(`a watch is answered by ${response.status}`);
    this.#watch = { abort, ended: this.#read(response.body, abort.signal).finally(() => (this.#watch = undefined)) };
  }

  async #read(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const initial: Item[] | undefined = this.#state.at === 'version' ? undefined : [];
    let text = '';
    try {
      for await (const chunk of body) {
        text += Buffer.from(chunk).toString();
        const lines = text.split('\n');
        text = lines.pop()!;
        for (const line of lines) if (line !== '') this.#take(JSON.parse(line) as { type: string; object: Item }, initial);
      }
    } catch (error) {
      if (!signal.aborted) this.problems.push(`a watch breaks: ${String(error)}`);
    }
  }

  #take({ type, object }: { type: string; object: Item }, initial: Item[] | undefined): void {
    if (type === 'ERROR') {
      if (object['code'] !== 410) this.problems.push(`a watch tells ${JSON.stringify(object)}`);
      this.#state = { at: 'nowhere' };
      return;
    }
    const version = object.metadata.resourceVersion;
    if (this.#state.at !== 'version') {
      if (type === 'ADDED') initial!.push(object);
      else if (type !== 'BOOKMARK' || !isInitialEnd(object)) this.problems.push(`${type} among the initial events`);
      else {
        const wanted = this.stateAt(Number(version));
        if (JSON.stringify(initial!.map(versionedKey).sort()) !== JSON.stringify(wanted.map(versionedKey).sort())) this.problems.push(`the state at ${version} is told as ${initial!.map(versionedKey).join()}`);
        this.#replace(initial!, version);
      }
      return;
    }
    const [before, key] = [Number(this.#state.version), itemKey(object)];
    if (type === 'BOOKMARK' ? Number(version) < before : Number(version) <= before) this.problems.push(`${type} of ${version} after ${before}`);
    this.#state = { at: 'version', version };
    if (type === 'BOOKMARK') return;
    if (this.held.has(key) === (type === 'ADDED')) this.problems.push(`${type} of ${key}, which ${type === 'ADDED' ? 'is known' : 'is not known'}`);
    if (type === 'DELETED') this.held.delete(key);
    else this.held.set(key, object);
  }

  #replace(items: readonly Item[], version: string): void {
    this.held.clear();
    for (const item of items) this.held.set(itemKey(item), item);
    this.#state = { at: 'version', version };
  }

  async #get(path: string): Promise<{ status: number; body: JsonMap }> {
    const response = await this.transport.dispatch({ method: 'GET', path, headers: {} });
    return { status: response.status, body: JSON.parse(Buffer.from(await readAll(response.body)).toString()) as JsonMap };
  }
}

export function versionedKey(item: Item): string {
  return `${itemKey(item)}@${item.metadata.resourceVersion}`;
}

function isInitialEnd({ metadata }: Item): boolean {
  return (metadata['annotations'] as JsonMap | undefined)?.['k8s.io/initial-events-end'] === 'true';
}
