import { isNotFound } from '@kubewright/api';
import { Lease } from '@kubewright/api/coordination/v1';
import type { Transport } from '@kubewright/platform';

import { DirectClient } from '../client/direct-client.js';
import { GROUP_LABEL } from './member-record.js';

/** Where the members' Leases are kept. Every call ends when its signal aborts. A list shows everything that was stored before it was asked for. */
export interface ShardLeaseStore {
  list(signal: AbortSignal): Promise<readonly Lease[]>;
  create(lease: Lease, signal: AbortSignal): Promise<Lease>;
  /** @throws ApiError Conflict when there is a newer version, NotFound when there is none */
  update(lease: Lease, signal: AbortSignal): Promise<Lease>;
  /** Deletes exactly this version. */
  remove(lease: Lease, signal: AbortSignal): Promise<void>;
}

/** Keeps them in the API server, over the lane for leases. */
export class ShardLeases implements ShardLeaseStore {
  readonly #client: DirectClient;

  constructor(transport: Transport, private readonly group: { readonly name: string; readonly namespace: string }) {
    this.#client = new DirectClient(transport, { lane: 'lease' });
  }

  async list(signal: AbortSignal): Promise<readonly Lease[]> {
    const { namespace, name } = this.group;
    // Without a resourceVersion: a list from the server's watch cache could miss what another member claimed a moment ago.
    return (await this.#client.list(Lease, { namespace, labels: { [GROUP_LABEL]: name }, signal })).items as Lease[];
  }

  create(lease: Lease, signal: AbortSignal): Promise<Lease> {
    return this.#client.create(Lease, lease, { signal });
  }

  update(lease: Lease, signal: AbortSignal): Promise<Lease> {
    return this.#client.update(Lease, lease, { signal });
  }

  async remove({ metadata }: Lease, signal: AbortSignal): Promise<void> {
    const { namespace, name, resourceVersion } = metadata;
    try {
      await this.#client.delete(Lease, { namespace: namespace!, name: name! }, { ...(resourceVersion && { preconditions: { resourceVersion } }), signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
