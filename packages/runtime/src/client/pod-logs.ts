import type { NamespacedName, ResourceKind } from '@kubewright/api';

import type { DirectClient } from './direct-client.js';
import { resourcePath } from './url.js';

/** Which part of a log. */
export interface PodLogOptions {
  /** Needed where a pod has several. */
  readonly container?: string;
  /** Goes on as more is written. @default false */
  readonly follow?: boolean;
  /** That of the container's last run. @default false */
  readonly previous?: boolean;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** A time before each line. @default false */
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal;
}

const PODS: ResourceKind<never> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', scope: 'Namespaced' };

/**
 * The lines of a container's log, without their line feed, as they come. Leaving the loop ends the request.
 *
 * @example
 * for await (const line of podLogs(client, { namespace: 'default', name: 'web-0' }, { follow: true, signal })) console.log(line);
 *
 * @throws ApiError NotFound, BadRequest for a container that has not started
 */
export async function* podLogs(client: Pick<DirectClient, 'raw'>, pod: NamespacedName, options: PodLogOptions = {}): AsyncGenerator<string> {
  const { signal, ...query } = options;
  const path = resourcePath(PODS, { ...pod, subresource: 'log' }, query);
  // A log that is followed is silent for as long as it likes, as a watch is.
  const response = await client.raw({ method: 'GET', path, headers: { accept: '*/*' }, ...(options.follow && { lane: 'watch' as const }) }, signal);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
