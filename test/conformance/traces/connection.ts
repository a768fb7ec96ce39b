import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';

import { parse } from 'yaml';

import type { TraceRequest } from './trace.js';

/** One answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly warnings: readonly string[];
  body: unknown;
}

/** A watch, which goes on gathering events until it is closed. */
export interface OpenWatch {
  readonly status: number;
  readonly events: unknown[];
  readonly hasEnded: () => boolean;
  readonly close: () => void;
}

/** The way to a server over HTTPS, as its kubeconfig says. Every request has a connection of its own. */
export class Connection {
  readonly #server: URL;
  readonly #ca: Buffer;
  readonly #identity: { cert: Buffer; key: Buffer };

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig;
    this.#server = new URL(clusters[0].cluster.server);
    this.#ca = Buffer.from(clusters[0].cluster['certificate-authority-data'], 'base64');
    const { user } = users[0];
    this.#identity = { cert: Buffer.from(user['client-certificate-data'], 'base64'), key: Buffer.from(user['client-key-data'], 'base64') };
  }

  async exchange(asked: TraceRequest): Promise<Answer> {
    const { response } = await this.#send(asked);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { headers, statusCode = 0 } = response;
    return {
      status: statusCode,
      contentType: headers['content-type'],
      warnings: headers.warning === undefined ? [] : [headers.warning],
      body: headers['content-type']?.includes('json') ? parsed(text) : text,
    };
  }

  async watch(asked: TraceRequest): Promise<OpenWatch> {
    const { response, sent } = await this.#send(asked);
    const events: unknown[] = [];
    let rest = '';
    let ended = false;
    const take = (line: string): void => {
      if (line.trim() === '') return;
      const event = parsed(line);
      events.push(typeof event === 'string' && event === line ? { unparsed: line } : event);
    };
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(take);
    });
    response.on('end', () => {
      take(rest);
      ended = true;
    });
    response.on('error', () => (ended = true));
    return { status: response.statusCode ?? 0, events, hasEnded: () => ended, close: () => sent.destroy() };
  }

  #send({ method = 'GET', path, headers = {}, body, as, asGroups, token }: TraceRequest): Promise<{ response: IncomingMessage; sent: ClientRequest }> {
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const all: Record<string, string | string[]> = { accept: 'application/json', ...headers };
    if (payload !== undefined) {
      all['content-type'] ??= 'application/json';
      all['content-length'] = String(Buffer.byteLength(payload));
    }
    if (token) all.authorization = `Bearer ${token}`;
    if (as) all['impersonate-user'] = as;
    if (asGroups) all['impersonate-group'] = typeof asGroups === 'string' ? asGroups : [...asGroups];
    const { hostname: host, port } = this.#server;
    return new Promise((resolve, reject) => {
      const options = { method, host, port, path, headers: all, ca: this.#ca, agent: false, ...(token === undefined && this.#identity) };
      const sent = request(options, (response) => resolve({ response, sent }));
      sent.on('error', reject);
      sent.end(payload);
    });
  }
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
