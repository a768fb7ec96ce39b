// The soak's operator, in a process of its own: one child for each Gadget, found by its owner, with a name that the server makes up
// (SOAK_NAMES=fixed: with one that follows from the owner). Nothing but the runtime keeps it from making two.
import { ApiError, isNotFound, ownerReferenceTo } from '@kubewright/api';
import { ConfigMap } from '@kubewright/api/core/v1';
import { createLogger } from '@kubewright/platform';
import { addControllers, createManager, defineController, OWNER_INDEX, patchStatus } from '@kubewright/runtime';

import { Gadget, NAMESPACE, OWNER_LABEL } from './kinds.mjs';

const counts = { reconciles: 0, creates: 0, updates: 0, unanswered: 0, errors: 0 };
const log = createLogger('info', (level, message, fields) => {
  if (level === 'error') counts.errors++;
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields, error: fields.error && String(fields.error.message ?? fields.error) })}\n`);
});
const manager = await createManager({
  name: 'soak-operator', config: JSON.parse(process.env.SOAK_CONNECTION), log, cache: JSON.parse(process.env.SOAK_CACHE ?? '{}'),
});

/** Owners of children whose creation got no answer: whether there is one only the server knows, until the cache shows it. */
const unsure = new Set();

async function createChild(client, gadget, value) {
  const { name, namespace, uid } = gadget.metadata;
  if (unsure.has(uid)) {
    const { items } = await manager.apiReader.list(ConfigMap, { namespace, labels: { [OWNER_LABEL]: uid } });
    if (items.length > 0) return items[0];
  }
  const own = process.env.SOAK_NAMES === 'fixed' ? { name: `${name}-${uid.slice(0, 8)}` } : { generateName: `${name}-` };
  try {
    counts.creates++;
    const child = await client.create(ConfigMap, {
      metadata: { ...own, namespace, labels: { [OWNER_LABEL]: uid }, ownerReferences: [ownerReferenceTo(gadget, Gadget, { controller: true })] },
      data: { value },
    });
    unsure.delete(uid);
    return child;
  } catch (error) {
    if (!(error instanceof ApiError)) {
      counts.unanswered++;
      unsure.add(uid);
    }
    throw error;
  }
}

addControllers(
  manager,
  defineController({
    for: Gadget,
    owns: [ConfigMap],
    maxConcurrentReconciles: 8,
    async reconcileObject(gadget, { client }) {
      counts.reconciles++;
      if (gadget.metadata.deletionTimestamp !== undefined) return;
      const { namespace, uid, generation } = gadget.metadata;
      const value = String(gadget.spec.value);
      const { items } = await client.list(ConfigMap, { namespace, fields: { [OWNER_INDEX]: uid } });
      if (items.length > 0) unsure.delete(uid);
      const child = items[0] ?? (await createChild(client, gadget, value));
      if (child.data?.value !== value) {
        counts.updates++;
        await client.update(ConfigMap, { ...child, data: { value } });
      }
      try {
        await patchStatus(client, Gadget, gadget, { value: gadget.spec.value, observedGeneration: generation, child: child.metadata.name });
      } catch (error) {
        // Gone, and the cache does not know it yet: the collector takes the child.
        if (!isNotFound(error)) throw error;
      }
    },
  }),
);

const stop = new AbortController();
process.on('message', (message) => {
  if (message === 'stop') stop.abort();
  if (message !== 'measure') return;
  globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ kind: 'measured', rss, heapUsed, ...counts });
});
// The one who started us is gone.
const abandoned = () => process.exit(3);
process.on('disconnect', abandoned);

const running = manager.start(stop.signal);
await Promise.all([Gadget, ConfigMap].map((kind) => manager.cache.informerFor(kind).waitForSync(stop.signal)));
process.send({ kind: 'ready', namespace: NAMESPACE });
await running;
process.off('disconnect', abandoned);
process.disconnect();
