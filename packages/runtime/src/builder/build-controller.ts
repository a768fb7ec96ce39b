import type { KindRef } from '@kubewright/api';

import { Controller } from '../controller/controller.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { enqueueMapped } from '../handler/enqueue-mapped.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { enqueueOwner } from '../handler/enqueue-owner.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Manager } from '../manager/manager.js';
import { isObjectReconciler, objectReconciler, type ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { requestKey, type Request } from '../reconcile/request.js';
import { KindSource } from '../source/kind-source.js';
import type { Source } from '../source/source.js';
import { cacheReader, type CacheReader } from './cache-reader.js';
import { checkedName, type AnyKind, type ControllerSpec, type RequestMapper, type WatchHandler, type WatchOptions } from './controller-spec.js';

/** Makes a controller out of a spec and what a manager has; it is not added. @throws KubewrightError KW_INVALID_OPTIONS */
export function buildController(manager: Manager, spec: ControllerSpec, reconciler: Reconciler | ObjectReconciler<never>): Controller<Request> {
  const name = checkedName(spec);
  const { client, random, clock, scheduler, metrics, abandon } = manager;
  return new Controller<Request>({
    name,
    reconciler: byRequest(name, spec, reconciler),
    sources: sourcesOf(manager, spec),
    keyOf: requestKey,
    context: { client, random, recorder: manager.recorderFor(`${name}-controller`), log: manager.log },
    clock,
    scheduler,
    metrics,
    abandon,
    options: spec.options,
  });
}

function byRequest(name: string, spec: ControllerSpec, reconciler: Reconciler | ObjectReconciler<never>): Reconciler {
  if (!isObjectReconciler(reconciler)) {
    if (typeof reconciler.reconcile === 'function') return reconciler;
    throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: its reconciler has neither reconcile() nor reconcileObject()`);
  }
  if (!spec.for) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: reconcileObject() needs for(): which object would it get?`);
  return objectReconciler(spec.for.kind, reconciler);
}

function sourcesOf(manager: Manager, spec: ControllerSpec): Source<Request>[] {
  const { cache, log, metrics } = manager;
  const help = 'Event handlers and predicates that threw, by kind.';
  const failures = metrics.counter({ name: 'kubewright_handler_failures_total', help, labelNames: ['kind'] });
  const source = (kind: AnyKind, handler: EventHandler<Request>, { predicates = [], selection }: WatchOptions): Source<Request> =>
    new KindSource({ cache, kind, handler, predicates: [...spec.predicates, ...predicates], log, failures, ...(selection && { selection }) });
  const reader = cacheReader(cache);
  return [
    ...(spec.for ? [source(spec.for.kind, enqueueObject(), spec.for.options)] : []),
    ...spec.owns.map(({ kind, options }) => source(kind, enqueueOwner(spec.for!.kind, { allOwners: options.allOwners ?? false }), options)),
    ...spec.watches.map(({ kind, handler, options }) => source(kind, asHandler(handler, reader), options)),
    ...spec.sources,
  ];
}

function asHandler(handler: WatchHandler, reader: CacheReader): EventHandler<Request> {
  if (typeof handler !== 'function') return handler;
  return enqueueMapped((entry) => (handler as RequestMapper<KindRef>)(entry.object(), reader));
}
