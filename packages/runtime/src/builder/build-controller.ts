import { formatApiVersion, keyOf, resourceKind, type KindRef } from '@kubewright/api';

import { Controller } from '../controller/controller.js';
import { withDependents } from '../dependents/with-dependents.js';
import { Workflow } from '../dependents/workflow.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { withCleanup } from '../finalizer/cleanup.js';
import { enqueueMapped } from '../handler/enqueue-mapped.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { enqueueOwner } from '../handler/enqueue-owner.js';
import type { EventHandler } from '../handler/event-handler.js';
import type { Manager } from '../manager/manager.js';
import { and } from '../predicate/combinators.js';
import type { Predicate } from '../predicate/predicate.js';
import { controlledByAnnotations, isControlEvent } from '../reconcile/object-control.js';
import { isObjectReconciler, objectReconciler, type ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { requestKey, type Request } from '../reconcile/request.js';
import { requestsFor, Shard } from '../sharding/shard.js';
import { KindSource } from '../source/kind-source.js';
import { NamedKindSource } from '../source/named-kind-source.js';
import type { Source } from '../source/source.js';
import { cacheReader, type CacheReader } from './cache-reader.js';
import { withDefaults } from './controller-defaults.js';
import { checkedName, isKindName, type AnyKind, type ControllerSpec, type OwnsOptions, type RequestMapper, type WatchedKind, type WatchHandler, type WatchOptions } from './controller-spec.js';

/** Makes a controller out of a spec and what a manager has; it is not added. @throws KubewrightError KW_INVALID_OPTIONS */
export function buildController(manager: Manager, spec: ControllerSpec, reconciler: Reconciler | ObjectReconciler<never> | undefined): Controller<Request> {
  const name = checkedName(spec);
  const { client, random, clock, scheduler, metrics } = manager;
  const sources = new Sources(manager, spec);
  const workflow = spec.dependents.length > 0 ? workflowOf(manager, spec, name, (kind) => controller.watch(sources.owned(kind, {})).synced) : undefined;
  const inner = byRequest(manager, name, spec, reconciler, workflow);
  const shard = spec.sharding && shardOf(manager, name, spec, spec.sharding);
  const options = { ...withDefaults(manager, spec.for?.kind, spec.options), ...(shard && { needsLeaderElection: false }) };
  const controller: Controller<Request> = new Controller<Request>({
    name,
    reconciler: shard ? shard.guard(inner) : inner,
    sources: [...sources.all(), ...(shard ? [shard] : [])],
    keyOf: requestKey,
    context: { client, random, recorder: manager.recorderFor(`${name}-controller`), log: manager.log },
    clock,
    scheduler,
    metrics,
    abandon: () => manager.abandonFor(controller.needsLeaderElection),
    options,
  });
  return controller;
}

function shardOf(manager: Manager, name: string, spec: ControllerSpec, { shardKeyOf }: NonNullable<ControllerSpec['sharding']>): Shard {
  const { membership, cache } = manager;
  const problem = !membership ? 'sharded() needs the manager\'s option `sharding`' : !spec.for ? 'sharded() needs for(): what would be divided?' : undefined;
  if (problem) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: ${problem}`);
  return new Shard({ membership: membership!, requests: requestsFor(cache, spec.for!.kind), ...(shardKeyOf && { shardKeyOf }) });
}

/** From the inside out: what the user wrote, the dependents before it, the finalizer around both, the read of the object, pause and demand. */
function byRequest(manager: Manager, name: string, spec: ControllerSpec, given: Reconciler | ObjectReconciler<never> | undefined, workflow: Workflow | undefined): Reconciler {
  const reconciler = given && hasReconcile(given) ? byRequestOnly(name, spec, given) : byObject(name, spec, given, workflow);
  if (reconciler === given && workflow) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: dependents need reconcileObject(), or no reconciler at all`);
  if (!spec.for) return reconciler;
  const { kind, options } = spec.for;
  const { group, version, kind: kindName, scope } = resourceKind(kind as KindRef<never>);
  return controlledByAnnotations(reconciler, {
    entryOf: ({ namespace, name }) => manager.cache.informerFor(kind, options.selection).store.get(keyOf(scope === 'Namespaced' && namespace ? { namespace, name } : { name })),
    subjectOf: ({ name, namespace, uid, resourceVersion }) => ({
      apiVersion: formatApiVersion(group, version),
      kind: kindName,
      metadata: { name, uid, resourceVersion, ...(namespace && { namespace }) },
    }),
  });
}

