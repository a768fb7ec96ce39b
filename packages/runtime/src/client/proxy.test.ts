import http from 'node:http';
import https from 'node:https';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';

import { createCertificateAuthority, readAll, realClock, systemRandom } from '@kubewright/platform';
import { afterEach, describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { staticToken } from './credentials.js';
import { HttpTransport } from './http-transport.js';
import { proxyFromEnvironment } from './proxy-environment.js';

describe('#140 the proxy of the environment', () => {
  const env = (noProxy: string) => ({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: noProxy });
  it.each<[string, string, string | undefined]>([
    ['#140 is taken', '', 'https://k8s.example.com:6443'],
    ['#140 is not for a range of addresses', '10.0.0.1, 10.96.0.0/12', undefined],
    ['#140 is for another range', '10.112.0.0/12', 'https://10.96.0.1'],
    ['#140 is not for a host and those below it', 'Example.com', undefined],
    ['#140 is for a host that only ends alike', 'ample.com', 'https://k8s.example.com'],
    ['#140 is not below a suffix', '.example.com', undefined],
    ['#140 is not below a star', '*.example.com', undefined],
    ['#140 is not for anything', '*', undefined],
    ['#140 is not for a port', 'k8s.example.com:443', undefined],
    ['#140 is for another port', 'k8s.example.com:6443', 'https://k8s.example.com'],
    ['#140 takes an address for no name', 'example.com/8,300.0.0.0/8,10.96.0.0/99', 'https://k8s.example.com'],
  ])('%s: NO_PROXY=%s', (_what, noProxy, server) => {
    const address = noProxy.includes('/12') && server === undefined ? 'https://10.96.0.1' : 'https://k8s.example.com';
    expect(proxyFromEnvironment(server ?? address, env(noProxy))).toBe(server === undefined ? undefined : 'http://proxy:3128');
  });

  it('#140 is not for the machine itself, differs by scheme, and may be written without one', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]']) expect(proxyFromEnvironment(`https://${host}:6443`, env(''))).toBeUndefined();
    expect(proxyFromEnvironment('https://[fd00::1]', env('fd00::/8'))).toBeUndefined();
    expect(proxyFromEnvironment('https://[fe80::1]', env('fd00::/8'))).toBe('http://proxy:3128');
    expect(proxyFromEnvironment('http://x', { HTTPS_PROXY: 'http://a' })).toBeUndefined();
    expect(proxyFromEnvironment('http://x', { http_proxy: 'a:1' })).toBe('http://a:1');
    expect(proxyFromEnvironment('https://x', {})).toBeUndefined();
  });
});

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function through(proxy: string, target: number): Promise<string> {
  const transport = new HttpTransport({ server: `http://k8s.test:${target}`, proxy }, realClock);
  cleanups.push(() => transport.close());
  let text = '';
  for (let call = 0; call < 3; call++) text = Buffer.from(await readAll((await transport.dispatch({ method: 'GET', path: '/x', headers: {} })).body)).toString();
  return text;
}

const target = (): Promise<number> => listen(http.createServer((request, response) => void response.end(`hello ${request.headers.host?.split(':')[0]}`)));

describe('a connection through a proxy', () => {
  it('#140 is a tunnel that is kept, with the password where there is one', async () => {
    const port = await target();
    const asked: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    const at = await listen(proxy);
    expect(await through(`http://joe:p%40ss@127.0.0.1:${at}`, port)).toBe('hello k8s.test');
    expect(asked).toEqual([`k8s.test:${port} Basic ${Buffer.from('joe:p@ss').toString('base64')}`]);
  });

  it('#140 carries TLS: the certificate is the server\'s, checked by its own name, and the proxy sees no request', async () => {
    const authority = createCertificateAuthority({ clock: realClock, random: systemRandom, commonName: 'test' });
    const served = authority.issue({ commonName: 'k8s.test', dnsNames: ['k8s.test'], usages: ['server'] });
    const port = await listen(https.createServer({ cert: served.certificate, key: served.key }, (request, response) => void response.end(`${request.headers.authorization} at ${request.headers.host?.split(':')[0]}`)));
    const asked: string[] = [];
    const bytes: Buffer[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url!);
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.on('data', (chunk: Buffer) => bytes.push(chunk));
        socket.pipe(onward).pipe(socket);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    const at = `http://127.0.0.1:${await listen(proxy)}`;
    const get = async (name: string): Promise<string> => {
      const transport = new HttpTransport({ server: `https://${name}:${port}`, proxy: at, tls: { ca: authority.certificate }, credentials: staticToken('secret') }, realClock);
      cleanups.push(() => transport.close());
      return Buffer.from(await readAll((await transport.dispatch({ method: 'GET', path: '/x', headers: {} })).body)).toString();
    };
    expect(await get('k8s.test')).toBe('Bearer secret at k8s.test');
    await expect(get('other.test')).rejects.toSatisfy((error) => hasCode(error, 'KW_CONNECTION') && /other\.test/.test(String((error.cause as Error).message)));
    expect(asked).toEqual([`k8s.test:${port}`, `other.test:${port}`]);
    expect(Buffer.concat(bytes).includes('secret')).toBe(false);
  });

  it('#140 says that the proxy refused, and never its password', async () => {
    const proxy = http.createServer();
    proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const at = await listen(proxy);
    const refused = await through(`http://joe:secret@127.0.0.1:${at}`, 443).catch((error: unknown) => error);
    expect(refused).toSatisfy((error) => hasCode(error, 'KW_PROXY') && error.message.includes('HTTP 407') && !error.message.includes('secret'));
  });

  it('#140 may be SOCKS5, the name being left to the proxy', async () => {
    const port = await target();
    const seen: string[] = [];
    const at = await listen(createServer((socket) => {
      socket.once('data', (greeting) => {
        seen.push([...greeting].join(' '));
        socket.write(Buffer.from([5, 2]));
        socket.once('data', (login) => {
          seen.push(login.toString('latin1').replace(/[^a-z]/g, ' ').trim());
          socket.write(Buffer.from([1, 0]));
          socket.once('data', (request) => {
            seen.push(request.subarray(5, 5 + request[4]!).toString());
            const onward = connect(port, '127.0.0.1', () => {
              socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
              socket.pipe(onward).pipe(socket);
            });
            onward.on('error', () => socket.destroy());
          });
        });
      });
      socket.on('error', () => {});
    }));
    expect(await through(`socks5://joe:pass@127.0.0.1:${at}`, port)).toBe('hello k8s.test');
    expect(seen).toEqual(['5 2 0 2', 'joe pass', 'k8s.test']);
  });

  it('#140 through something unknown is refused at once', async () => {
    await expect(through('ftp://127.0.0.1:1', 443)).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_OPTIONS'));
  });
});
