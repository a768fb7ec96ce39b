import type { KubeObject } from '@kubewright/api';
import type { Random } from '@kubewright/platform';

import type { ObjectSource } from '../../storage/object-source.js';

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly healthCheckNodePort?: number;
  readonly ports?: readonly { readonly nodePort?: number }[];
}

/** 10.96.0.0/16, of which the first address is the server's own. */
const NETWORK = [10, 96] as const;
const FIRST_NODE_PORT = 30000;
const NODE_PORTS = 2768;

/**
 * Cluster addresses and node ports: whatever no Service has. There is no allocator with a state of its own that could disagree with what is
 * stored; creating a Service in the same process is one synchronous step.
 */
export class ServiceAddresses {
  constructor(private readonly objects: ObjectSource, private readonly random: Random) {}

  /** An address that is free, chosen at random so that a deleted Service's address does not come back at once. */
  next(): string {
    const taken = this.#taken(undefined);
    for (;;) {
      const host = 1 + Math.floor(this.random.float() * 65533);
      const address = `${NETWORK[0]}.${NETWORK[1]}.${host >> 8}.${host & 255}`;
      if (host !== 1 && !taken.has(address)) return address;
    }
  }

  /** Why a Service cannot have the address it asks for. */
  problemOf(address: string, service: KubeObject): string | undefined {
    const isInside = address.startsWith(`${NETWORK[0]}.${NETWORK[1]}.`);
    if (!isInside) return 'the provided network does not match the current range';
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
