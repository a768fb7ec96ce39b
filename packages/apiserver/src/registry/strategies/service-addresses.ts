import type { KubeObject } from '@kubewright/api';
import type { Random } from '@kubewright/platform';

import type { ObjectSource } from '../../storage/object-source.js';

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly ports?: readonly { readonly nodePort?: number }[];
}

/** Addresses of Services; the first host address is the server's own. */
export const DEFAULT_SERVICE_RANGE = '10.96.0.0/16';
const FIRST_NODE_PORT = 30000;
const NODE_PORTS = 2768;

/**
 * Cluster addresses and node ports: whatever no Service has. There is no allocator with a state of its own that could disagree with what is
 * stored; creating a Service in the same process is one synchronous step.
 */
export class ServiceAddresses {
  readonly #range: Ipv4Range;

  /** @param range IPv4, such as 10.96.0.0/16 @throws Error for a range that is none, or has fewer than four addresses */
  constructor(private readonly objects: ObjectSource, private readonly random: Random, range: string = DEFAULT_SERVICE_RANGE) {
    this.#range = parseRange(range);
  }

  /** An address that is free, chosen at random so that a deleted Service's address does not come back at once. */
  next(): string {
    const taken = this.#taken(undefined);
    const { first, size } = this.#range;
    // Neither the network's own address, nor the server's, nor the broadcast address.
    const hosts = size - 3;
    const start = Math.floor(this.random.float() * hosts);
    for (let offset = 0; offset < hosts; offset++) {
      const address = formatAddress(first + 2 + ((start + offset) % hosts));
      if (!taken.has(address)) return address;
    }
    throw new Error('failed to allocate a serviceIP: range is full');
  }

  /** Why a Service cannot have the address it asks for. */
  problemOf(address: string, service: KubeObject): string | undefined {
    const { first, size } = this.#range;
    const number = parseAddress(address);
    if (number === undefined || number < first || number >= first + size) return 'the provided network does not match the current range';
    return this.#taken(service).has(address) ? 'provided IP is already allocated' : undefined;
  }

  /** The node ports that other Services have. */
  nodePorts(service: KubeObject): Set<number> {
    const taken = new Set<number>();
    for (const { ports = [], healthCheckNodePort } of this.#others(service)) {
      for (const { nodePort } of ports) if (nodePort) taken.add(nodePort);
      if (healthCheckNodePort) taken.add(healthCheckNodePort);
    }
    return taken;
  }

  /** A node port that is free; it is added to `taken`. */
  nextNodePort(taken: Set<number>): number {
    if (taken.size >= NODE_PORTS) throw new Error('all node ports are taken: delete a Service of type NodePort or LoadBalancer');
    for (;;) {
      const port = FIRST_NODE_PORT + Math.floor(this.random.float() * NODE_PORTS);
      if (taken.has(port)) continue;
      taken.add(port);
      return port;
    }
  }

  #taken(service: KubeObject | undefined): Set<string> {
    return new Set([...this.#others(service)].flatMap(({ clusterIPs = [] }) => clusterIPs));
  }

  *#others(service: KubeObject | undefined): Generator<ServiceSpec> {
    for (const object of this.objects.list('', 'services')) {
      const isSelf = service && object.metadata.name === service.metadata.name && object.metadata.namespace === service.metadata.namespace;
      if (!isSelf) yield (object as { spec?: ServiceSpec }).spec ?? {};
    }
  }
}

interface Ipv4Range {
  readonly first: number;
  readonly size: number;
}

/** The address of the Service that is the server itself. */
export function serverAddressOf(range: string): string {
  return formatAddress(parseRange(range).first + 1);
}

function parseRange(text: string): Ipv4Range {
  const [address = '', bits = ''] = text.split('/');
  const number = parseAddress(address);
  const length = Number(bits);
  if (number === undefined || !/^\d+$/.test(bits) || length < 8 || length > 30) throw new Error(`${text} is no range for Services: an IPv4 network of 8 to 30 bits is, such as ${DEFAULT_SERVICE_RANGE}`);
  const size = 2 ** (32 - length);
  return { first: number - (number % size), size };
}

function parseAddress(text: string): number | undefined {
  const parts = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && parts.every((part) => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}

function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
