// The benchmark operator on kubewright, as its users write one; the protocol of a peer is that of the load generator (docs/benchmarks.md).
// Environment: KUBECONFIG, WORKERS, MODE=reconcile|cache, CACHE_RESOURCE=pods|configmaps. One JSON line on stdout when caches are synced.
import { performance } from 'node:perf_hooks';

import { ConfigMap, Pod } from '@kubewright/api/core/v1';
import { ownerReferenceTo } from '@kubewright/api';
import { noopLogger } from '@kubewright/platform';
import { addControllers, createManager, defineController, mergePatch, setupSignalHandler } from '@kubewright/runtime';

const emit = (event, objects) => process.stdout.write(`${JSON.stringify({ event, objects, ms: Math.round(performance.now() * 1000) / 1000 })}\n`);
const BenchWidget = { group: 'bench.example.com', version: 'v1', kind: 'BenchWidget', plural: 'benchwidgets', scope: 'Namespaced' };
// A cache of many objects that are hardly read keeps them as bytes, and streams its first list. CACHE_OPTIONS: others as JSON, to compare.
const many = { store: 'bytes', streamInitialList: true };
const cache = { freeze: false, ...(process.env.MODE === 'cache' && many), ...JSON.parse(process.env.CACHE_OPTIONS ?? '{}') };
const manager = await createManager({ name: 'bench', log: noopLogger, cache });
const stop = setupSignalHandler();

if (process.env.MODE === 'cache') {
  const informer = manager.cache.informerFor(process.env.CACHE_RESOURCE === 'configmaps' ? ConfigMap : Pod);
  const running = manager.start(stop);
  await informer.waitForSync(stop);
  emit('synced', informer.store.size);
  await running;
} else {
  let first = false;
  addControllers(
    manager,
    defineController({
      for: BenchWidget,
      owns: [ConfigMap],
      maxConcurrentReconciles: Number(process.env.WORKERS ?? 8),
      async reconcileObject(widget, { client }) {
        const { namespace, name, generation } = widget.metadata;
        const message = widget.spec?.message ?? '';
        const key = { namespace, name: `${name}-child` };
        const child = await client.get(ConfigMap, key).catch((error) => (error.reason === 'NotFound' ? undefined : Promise.reject(error)));
        if (!child) await client.create(ConfigMap, { metadata: { ...key, ownerReferences: [ownerReferenceTo(widget, BenchWidget, { controller: true })] }, data: { message } });
        else if (child.data?.message !== message) await client.update(ConfigMap, { ...child, data: { message } });
        if (!widget.status?.ready || widget.status.observedGeneration !== generation) {
          await client.status.patch(BenchWidget, { namespace, name }, mergePatch({ status: { observedGeneration: generation, ready: true } }));
        }
        if (!first) {
          first = true;
          emit('first_reconcile', 1);
        }
      },
    }),
  );
  const running = manager.start(stop);
  const informers = [BenchWidget, ConfigMap].map((kind) => manager.cache.informerFor(kind));
  await Promise.all(informers.map((informer) => informer.waitForSync(stop)));
  emit('synced', informers[0].store.size);
  await running;
}
