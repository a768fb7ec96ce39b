/**
 * @module environment: a cluster for tests. The embedded one runs in the test's own process: it starts in milliseconds, needs no binaries, and
 * two of them share nothing.
 */
import type { GeneratedDefinition, KubeObject } from '@kubewright/api';
import { CustomResourceDefinition } from '@kubewright/api/apiextensions/v1';
import { startCluster, type ClusterFaults, type ClusterSnapshot, type EmbeddedCluster, type ClusterOptions, type UserInfo } from '@kubewright/apiserver';
import type { Transport } from '@kubewright/platform';
import { createClient, type Client } from '@kubewright/runtime';

import { eventually } from '../expect/eventually.js';
import { checkFreshness } from './freshness.js';

/** What a test cluster has from the start. */
export interface TestClusterOptions extends ClusterOptions {
  /** Definitions of custom resources, as `kubewright generate` wrote them, or as plain objects. @default none */
  readonly definitions?: readonly (GeneratedDefinition | KubeObject)[];
}

/** Something that runs until it is told to stop: a manager, for example. */
export interface Startable {
  start(signal: AbortSignal): Promise<void>;
}

/**
 * A cluster that belongs to one test. `await using` stops it, with everything that {@link run} started, when the test ends.
 *
 * @example
 * await using cluster = await TestCluster.start({ definitions });
 * await using _operator = await cluster.run(await createManager({ transport: cluster.transport() }));
 */
export class TestCluster implements AsyncDisposable {
  /** Reads and writes as an administrator, past every cache. */
  readonly client: Client;
  readonly #running = new Set<AsyncDisposable>();

  private constructor(readonly cluster: EmbeddedCluster) {
    this.client = createClient({ transport: cluster.transport(), fieldOwner: 'test' });
  }

  /**
   * @throws Error naming the command to run when a generated definition is older than its types
   */
  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    const { definitions = [], ...rest } = options;
    const plain = definitions.map((each) => ('definition' in each ? checkFreshness(each) : (each)));
    const cluster = new TestCluster(await startCluster(rest));
    try {
      await cluster.install(plain);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** A transport of its own. @param identity who asks. @default an administrator */
  transport(identity?: UserInfo): Transport {
    return this.cluster.transport(identity);
  }

  /** What goes wrong in real clusters, on demand: cuts watches, restarts the API. */
  get faults(): ClusterFaults {
    return this.cluster.faults;
  }

  /** Everything that is stored now, for {@link restore}: take one after what all tests of a file need has been made. Cheap: objects are not copied. */
  snapshot(): ClusterSnapshot {
    return this.cluster.snapshot();
  }

  /**
   * Puts back what was stored when a snapshot was taken, of this cluster or of another. Watches are told to start over, those of a running operator too,
   * and no resourceVersion comes back that stood for something else. Resolves when the cluster's own controllers have seen it; an operator may take longer.
   */
  async restore(snapshot: ClusterSnapshot): Promise<void> {
    await this.cluster.restore(snapshot);
  }

  /** A kubeconfig of an administrator; only with the `port` option, since without it nothing listens. */
  kubeconfig(): string {
    return this.cluster.kubeconfig();
  }

  /** Creates definitions and resolves when the server serves their kinds. */
  async install(definitions: readonly KubeObject[]): Promise<void> {
    for (const definition of definitions) await this.client.create(CustomResourceDefinition, definition as CustomResourceDefinition);
    for (const { metadata } of definitions) {
      await eventually(async () => {
        const { status } = await this.client.get(CustomResourceDefinition, { name: metadata.name! });
        const established = status?.conditions?.find(({ type }) => type === 'Established');
        if (established?.status !== 'True') throw new Error(`${metadata.name} is not established: ${established?.message ?? 'no condition yet'}`);
      }, { interval: 2 });
    }
  }

  /**
   * Starts a manager; disposing of what is returned stops it and rejects with what it ended by, if it failed. Stopping the cluster stops
   * it too.
   */
  async run(startable: Startable): Promise<AsyncDisposable> {
    const stop = new AbortController();
    const ended = startable.start(stop.signal);
    const failed = ended.catch(() => {});
    const running = {
      [Symbol.asyncDispose]: async () => {
        this.#running.delete(running);
        stop.abort();
        await ended;
      },
    };
    this.#running.add(running);
    await Promise.race([failed, Promise.resolve()]);
    return running;
  }

  /** Stops what runs, then the cluster; nothing is left open. */
  async stop(): Promise<void> {
    try {
      for (const running of this.#running) await running[Symbol.asyncDispose]();
    } finally {
      await this.cluster.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
