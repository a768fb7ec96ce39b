import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

import { hasCode } from '../errors/kubewright-error.js';
import type { clientNodeConfig } from './client-node.js';
import { podExec, podPortForward } from './pod-session.js';

/** vitest runs node with the condition `import`, by which client-node's `require('ws')` finds a module that is no constructor; all the rest is client-node's own. */
vi.mock('./client-node.js', async (importOriginal) => {
  const original = await importOriginal<{ clientNodeConfig: typeof clientNodeConfig }>();
  return {
    ...original,
    async clientNodeConfig(...given: Parameters<typeof clientNodeConfig>) {
      const { module, config } = await original.clientNodeConfig(...given);
      const { WebSocketHandler } = await import('../../node_modules/@kubernetes/client-node/dist/web-socket-handler.js' as string) as { WebSocketHandler: new (...parts: unknown[]) => never };
      const handler = new WebSocketHandler(config, (uri: string, protocols: string[], options: object) => new WebSocket(uri, protocols, options));
      const made = { Exec: class extends module.Exec { constructor() { super(config, handler); } }, PortForward: class extends module.PortForward { constructor() { super(config, true, handler); } } };
      return { config, module: { ...module, ...made } };
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'pod-session-'));
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterEach(async () => {
  for (const end of ends.splice(1).reverse()) await end();
});

/** What a kubelet does with the channels of v5.channel.k8s.io: the first byte of a message is its channel, 255 closes one. */
interface Kubelet {
  readonly kubeconfig: readonly string[];
  readonly asked: string[];
  readonly protocols: string[];
}

async function kubelet(serve: (socket: WebSocket, send: (channel: number, data: Buffer | string) => void, url: URL) => void): Promise<Kubelet> {
  const [asked, protocols]: [string[], string[]] = [[], []];
  const http: Server = createServer((_request, response) => void response.writeHead(404).end());
  const server = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  http.on('upgrade', (request, socket, head) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    if (request.url!.includes('/missing/')) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    server.handleUpgrade(request, socket, head, (peer) => {
      protocols.push(peer.protocol);
      serve(peer, (channel, data) => peer.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data)])), new URL(request.url!, 'http://x'));
    });
    return undefined;
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const peer of server.clients) peer.terminate();
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });
  const file = join(folder, `config-${(http.address() as AddressInfo).port}`);
  writeFileSync(file, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: `http://127.0.0.1:${(http.address() as AddressInfo).port}` } }],
    users: [{ name: 'u', user: { token: 't' } }],
  }));
  return { kubeconfig: [file], asked, protocols };
}

const pod = { namespace: 'shop', name: 'web' };

describe('exec in a pod', () => {
  it('sends input until its end, gives both outputs apart, and resolves with the exit code', async () => {
    const { kubeconfig, asked, protocols } = await kubelet((socket, send) => {
      const input: Buffer[] = [];
      socket.on('message', (message: Buffer) => {
        if (message[0] === 0) return void input.push(message.subarray(1));
        if (message[0] !== 255 || message[1] !== 0) return undefined;
        send(1, Buffer.concat(input).toString().toUpperCase());
        send(2, 'careful');
        send(3, JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } }));
        return socket.close();
      });
    });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const outputs = Promise.all([text(stdout), text(stderr)]);
    const code = await podExec(pod, { kubeconfig, command: ['tr', 'a-z', 'A-Z'], container: 'main', stdin: Readable.from([Buffer.from('hello '), Buffer.from('you')]), stdout, stderr });
    expect([code, await outputs]).toEqual([3, ['HELLO YOU', 'careful']]);
    expect(asked).toEqual(['/api/v1/namespaces/shop/pods/web/exec?stdout=true&stderr=true&stdin=true&tty=false&command=tr&command=a-z&command=A-Z&container=main Bearer t']);
    expect(protocols).toEqual(['v5.channel.k8s.io']);
  });

  it('resolves with 0 for a success, and says what the server says otherwise', async () => {
    const { kubeconfig } = await kubelet((socket, send, url) => {
      send(3, JSON.stringify(url.searchParams.get('command') === 'true' ? { status: 'Success' } : { status: 'Failure', message: 'container not found ("x")' }));
      socket.close();
    });
    expect(await podExec(pod, { kubeconfig, command: ['true'] })).toBe(0);
    await expect(podExec(pod, { kubeconfig, command: ['other'] })).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION') && error.message === 'exec in pod shop/web: container not found ("x")');
  });

  it('fails when there is no such pod, and when the connection breaks', async () => {
    const { kubeconfig } = await kubelet((socket) => socket.terminate());
    await expect(podExec({ ...pod, name: 'missing' }, { kubeconfig, command: ['true'] })).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION') && /404/.test(error.message));
    await expect(podExec(pod, { kubeconfig, command: ['true'] })).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION'));
  });

  it('ends by the reason of its signal', async () => {
    const abort = new AbortController();
    const closed = withResolvers();
    const { kubeconfig } = await kubelet((socket) => {
      socket.on('close', () => closed.resolve());
      abort.abort(new Error('enough'));
    });
    await expect(podExec(pod, { kubeconfig, command: ['sleep', '9'], signal: abort.signal })).rejects.toThrow('enough');
    await closed.promise;
  });
});

describe('a forwarded port', () => {
  it('carries bytes both ways, each connection by itself, until either side ends', async () => {
    const { kubeconfig, asked } = await kubelet((socket, send) => {
      const port = Buffer.from([0x1f, 0x90]);
      send(0, port);
      send(1, port);
      socket.on('message', (message: Buffer) => {
        if (message[0] !== 0 || message.length < 2) return;
        send(0, `echo ${message.subarray(1).toString()}`);
        socket.close();
      });
    });
    const forward = await podPortForward(pod, 8080, { kubeconfig });
    ends.push(() => forward.close());
    const talk = (words: string): Promise<string> => {
      const socket = connect(forward.port, '127.0.0.1');
      socket.write(words);
      return text(socket);
    };
    expect(await Promise.all([talk('one'), talk('two')])).toEqual(['echo one', 'echo two']);
    expect(asked.map((each) => each.split(' ')[0])).toEqual(Array.from({ length: 2 }, () => '/api/v1/namespaces/shop/pods/web/portforward?ports=8080'));
  });

  it('that is closed ends what is open, and a pod that is not there ends a connection', async () => {
    const { kubeconfig } = await kubelet(() => {});
    const forward = await podPortForward(pod, 8080, { kubeconfig });
    const open = connect(forward.port, '127.0.0.1');
    const ended = new Promise((resolve) => open.on('error', () => {}).on('close', resolve));
    await new Promise((resolve) => open.once('connect', resolve));
    await forward.close();
    await ended;
    const missing = await podPortForward({ ...pod, name: 'missing' }, 8080, { kubeconfig });
    ends.push(() => missing.close());
    const refused = connect(missing.port, '127.0.0.1');
    await new Promise((resolve) => refused.on('error', () => {}).on('close', resolve));
  });
});

function withResolvers(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
