import type { TokenRequest } from '@kubewright/api/authentication/v1';
import { noopLogger, realClock, realScheduler, systemRandom, type Clock, type Logger, type Random, type Scheduler, type Transport } from '@kubewright/platform';

import { ADMINISTRATOR, ApiServer, type ApiServerOptions } from './api-server.js';
import { listenWithData, openClusterData, type ClusterData } from './cluster-data.js';
import { faultsOf, type ClusterFaults } from './cluster-faults.js';
import { ClusterSnapshot } from './cluster-snapshot.js';
import { AUTHENTICATED, nodeUser, type UserInfo } from './authn/user-info.js';
import { selectControllers } from './controllers/builtin-controllers.js';
import { ControllerClient } from './controllers/client.js';
import { ControllerManager } from './controllers/controller-manager.js';
import type { ContainerRuntime } from './kubelet/container-runtime.js';
import { Kubelet, nodeName } from './kubelet/kubelet.js';
import { podConnections } from './kubelet/pod-connections.js';
import { podScheduler } from './kubelet/scheduler.js';
import { SimulatedRuntime, type SimulatedRuntimeOptions } from './kubelet/simulated-runtime.js';
import { kubeconfigText } from './kubeconfig.js';

/** Settings of {@link startCluster}. */
export interface ClusterOptions {
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default the system's */
  readonly random?: Random;
  /** @default the process's */
  readonly scheduler?: Scheduler;
  /** @default no lines */
  readonly log?: Logger;
  /** Which of the built-in controllers run: all, none, or some by their name in kube-controller-manager. @default 'all' */
  readonly controllers?: 'all' | 'none' | readonly string[];
  /** Simulated nodes; with none, pods stay where they are. @default 1 */
  readonly nodes?: number;
  /** Port to listen on, 0 for a free one. @default none: the cluster is reached in memory only */
  readonly port?: number | undefined;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** How simulated containers behave. */
  readonly kubelet?: SimulatedRuntimeOptions;
  /** What runs the containers of a node. @default the simulated runtime */
  readonly containerRuntime?: (node: string) => ContainerRuntime;
  /**
   * A folder in which everything is kept, keys included, so that the next cluster with it goes on where this one ended, however it ended. A write is
   * answered when the operating system has it; `{ folder, fsync: true }` waits for the disk. Containers start anew. @default in memory only
   */
  readonly data?: ClusterData | undefined;
  /** Further settings of the API server. */
  readonly server?: Omit<ApiServerOptions, 'clock' | 'random' | 'scheduler' | 'log' | 'data'>;
}

/** A running cluster. */
export interface EmbeddedCluster {
  readonly server: ApiServer;
  /** `https://127.0.0.1:6443`; undefined when it does not listen. */
  readonly url: string | undefined;
  /** Cuts watches, restarts the API. */
  readonly faults: ClusterFaults;
  /** Everything that is stored now, for {@link restore}. Cheap: objects are not copied. */
  snapshot(): ClusterSnapshot;
  /**
   * Puts back what was stored when a snapshot was taken, of this cluster or of another. Who watches is told to start over (410), and resourceVersions never
   * go back: what had changed gets new ones. Resolves when definitions are served again and the cluster's own controllers have seen it.
   */
  restore(snapshot: ClusterSnapshot): Promise<void>;
  /** A way in without sockets. @param identity @default an administrator past all rules */
  transport(identity?: UserInfo): Transport;
  /** A kubeconfig file with a client certificate. @param user @default an administrator @throws Error when the cluster does not listen */
  kubeconfig(user?: UserInfo): string;
  /** A token of a ServiceAccount, as pods get it. @param expirationSeconds @default 3600 @throws ApiError NotFound */
  serviceAccountToken(namespace: string, name: string, expirationSeconds?: number): Promise<string>;
  /** Ends everything: loops, watches, timers, sockets. Resolves when nothing is left; more calls do the same. */
  stop(): Promise<void>;
}

/**
 * Starts an API server with controllers and nodes. It resolves when they have done their first work: namespaces have their ServiceAccount,
 * nodes are ready. When something fails on the way, everything that was started is ended again.
 *
 * @example
 * const cluster = await startCluster({ port: 0 });
 * await writeFile('kubeconfig', cluster.kubeconfig());
 * await cluster.stop();
 */
export async function startCluster(options: ClusterOptions = {}): Promise<EmbeddedCluster> {
  const { clock = realClock, random = systemRandom, scheduler = realScheduler, log = noopLogger, nodes = 1 } = options;
  if (!Number.isInteger(nodes) || nodes < 0 || nodes > 250) throw new TypeError(`nodes is a whole number from 0 to 250, not ${nodes}`);
  const controllers = selectControllers(options.controllers ?? 'all');
  const kubelets: Kubelet[] = [];
  const data = options.data === undefined ? undefined : openClusterData(options.data, scheduler, log);
  const server = makeServer({ ...options.server, clock, random, scheduler, log, ...(data && { data }) });
  for (const [name, connection] of Object.entries(podConnections(kubelets))) server.connect(name, connection);
  const manager = new ControllerManager({
    transportFor: (user) => server.transport(user), clock, random, scheduler, log, certificateAuthority: () => server.certificateAuthority,
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= (async () => {
    await manager.stop();
    await server.close();
  })());

  try {
    await server.start();
    const listening = options.port === undefined ? undefined : await listenWithData(server, data, { port: options.port, ...(options.host && { host: options.host }) }, log);
    for (const controller of controllers) manager.add(controller);
    if (nodes > 0) {
      const user = { name: 'system:kube-scheduler', groups: [AUTHENTICATED] };
      manager.add({ name: 'scheduler', user, eventSource: 'default-scheduler', userAgent: 'kube-scheduler', create: podScheduler });
    }
    for (let index = 1; index <= nodes; index++) {
      const name = nodeName(index);
      const runtime = options.containerRuntime?.(name) ?? new SimulatedRuntime(clock, random, options.kubelet);
      manager.add({
        name: `kubelet/${name}`, user: nodeUser(name), eventSource: 'kubelet', host: name, userAgent: 'kubelet',
        create: (context) => void kubelets.push(new Kubelet({ index, runtime }, context)),
      });
    }
    await manager.start();
    await manager.settled();
    return {
      server,
      url: listening?.url,
      faults: faultsOf(server),
      snapshot: () => new ClusterSnapshot(server.snapshot()),
      restore: async ({ state }) => {
        await server.restore(state);
        await manager.relisted(String(server.storage.revision));
      },
      transport: (identity) => server.transport(identity),
      kubeconfig: (user = ADMINISTRATOR) => {
        if (!listening) throw new Error('the cluster does not listen on a port, so no kubeconfig leads to it: start it with { port: 0 }');
        return kubeconfigText({ server: listening.url, certificateAuthority: listening.caCertificate, user: user.name, ...server.issueClientCertificate(user) });
      },
      serviceAccountToken: async (namespace, name, expirationSeconds) => {
        const client = new ControllerClient(server.transport(), 'kubewright');
        const spec = { ...(expirationSeconds && { expirationSeconds }) };
        const request: TokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec };
        const answer = await client.create(SERVICE_ACCOUNTS, namespace, request, name, 'token');
        return answer.status?.token ?? '';
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A folder that was taken for a server that can not be made is given back. */
function makeServer(options: ApiServerOptions): ApiServer {
  try {
    return new ApiServer(options);
  } catch (error) {
    void options.data?.close();
    throw error;
  }
}

const SERVICE_ACCOUNTS = { group: '', version: 'v1', plural: 'serviceaccounts' } as const;