/** What stands behind a finalizer is handed its object, and whoever asks for requests would never hear of the finalizer. @throws KubewrightError */
function byRequestOnly(name: string, spec: ControllerSpec, given: Reconciler): Reconciler {
  const problems = [
    'cleanup' in given && given.cleanup !== undefined && 'cleanup() is called beside reconcileObject() only, and this reconciler has reconcile(request): nobody would call it',
    spec.finalizer !== undefined && 'a finalizer without cleanup(): who would take it off?',
    spec.orderedDeletion && 'orderedDeletion needs reconcileObject(), or no reconciler at all',
  ].filter((problem) => typeof problem === 'string');
  if (problems.length === 0) return given;
  const hint = 'Rename reconcile(request) to reconcileObject(object); or add and remove the finalizer in reconcile(), by addFinalizer() and removeFinalizer().';
  throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: ${problems.join('; ')}`, { hint });
}

function hasReconcile(given: Reconciler | ObjectReconciler<never>): given is Reconciler {
  return !isObjectReconciler(given) && typeof given.reconcile === 'function';
}

function byObject(name: string, spec: ControllerSpec, given: ObjectReconciler<never> | undefined, workflow: Workflow | undefined): Reconciler {
  const user = given && (isObjectReconciler(given) || 'cleanup' in given) ? (given as Partial<ObjectReconciler>) : undefined;
  const problem =
    !user?.reconcileObject && !workflow ? 'its reconciler has neither reconcile() nor reconcileObject()' : !spec.for ? 'reconcileObject() needs for(): which object would it get?' : undefined;
  if (problem) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: ${problem}`);
  const { kind } = spec.for!;
  const whole = workflow ? withDependents(workflow, user ?? {}, { orderedDeletion: spec.orderedDeletion ?? false }) : (user as ObjectReconciler);
  if (!whole.cleanup) {
    if (spec.finalizer !== undefined) throw new KubewrightError('KW_INVALID_OPTIONS', `controller ${name}: a finalizer without cleanup(): who would take it off?`);
    return objectReconciler(kind as KindRef, whole);
  }
  return objectReconciler(kind as KindRef, withCleanup({ kind, finalizer: spec.finalizer ?? defaultFinalizer(kind, name) }, whole as ObjectReconciler & { cleanup: NonNullable<ObjectReconciler['cleanup']> }));
}

/** Stable as long as the controller's name is. */
function defaultFinalizer(kind: AnyKind, controller: string): string {
  return `${resourceKind(kind as KindRef<never>).group || 'kubewright.dev'}/${controller}`;
}

function workflowOf(manager: Manager, spec: ControllerSpec, name: string, watchKind: (kind: AnyKind) => Promise<void>): Workflow {
  // What we applied is compared with what is there: see field-drift.ts.
  for (const { kind } of spec.dependents) manager.cache.keepManagedFields(kind);
  return new Workflow({
    controller: name,
    primaryKind: spec.for!.kind,
    dependents: spec.dependents,
    fieldOwner: `${manager.name}/${name}`,
    activate: ({ kind }) => watchKind(kind),
  });
}

class Sources {
  readonly #reader: CacheReader;

  constructor(private readonly manager: Manager, private readonly spec: ControllerSpec) {
    this.#reader = cacheReader(manager.cache);
  }

  all(): Source<Request>[] {
    const { for: primary, owns, watches, sources, dependents } = this.spec;
    const owned = new Set<WatchedKind>(owns.map(({ kind }) => kind));
    const children = new Set(dependents.filter((each) => !each.activeWhen && !owned.has(each.kind)).map(({ kind }) => kind));
    return [
      ...(primary ? [this.#primary(primary.kind, primary.options)] : []),
      ...owns.map(({ kind, options }) => this.owned(kind, options)),
      ...Array.from(children, (kind) => this.owned(kind, {})),
      ...watches.map(({ kind, handler, options }) => this.#source(kind, this.#asHandler(handler), options)),
      ...sources,
    ];
  }

  owned(kind: WatchedKind, options: OwnsOptions): Source<Request> {
    return this.#source(kind, enqueueOwner(this.spec.for!.kind, { allOwners: options.allOwners ?? false }), options);
  }

  /** Pause and demand are heard whatever the predicates say. */
  #primary(kind: AnyKind, options: WatchOptions): Source<Request> {
    const theirs = and(...(options.predicates ?? []));
    const predicate: Predicate = (event) => (isControlEvent(event) ? undefined : theirs(event));
    return this.#source(kind, enqueueObject(), { ...options, predicates: [predicate] });
  }

  #source(kind: WatchedKind, handler: EventHandler<Request>, { predicates = [], selection }: WatchOptions): Source<Request> {
    const { cache, clock, log, metrics, restMapper } = this.manager;
    const help = 'Event handlers and predicates that threw, by kind.';
    const failures = metrics.counter({ name: 'kubewright_handler_failures_total', help, labelNames: ['kind'] });
    const options = { cache, handler, predicates: [...this.spec.predicates, ...predicates], log, failures, ...(selection && { selection }) };
    return isKindName(kind) ? new NamedKindSource({ ...options, kind, restMapper, clock }) : new KindSource({ ...options, kind });
  }

  #asHandler(handler: WatchHandler): EventHandler<Request> {
    if (typeof handler !== 'function') return handler;
    return enqueueMapped((entry) => (handler as RequestMapper<KindRef>)(entry.object(), this.#reader));
  }
}
