import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:net';

import { ETCD_FLAGS } from './etcd-flags.js';
import { FlagError, helpText, parseFlags } from './flags.js';

/** Answers etcd's health check until SIGTERM or SIGINT, and nothing else: the API server beside it keeps its objects itself. */
async function main(argv: readonly string[]): Promise<void> {
  const flags = parseFlags(argv, ETCD_FLAGS, { h: 'help' });
  if (flags.isOn('help')) return void process.stdout.write(helpText('etcd', 'Answers the health check of etcd for the embedded API server of kubewright, and stores nothing.', ETCD_FLAGS));
  if (flags.isOn('version')) return void process.stdout.write('etcd Version: 3.7.1\n');
  const stop = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => resolve());
  });
  const urls = flags.list('listen-client-urls');
  const listening = await Promise.all((urls.length === 0 ? ['http://localhost:2379'] : urls).map((url) => listen(url, flags.value('cert-file'), flags.value('key-file'))));
  await stop;
  for (const server of listening) server.close();
}

async function listen(text: string, certificate: string | undefined, key: string | undefined): Promise<Server> {
  if (!URL.canParse(text)) throw new FlagError(`--listen-client-urls: ${JSON.stringify(text)} is no URL`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new FlagError(`--listen-client-urls: ${text} has to begin with http:// or https://`);
  if (url.protocol === 'https:' && (certificate === undefined || key === undefined)) throw new FlagError(`--listen-client-urls: ${text} needs --cert-file and --key-file`);
  const server = url.protocol === 'http:' ? createServer(answer) : (await import('node:https')).createServer({ cert: readFileSync(certificate!), key: readFileSync(key!) }, answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`cannot listen at ${text}: ${error.message}`)));
    server.listen(Number(url.port || 2379), url.hostname.replace(/^\[|\]$/g, ''), resolve);
  });
  return server;
}

const answer: RequestListener = (request, response) => {
  const path = (request.url ?? '/').split('?')[0]!;
  const body = ANSWERS[path];
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': path === '/version' || path === '/health' ? 'application/json' : 'text/plain; charset=utf-8' });
  response.end(body ?? '404 page not found\n');
};

const ANSWERS: Readonly<Record<string, string>> = {
  '/health': '{"health":"true","reason":""}',
  '/livez': 'ok\n',
  '/readyz': 'ok\n',
  '/version': '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}',
};

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  process.stderr.write(`etcd: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
