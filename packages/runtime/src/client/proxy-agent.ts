import http from 'node:http';
import https from 'node:https';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { KubewrightError } from '../errors/kubewright-error.js';

/** Where a connection is to end. */
interface Target {
  readonly host: string;
  readonly port: number;
}

type Connected = (error: Error | null, socket: Duplex) => void;

/** Makes kept-alive connections through a proxy: a tunnel by CONNECT (http and https proxies), or SOCKS5. What it carries is TLS, or plain when `secure` is false. */
export class ProxyAgent extends https.Agent {
  constructor(private readonly proxy: URL, private readonly secure: boolean, options: https.AgentOptions) {
    super(options);
    (this as { protocol?: string }).protocol = secure ? 'https:' : 'http:';
    if (!['http:', 'https:', 'socks5:', 'socks5h:'].includes(proxy.protocol)) {
      throw new KubewrightError('KW_INVALID_OPTIONS', `proxy ${proxy.protocol}//${proxy.host}: only http, https and socks5 are known`);
    }
  }

  override createConnection(options: https.RequestOptions, callback?: Connected): null {
    const target = { host: String(options.host ?? options.hostname), port: Number(options.port) };
    const tunnel = this.proxy.protocol.startsWith('socks5') ? socks5(this.proxy, target) : httpTunnel(this.proxy, target);
    const failed = callback as unknown as ((error: Error) => void) | undefined;
    void tunnel.then((socket) => callback?.(null, this.secure ? connectTls({ ...(options as ConnectionOptions), host: target.host, port: target.port, socket }) : socket), failed);
    return null;
  }
}

function httpTunnel(proxy: URL, { host, port }: Target): Promise<Socket> {
  const to = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const auth = proxy.username && `Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}`;
  const request = (proxy.protocol === 'https:' ? https : http).request({
    host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'), port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80), method: 'CONNECT', path: to, agent: false,
    headers: { host: to, ...(auth && { 'proxy-authorization': auth }) },
  });
  return new Promise((resolve, reject) => {
    request.on('connect', (response, socket: Socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(refused(proxy, to, `HTTP ${response.statusCode}`));
    });
    request.on('response', (response) => {
      response.destroy();
      reject(refused(proxy, to, `HTTP ${response.statusCode}`));
    });
    request.on('error', (cause) => reject(refused(proxy, to, cause.message, cause)));
    request.end();
  });
}

/** RFC 1928, and RFC 1929 where the URL names a user. The proxy resolves the name. */
async function socks5(proxy: URL, { host, port }: Target): Promise<Socket> {
  const to = `${host}:${port}`;
  const socket = connectTcp(Number(proxy.port || 1080), proxy.hostname.replace(/^\[(.*)\]$/, '$1'));
  const read = reader(socket, (problem, cause) => refused(proxy, to, problem, cause));
  try {
    const [user, password] = [Buffer.from(decodeURIComponent(proxy.username)), Buffer.from(decodeURIComponent(proxy.password))];
    socket.write(Buffer.from(user.length > 0 ? [5, 2, 0, 2] : [5, 1, 0]));
    const [, method] = await read(2);
    if (method === 2) {
      socket.write(Buffer.from([1, user.length, ...user, password.length, ...password]));
      if ((await read(2))[1] !== 0) throw refused(proxy, to, 'user or password are wrong');
    } else if (method !== 0) throw refused(proxy, to, 'it asks for an authentication that is not known here');
    const name = Buffer.from(host);
    socket.write(Buffer.from([5, 1, 0, 3, name.length, ...name, port >> 8, port & 255]));
    const [, status, , form] = await read(4);
    if (status !== 0) throw refused(proxy, to, `SOCKS code ${status}`);
    await read((form === 1 ? 4 : form === 4 ? 16 : (await read(1))[0]!) + 2);
    read.end();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Takes exactly so many bytes at a time. */
function reader(socket: Socket, failed: (problem: string, cause?: Error) => Error): ((count: number) => Promise<Buffer>) & { end(): void } {
  let pending = Buffer.alloc(0);
  let failure: Error | undefined;
  let wake = (): void => {};
  const onData = (chunk: Buffer): void => void ((pending = Buffer.concat([pending, chunk])), wake());
  const onError = (cause: Error): void => void ((failure = failed(cause.message, cause)), wake());
  const onClose = (): void => void ((failure ??= failed('it closed the connection')), wake());
  socket.on('data', onData).on('error', onError).on('close', onClose);
  const read = async (count: number): Promise<Buffer> => {
    while (pending.length < count) {
      if (failure) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const taken = pending.subarray(0, count);
    pending = pending.subarray(count);
    return taken;
  };
  // Nothing comes in between: in what follows, TLS or HTTP, the client speaks first.
  const end = (): void => void socket.off('data', onData).off('error', onError).off('close', onClose);
  return Object.assign(read, { end });
}

/** Names the proxy without its password. */
function refused(proxy: URL, to: string, problem: string, cause?: Error): KubewrightError {
  return new KubewrightError('KW_PROXY', `proxy ${proxy.protocol}//${proxy.host} to ${to}: ${problem}`, { cause });
}
