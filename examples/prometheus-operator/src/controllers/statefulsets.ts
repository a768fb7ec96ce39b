import { isInvalid, type ObjectOf } from '@kubewright/api';
import { StatefulSet } from '@kubewright/api/apps/v1';
import type { Client, DeepReadonly, Logger, Writable } from '@kubewright/runtime';

import { INPUT_HASH } from '../render/workload/statefulset.js';
import { getOrUndefined } from './create-or-update.js';

/** Renders the StatefulSet, given the spec of the one that is there. */
export type RenderStatefulSet = (liveSpec: unknown) => Writable<typeof StatefulSet>;

/**
 * Makes the StatefulSet of a shard what it should be. The digest in its annotation covers the live spec too: a change by hand makes it
 * differ, and is put right. A change that Kubernetes does not allow (an immutable field) leads to a new StatefulSet in place of the old one.
 */
export async function syncStatefulSet(client: Client, render: RenderStatefulSet, log: Logger): Promise<void> {
  const { name = '', namespace = '' } = render(undefined).metadata;
  const live = await getOrUndefined(client, StatefulSet, { name, namespace });
  if (!live) {
    await client.create(StatefulSet, render(undefined));
    return;
  }
  if (live.metadata.deletionTimestamp) return; // its end comes as an event, and leads to a new one
  const desired = render(live.spec);
  if (live.metadata.annotations?.[INPUT_HASH] === desired.metadata.annotations?.[INPUT_HASH]) return;
  try {
    await client.update(StatefulSet, keepingForeignMetadata(desired, live));
  } catch (error) {
    if (!isInvalid(error)) throw error;
    log.info('recreating StatefulSet because the update operation was not possible', { statefulSet: `${namespace}/${name}`, reason: error.message });
    await client.delete(StatefulSet, { name, namespace }, { propagationPolicy: 'Foreground' });
  }
}

/** Labels and annotations of others stay; so do kubectl's on the pods, so that a `rollout restart` is not undone. */
function keepingForeignMetadata(desired: Writable<typeof StatefulSet>, live: DeepReadonly<ObjectOf<typeof StatefulSet>>): Writable<typeof StatefulSet> {
  const restarts = Object.entries(live.spec.template.metadata?.annotations ?? {}).filter(([key]) => key.startsWith('kubectl.kubernetes.io/'));
  const { template } = desired.spec;
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      labels: { ...live.metadata.labels, ...desired.metadata.labels },
      annotations: { ...live.metadata.annotations, ...desired.metadata.annotations },
      resourceVersion: live.metadata.resourceVersion!,
    },
    spec: { ...desired.spec, template: { ...template, metadata: { ...template.metadata, annotations: { ...Object.fromEntries(restarts), ...template.metadata?.annotations } } } },
  };
}
