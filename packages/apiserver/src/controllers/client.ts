/**
 * @module controllers: stand-ins for the controllers of kube-controller-manager. They are ordinary clients of the server: what they know
 * they have listed and watched, and what they write goes through authentication, authorization and admission as their own ServiceAccount.
 * client.ts speaks to the server, object-watch.ts keeps what it says, work-loop.ts calls a controller when something has changed, and
 * controller-manager.ts starts them. Nothing in here touches storage, or shares code with @kubewright/runtime.
 */
import { ApiError, decodeJson, encodeJson, type DeleteOptions, type KubeList, type KubeObject, type Status, type WatchEvent } from '@kubewright/api';
import { readAll, type Transport, type TransportRequest } from '@kubewright/platform';

/** A resource in one version, as URLs name it. */
export interface ResourcePath {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Which body a PATCH has. */
export type PatchFormat = 'merge' | 'strategic' | 'json';

const CONTENT_TYPES: Readonly<Record<PatchFormat, string>> = {
  merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', json: 'application/json-patch+json',
};

/** Typed requests over a {@link Transport}. Every failure is an ApiError with the server's Status. */
export class ControllerClient {
  /** @param userAgent its first word becomes the manager of the fields that are written */
  constructor(private readonly transport: Transport, private readonly userAgent: string) {}

  get<T extends KubeObject>(resource: ResourcePath, namespace: string, name: string): Promise<T> {
    return this.#call('GET', urlOf(resource, namespace, name));
  }

  list<T extends KubeObject>(resource: ResourcePath, namespace = '', query: Readonly<Record<string, string>> = {}): Promise<KubeList<T>> {
    return this.#call('GET', urlOf(resource, namespace, '', '', query));
  }

  create<T extends KubeObject>(resource: ResourcePath, namespace: string, object: T, name = '', subresource = ''): Promise<T> {
    return this.#call('POST', urlOf(resource, namespace, name, subresource), object);
  }

  update<T extends KubeObject>(resource: ResourcePath, object: T, subresource = ''): Promise<T> {
    return this.#call('PUT', urlOf(resource, object.metadata.namespace ?? '', object.metadata.name ?? '', subresource), object);
  }

  patch<T extends KubeObject>(resource: ResourcePath, target: KubeObject, format: PatchFormat, patch: unknown, subresource = ''): Promise<T> {
    return this.#call('PATCH', urlOf(resource, target.metadata.namespace ?? '', target.metadata.name ?? '', subresource), patch, CONTENT_TYPES[format]);
  }

  /** Server-side apply that takes fields from whoever has them. */
  apply<T extends KubeObject>(resource: ResourcePath, object: T, fieldManager: string, subresource = ''): Promise<T> {
    const { namespace = '', name = '' } = object.metadata;
    return this.#call('PATCH', urlOf(resource, namespace, name, subresource, { fieldManager, force: 'true' }), object, 'application/apply-patch+yaml');
  }

  /** Answers the object while it is still there (finalizers, grace period), else a Status. */
  delete(resource: ResourcePath, namespace: string, name: string, options: DeleteOptions = {}): Promise<KubeObject | Status> {
    return this.#call('DELETE', urlOf(resource, namespace, name), { apiVersion: 'v1', kind: 'DeleteOptions', ...options });
  }

  deleteCollection(resource: ResourcePath, namespace: string, options: DeleteOptions = {}): Promise<unknown> {
    return this.#call('DELETE', urlOf(resource, namespace), { apiVersion: 'v1', kind: 'DeleteOptions', ...options });
  }

  /** A document that is no object of a resource, such as one of discovery. */
  document<T>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  /** Frames from after `resourceVersion` until the server ends the watch, the connection breaks or the signal aborts. */
  async *watch<T extends KubeObject>(resource: ResourcePath, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const path = urlOf(resource, '', '', '', { watch: '1', allowWatchBookmarks: 'true', ...query });
    const response = await this.transport.dispatch({ ...this.#request('GET', path), lane: 'watch' }, signal);
    if (response.status >= 400) throw failure(response.status, await readAll(response.body));
    let rest: Uint8Array = new Uint8Array(0);
    for await (const chunk of response.body) {
      const bytes: Uint8Array = rest.byteLength > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        if (end > start) yield decodeJson(bytes.subarray(start, end)) as WatchEvent<T>;
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  }

  async #call<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const response = await this.transport.dispatch(this.#request(method, path, body, contentType));
    const bytes = await readAll(response.body);
    if (response.status >= 400) throw failure(response.status, bytes);
    return decodeJson(bytes) as T;
  }

  #request(method: string, path: string, body?: unknown, contentType = ''): TransportRequest {
    const headers = { accept: 'application/json', 'user-agent': this.userAgent };
    if (body === undefined) return { method, path, headers };
    return { method, path, headers: { ...headers, 'content-type': contentType }, body: Buffer.from(encodeJson(body)) };
  }
}

const LINE_FEED = 0x0a;

function urlOf({ group, version, plural }: ResourcePath, namespace: string, name = '', subresource = '', query: Readonly<Record<string, string>> = {}): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parts = [root, ...(namespace ? ['namespaces', encodeURIComponent(namespace)] : []), plural, ...(name ? [encodeURIComponent(name)] : []), ...(subresource ? [subresource] : [])];
  const parameters = new URLSearchParams(query).toString();
  return parts.join('/') + (parameters ? `?${parameters}` : '');
}

function failure(status: number, bytes: Uint8Array): ApiError {
  let body: unknown;
  try {
    body = decodeJson(bytes);
  } catch {
    body = undefined;
  }
  if (typeof body === 'object' && body !== null && (body as Partial<Status>).kind === 'Status') return new ApiError(body as Status);
  return ApiError.of(status, '', Buffer.from(bytes).toString('utf8').slice(0, 200) || `the server answered ${status}`);
}
