/**
 * @module kubelet: simulated nodes. kubelet.ts registers a node and gives each pod on it a pod-worker.ts, which starts and stops containers
 * through a ContainerRuntime and reports what is so (pod-status.ts). scheduler.ts puts pods on nodes. All of them are clients of the server.
 */
import { isAlreadyExists, type KubeObject } from '@kubewright/api';
import { ConfigMap, Node, Pod, Secret } from '@kubewright/api/core/v1';

import type { ControllerContext } from '../controllers/controller.js';
import type { ObjectWatch } from '../controllers/object-watch.js';
import type { WorkLoop } from '../controllers/work-loop.js';
import { AddressPool } from './address-pool.js';
import type { ContainerRuntime } from './container-runtime.js';
import type { ContainerRecord } from './container-state.js';
import { nodeObject, type NodeDescription } from './node-object.js';
import { PodWorker } from './pod-worker.js';

/** A kubelet to be: which node, and what runs its containers. */
export interface KubeletOptions {
  /** Counted from 1; names the node, its address and the range of its pods. */
  readonly index: number;
  readonly runtime: ContainerRuntime;
}

/** The name of a simulated node. */
export function nodeName(index: number): string {
  return `node-${index}`;
}

/** The kubelet of one node. */
export class Kubelet {
  readonly name: string;
  readonly #description: NodeDescription;
  /** By uid; `key` is that of the loop. */
  readonly #workers = new Map<string, { worker: PodWorker; namespace: string; key: string }>();
  readonly #addresses: AddressPool;
  readonly #pods: ObjectWatch<Pod>;
  readonly #nodes: ObjectWatch<Node>;
  readonly #secrets: ObjectWatch<Secret>;
  readonly #configMaps: ObjectWatch<ConfigMap>;
  readonly #loop: WorkLoop;
  readonly runtime: ContainerRuntime;

  constructor({ index, runtime }: KubeletOptions, private readonly context: ControllerContext) {
    this.name = nodeName(index);
    this.runtime = runtime;
    // 10.244.0.0/16 in the way of most clusters; one /24 a node.
    const range = `10.244.${index}`;
    this.#addresses = new AddressPool(range);
    this.#description = {
      name: this.name, internalIP: `172.20.0.${index + 1}`, podCIDR: `${range}.0/24`, runtime: `${this.runtime.name}://${this.runtime.version}`,
    };
    this.#pods = context.watch(Pod);
    this.#nodes = context.watch(Node);
    this.#secrets = context.watch(Secret);
    this.#configMaps = context.watch(ConfigMap);
    this.#loop = context.loop((key) => (key === NODE ? this.#register() : this.#syncPod(key)));
    this.#follow();
    context.onStop(() => this.#close());
  }

  /** A container of a pod on this node; undefined when there is none of that name. */
  container(uid: string, name?: string): ContainerRecord | undefined {
    return this.#workers.get(uid)?.worker.record(name);
  }

  #follow(): void {
    this.#loop.add(NODE);
    this.#nodes.onChange(({ old, object }) => {
      if (!object && old?.metadata.name === this.name) this.#loop.add(NODE);
    });
    this.#pods.onChange(({ old, object }) => {
      for (const pod of [old, object]) if (pod?.spec.nodeName === this.name) this.#loop.add(podKey(pod));
    });
    const wakeWaiting = ({ object }: { object: KubeObject | undefined }): void => {
      for (const { worker, namespace, key } of this.#workers.values()) {
        if (namespace === object?.metadata.namespace && worker.isWaitingForReferences) this.#loop.add(key);
      }
    };
    this.#secrets.onChange(wakeWaiting);
    this.#configMaps.onChange(wakeWaiting);
  }

  async #register(): Promise<void> {
    const { client, clock } = this.context;
    if (this.#nodes.get('', this.name)) return;
    const wanted = nodeObject(this.#description, clock.now());
    const node = await client.create<Node>(Node, '', wanted).catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
      return client.get<Node>(Node, '', this.name);
    });
    // As the real one: registering and reporting are two requests.
    this.#nodes.learn(await client.patch<Node>(Node, node, 'strategic', { status: wanted.status }, 'status'));
  }

  async #syncPod(key: string): Promise<number | void> {
    const [namespace = '', name = '', uid = ''] = key.split('/');
    const known = this.#pods.get(namespace, name);
    const pod = known?.metadata.uid === uid ? known : undefined;
    let entry = this.#workers.get(uid);
    if (!pod) {
      this.#workers.delete(uid);
      await entry?.worker.abandon();
      return undefined;
    }
    if (!entry) {
      const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      // Not ours to run: a pod of an earlier life of this cluster that has ended. Deleted ones still have to be seen off.
      if (isOver && !pod.metadata.deletionTimestamp) return undefined;
      entry = { worker: this.#worker(pod), namespace, key };
      this.#workers.set(uid, entry);
    }
    return entry.worker.sync(pod);
  }

  #worker(pod: Pod): PodWorker {
    const { clock, log, client, events } = this.context;
    const { namespace = '' } = pod.metadata;
    return new PodWorker(pod, {
      clock, log, client, events, runtime: this.runtime, addresses: this.#addresses, hostIP: this.#description.internalIP,
      find: (kind, name) => (kind === 'Secret' ? this.#secrets : this.#configMaps).get(namespace, name),
      wake: () => this.#loop.add(podKey(pod)),
    });
  }

  async #close(): Promise<void> {
    const workers = [...this.#workers.values()];
    this.#workers.clear();
    const ended = workers.map(({ worker }) => worker.ended());
    await this.runtime.close();
    await Promise.all(ended);
  }
}

const NODE = 'node';

function podKey({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}/${metadata.uid}`;
}

