import { isNotFound, type NamespacedName } from '@kubewright/api';
import { Lease } from '@kubewright/api/coordination/v1';
import type { Transport } from '@kubewright/platform';

import { DirectClient } from '../client/direct-client.js';

/** Where the Lease is kept. Every call ends when its signal aborts. */
export interface LeaseStore {
  /** For logs: `lease default/my-operator`. */
  readonly name: string;
  /** Undefined when there is none. */
  read(signal: AbortSignal): Promise<Lease | undefined>;
  create(spec: Lease['spec'], signal: AbortSignal): Promise<Lease>;
  /** Replaces exactly the version that it was given. @throws ApiError Conflict when there is a newer one */
  update(lease: Lease, signal: AbortSignal): Promise<Lease>;
}

/** Keeps the Lease in the API server, over connections of its own (the `lease` lane), so that no burst of other requests delays a renewal. */
export class LeaseLock implements LeaseStore {
  readonly name: string;

  constructor(
    private readonly transport: Transport,
    private readonly lease: NamespacedName & { readonly namespace: string },
    private readonly labels: Readonly<Record<string, string>> = {},
  ) {
    this.name = `lease ${lease.namespace}/${lease.name}`;
  }

  async read(signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return (await this.#client(signal).get(Lease, this.lease)) as Lease;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  create(spec: Lease['spec'], signal: AbortSignal): Promise<Lease> {
    return this.#client(signal).create(Lease, { metadata: { ...this.lease, labels: this.labels }, spec });
  }

  update(lease: Lease, signal: AbortSignal): Promise<Lease> {
    return this.#client(signal).update(Lease, lease);
  }

  /** A client whose requests end with `signal`. */
  #client(signal: AbortSignal): DirectClient {
    return new DirectClient({ dispatch: (request) => this.transport.dispatch(request, signal), close: async () => {} }, { lane: 'lease' });
  }
}
