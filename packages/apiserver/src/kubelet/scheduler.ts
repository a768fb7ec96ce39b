import { formatTime, isConflict, isNotFound, type KubeObject } from '@kubewright/api';
import { Node, Pod } from '@kubewright/api/core/v1';

import type { ControllerContext } from '../controllers/controller.js';
import { objectKey, splitKey } from '../controllers/object-key.js';
import { isFinished } from '../controllers/pod-state.js';
import { place } from './scheduling.js';

const NAME = 'default-scheduler';

/** Binds pods to nodes, spread evenly. Pods that name another scheduler are left to it. */
export function podScheduler(context: ControllerContext): void {
  const { client, clock, events } = context;
  const pods = context.watch(Pod);
  const nodes = context.watch(Node);
  const counts = new Map<string, number>();
  /** Bindings that the watch has not told yet. */
  const assumed = new Map<string, string>();

  const loop = context.loop(async (key) => {
    const { namespace, name } = splitKey(key);
    const pod = pods.get(namespace, name);
    if (!pod || !isPending(pod) || assumed.has(pod.metadata.uid ?? '')) return;
    const placement = place(pod, [...nodes.list()], (node) => counts.get(node) ?? 0);
    if (placement.kind === 'none') {
      const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
      if (known?.status === 'False' && known.message === placement.message) return;
      events.record(pod, 'Warning', 'FailedScheduling', placement.message);
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: placement.message, lastTransitionTime: formatTime(new Date(clock.now())) };
      pods.learn(await client.patch<Pod>(Pod, pod, 'strategic', { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, 'status'));
      return;
    }
    const uid = pod.metadata.uid ?? '';
    assumed.set(uid, placement.name);
    counts.set(placement.name, (counts.get(placement.name) ?? 0) + 1);
    try {
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { apiVersion: 'v1', kind: 'Node', name: placement.name } };
      await client.create<KubeObject>(Pod, namespace, binding, name, 'binding');
      events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${placement.name}`);
    } catch (error) {
      release(uid);
      // Gone, or bound by somebody else.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  });

  function release(uid: string): void {
    const node = assumed.get(uid);
    if (node === undefined) return;
    assumed.delete(uid);
    counts.set(node, (counts.get(node) ?? 1) - 1);
  }

  pods.onChange(({ old, object }) => {
    const [before, after] = [old && countedOn(old), object && countedOn(object)];
    if (after || !object) release((object ?? old)!.metadata.uid ?? '');
    if (before) counts.set(before, (counts.get(before) ?? 1) - 1);
    if (after) counts.set(after, (counts.get(after) ?? 0) + 1);
    if (object && isPending(object)) loop.add(objectKey(object));
    // A place has become free.
    if (before && !after) wakeAll();
  });
  nodes.onChange(() => wakeAll());

  function wakeAll(): void {
    for (const pod of pods.list()) if (isPending(pod)) loop.add(objectKey(pod));
  }
}

function isPending({ spec, metadata, status }: Pod): boolean {
  return !spec.nodeName && (spec.schedulerName ?? NAME) === NAME && !metadata.deletionTimestamp && !spec.schedulingGates?.length && status?.phase !== 'Failed' && status?.phase !== 'Succeeded';
}

function countedOn(pod: Pod): string | undefined {
  return isFinished(pod) ? undefined : pod.spec.nodeName;
}
