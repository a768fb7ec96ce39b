import type { TransportRequest } from '@kubewright/platform';

import type { WatchingClient } from '../client/client.js';
import { dryRunClient, type DryRunOptions } from '../client/dry-run-client.js';
import { renderWrite } from '../client/render-write.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { isWrite } from './fenced-transport.js';

/** What `dryRun` of a manager stands for; undefined where it is off. Without an `onWrite` each write is printed on standard output. */
export function resolveDryRun(given: boolean | DryRunOptions | undefined): DryRunOptions | undefined {
  if (given === undefined || given === false) return undefined;
  const print: DryRunOptions['onWrite'] = (write) => void process.stdout.write(`${renderWrite(write, { color: process.stdout.isTTY })}\n`);
  return { onWrite: print, ...(given === true ? {} : given) };
}

/** The client of a manager that is not to write, or of a cluster beside its own, which its writes name then. */
export function planningClient(client: WatchingClient, options: DryRunOptions, cluster?: string): WatchingClient {
  const { onWrite } = options;
  const named: DryRunOptions = onWrite && cluster !== undefined ? { ...options, onWrite: (write) => onWrite({ ...write, cluster }) } : options;
  return Object.assign(dryRunClient(client, named), { watch: client.watch.bind(client) } satisfies Pick<WatchingClient, 'watch'>);
}

/** Why a request may not be sent in a dry run: whatever asks for it, nothing is stored. Reviews are questions, and a server that tries a write stores nothing. */
export function dryRunRefusal(request: TransportRequest): Error | undefined {
  if (!isWrite(request) || /^\/apis\/(authentication|authorization)\.k8s\.io\/[^/]+\/[a-z]+reviews$/.test(request.path) || isTrial(request)) return undefined;
  return new KubewrightError('KW_DRY_RUN', `${request.method} ${request.path}: not sent, this is a dry run`);
}

function isTrial({ method, path, body }: TransportRequest): boolean {
  if (new URL(path, 'http://server').searchParams.get('dryRun') === 'All') return true;
  return method === 'DELETE' && body !== undefined && Buffer.from(body).includes('"dryRun":["All"]');
}
