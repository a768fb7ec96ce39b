import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

import type { NamespacedName, Status } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import { clientNodeConfig } from './client-node.js';

/** The kubeconfig through which a pod is reached. These calls need WebSockets, which @kubernetes/client-node has; it is loaded by the first call. */
export interface PodSessionOptions {
  /** Files as in KUBECONFIG. */
  readonly kubeconfig: readonly string[];
  /** @default the current-context */
  readonly context?: string;
  readonly signal?: AbortSignal;
}

/** A command, and where its input comes from and its output goes. */
export interface PodExecOptions extends PodSessionOptions {
  readonly command: readonly string[];
  /** @default the pod's first */
  readonly container?: string;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** @default false */
  readonly tty?: boolean;
}

/**
 * Runs a command in a container, and resolves with its exit code when it has ended.
 *
 * @throws KubewrightError KW_CONNECTION when it could not be started or the connection broke; the signal's reason, which leaves the command
 * to itself
 */
export async function podExec(pod: NamespacedName, options: PodExecOptions): Promise<number> {
  const { command, container, signal, stderr, stdin, stdout, tty = false } = options;
  signal?.throwIfAborted();
  const { module, config } = await clientNodeConfig(options.kubeconfig, options.context);
  const what = `exec in pod ${pod.namespace}/${pod.name}`;
  return new Promise((resolve, reject) => {
    const failed = (cause: unknown): void => reject(new KubewrightError('KW_CONNECTION', `${what}: ${(cause as Error | undefined)?.message ?? 'the connection broke'}`, { cause }));
    let close = (): void => {};
    const onAbort = (): void => (reject(signal!.reason as Error), close());
    const ended = (status: Status): void => {
      const code = status.status === 'Success' ? 0 : Number(status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message ?? Number.NaN);
      if (Number.isNaN(code)) failed(new Error(status.message));
      else resolve(code);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const exec = new module.Exec(config);
    exec
      .exec(pod.namespace ?? '', pod.name, container ?? '', [...command], stdout ?? null, stderr ?? null, stdin ?? null, tty, (status) => ended(status as Status))
      .then((socket) => {
        socket.onclose = () => (signal?.removeEventListener('abort', onAbort), failed(undefined));
        socket.onerror = (event: { readonly error?: unknown }) => failed(event.error);
        close = () => socket.close();
        if (signal?.aborted) close();
      }, failed);
  });
}

/** Where forwarded connections go in, until `close`. */
export interface PortForward {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a local port, and passes what connects there to a port of a pod; `close` ends what is open. @param options.localPort @default any free one */
export async function podPortForward(pod: NamespacedName, port: number, options: PodSessionOptions & { readonly localPort?: number }): Promise<PortForward> {
  options.signal?.throwIfAborted();
  const { module, config } = await clientNodeConfig(options.kubeconfig, options.context);
  const forward = new module.PortForward(config);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    // A connection of its own for each; when either side ends, so does the other. (Without retries what comes back is the WebSocket itself.)
    void forward.portForward(pod.namespace ?? '', pod.name, [port], socket, null, socket).then(
      (answer) => {
        const tunnel = answer as { onclose: (() => void) | null; close(): void };
        tunnel.onclose = () => socket.end();
        socket.on('close', () => tunnel.close());
        if (socket.destroyed) tunnel.close();
      },
      () => socket.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new KubewrightError('KW_LISTEN', `port-forward to pod ${pod.namespace}/${pod.name}: ${cause.message}`, { cause })));
    server.listen(options.localPort ?? 0, '127.0.0.1', resolve);
  });
  const onAbort = (): void => void close();
  const close = (): Promise<void> => {
    options.signal?.removeEventListener('abort', onAbort);
    return new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  };
  options.signal?.addEventListener('abort', onAbort, { once: true });
  return { port: (server.address() as AddressInfo).port, close };
}
