/** @module @kubewright/runtime: what an operator imports. The list is short and written by hand; what is not on it may change any day. */

// client
export type { Applicable, DeepPartial, Reader, SubresourceClient, SubresourceWriter, WatchingClient, Writable, Writer } from './client/client.js';
export { createClient, createTransport, type ClientOptions, type TransportOptions } from './client/create-client.js';
export { createOrPatch, createOrUpdate, type Mutate, type UpsertOptions, type UpsertResult } from './client/create-or-update.js';
export { staticToken } from './client/credentials.js';
export { DirectClient, type DirectClientOptions } from './client/direct-client.js';
export { dryRunClient, type DryRunClient, type DryRunOptions, type PlannedWrite } from './client/dry-run-client.js';
export type { HttpTransportOptions } from './client/http-transport.js';
export type { Interceptor } from './client/interceptors/interceptor.js';
export { loadRestConfig, type LoadRestConfigOptions } from './client/kube-config.js';
export { metadataOnly, type MetadataKind } from './client/metadata-only.js';
export { mutableCopy, type Mutable } from './client/mutable-copy.js';
export { diffObjects, formatDiff, type FieldChange } from './client/object-diff.js';
export type { ApplyOptions, CallOptions, DeleteOptions, GetOptions, ListOptions, ListResult, RawWatchOptions, WriteOptions } from './client/options.js';
export { jsonPatch, mergeFrom, mergePatch, strategicMergePatch, type MergeFromOptions, type Patch } from './client/patch.js';
export { podLogs, type PodLogOptions } from './client/pod-logs.js';
export { podExec, podPortForward, type PodExecOptions, type PodSessionOptions, type PortForward } from './client/pod-session.js';
export { renderWrite, type RenderWriteOptions } from './client/render-write.js';
export { RestMapper, type KindName, type RestMapperOptions } from './client/rest-mapper.js';
export type { Credentials, CredentialSource, Impersonation, RestConfig, TlsOptions } from './client/rest-config.js';
export { retryOnConflict, type RetryOnConflictOptions } from './client/retry-on-conflict.js';
export { semanticEqual, type SemanticEqualOptions } from './client/semantic-equal.js';
export { conditionIs, isGone, waitFor, type WaitCondition, type WaitForOptions } from './client/wait-for.js';
export type { WatchFrame } from './client/watch-stream.js';
export { namespacedClient, preconditionsOf, withFieldOwner, withFieldValidation } from './client/wrap-client.js';

// cache
export { Cache, type CacheOptions, type KindCacheOptions } from './cache/cache.js';
export { DelegatingClient, type DelegatingClientOptions } from './cache/delegating-client.js';
export { OWNER_INDEX, type IndexerReader } from './cache/indexer.js';
export type { HandlerRegistration, Informer, InformerListener } from './cache/informer.js';
export type { Selection } from './cache/list-watcher.js';
export { dropFields, dropLastApplied, keepFields, type FieldPath, type Transform } from './cache/transforms.js';

// events, and which of them matter
export type { DeepReadonly, Entry } from './event/entry.js';
export type { CreateEvent, DeleteEvent, GenericEvent, ObjectEvent, UpdateEvent } from './event/event.js';
export { and, not, or } from './predicate/combinators.js';
export { generationChanged } from './predicate/generation-changed.js';
export { annotationsChanged, labelsChanged, labelsMatch } from './predicate/metadata-changed.js';
export type { DropReason, Predicate } from './predicate/predicate.js';
export { resourceVersionChanged } from './predicate/resource-version-changed.js';

// sources and handlers
export { enqueueMapped } from './handler/enqueue-mapped.js';
export { enqueueObject } from './handler/enqueue-object.js';
export { enqueueOwner, type EnqueueOwnerOptions } from './handler/enqueue-owner.js';
export type { EventHandler } from './handler/event-handler.js';
export { ChannelSource, type ChannelSourceOptions } from './source/channel-source.js';
export { KindSource, type InformerProvider, type KindSourceOptions } from './source/kind-source.js';
export { PollSource, type PollSourceOptions } from './source/poll-source.js';
export { NamedKindSource, type NamedKindSourceOptions } from './source/named-kind-source.js';
export type { RequestSink, Source } from './source/source.js';

// errors, metrics, tracing
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo, type RetryClass } from './errors/error-codes.js';
export { hasCode, KubewrightError, type KubewrightErrorOptions } from './errors/kubewright-error.js';
export { retryClassOf } from './errors/retry-class.js';
export type { Counter, Exemplar, ExpositionFormat, Gauge, Histogram, MetricLabels, MetricOptions, MetricsRegistry } from './metrics/metrics-registry.js';
export { noopRegistry } from './metrics/noop-registry.js';
export { createPrometheusRegistry, type PrometheusRegistryOptions } from './metrics/prometheus-registry.js';
export { bridgeOpenTelemetry, type OpenTelemetryApi, type OpenTelemetryOptions } from './tracing/open-telemetry.js';
export { STOPS, type Stop, type StopMessage } from './tracing/stops.js';
export { traceRequests, type TraceRequestsOptions } from './tracing/trace-requests.js';

// reconcilers and controllers
export { Controller as ControllerRunnable, type Watching } from './controller/controller.js';
export type { ControllerOptions } from './controller/options.js';
export type { DependentReport, DependentsReport } from './reconcile/dependents-report.js';
export type { EventSubject } from './reconcile/event-recorder.js';
export { Expectations, type Expectation } from './reconcile/expectations.js';
export { PAUSED_ANNOTATION, RECONCILE_NOW_ANNOTATION } from './reconcile/object-control.js';
export { objectReconciler, type ObjectReconciler } from './reconcile/object-reconciler.js';
export type { ReconcileContext, Reconciler } from './reconcile/reconciler.js';
export { requestKey, type Request } from './reconcile/request.js';
export type { Result } from './reconcile/result.js';
export { TerminalError } from './reconcile/terminal-error.js';
export { describeCause, MAX_CAUSES, mergeCauses, type Cause, type CauseChange } from './workqueue/cause.js';
export { PriorityQueue, type PriorityQueueOptions } from './workqueue/priority-queue.js';
export { bucket, itemExponential, maxOf, type RateLimiter } from './workqueue/rate-limiters.js';
export { LOW_PRIORITY, type AddOptions, type ShutDownOptions, type Taken, type WorkQueue } from './workqueue/work-queue.js';

// an object's life: finalizers, status, children
export { dependent, DEPENDENT_LABEL, type DependentContext, type DependentOptions, type Desired } from './dependents/dependent.js';
export { addFinalizer, hasFinalizer, removeFinalizer } from './finalizer/finalizer.js';
export { conditionsOf, type Finding } from './status/conditions.js';
export { patchStatus, writeStatus, type StatusOf, type StatusWriteOptions } from './status/write-status.js';

// managers
export { LeaderElector } from './leaderelection/leader-elector.js';
export { LeaseLock, type LeaseStore } from './leaderelection/lease-lock.js';
export { resolveLeaderElectionOptions, type LeaderElectionOptions } from './leaderelection/options.js';
export { createManager } from './manager/create-manager.js';
export type { HealthCheck } from './manager/health.js';
export { Manager } from './manager/manager.js';
export type { ManagerOptions } from './manager/options.js';
export type { Runnable } from './manager/runnable.js';
export type { RejectionPolicy } from './manager/unhandled-rejections.js';
export { WorkerPool, type WorkerPoolOptions } from './manager/worker-pool.js';
export { setupSignalHandler } from './manager/signals.js';

// the objects of a controller, divided among replicas
export { HashRing } from './sharding/hash-ring.js';
export type { Membership, ShardTicket } from './sharding/membership.js';
export type { ShardingOptions } from './sharding/options.js';
export { requestsFor, Shard, type ShardOptions } from './sharding/shard.js';

// several clusters
export type { Cluster, ClusterConnection } from './cluster/cluster.js';
export { addClusterController, type ClusterControllerOptions } from './cluster/cluster-controller.js';
export { staticClusters, type ClusterProvider, type ClusterRegistry } from './cluster/cluster-provider.js';
export { addClusters, type ClusterListener, type Clusters } from './cluster/clusters.js';

// controllers by builder, by value, by class
export type { CacheReader } from './builder/cache-reader.js';
export { controllerFor, type ControllerBuilder } from './builder/controller-builder.js';
export { setControllerDefaults, type ControllerDefaults } from './builder/controller-defaults.js';
export type { ControllerSpec, OwnsOptions, RequestMapper, WatchedKind, WatchHandler, WatchOptions } from './builder/controller-spec.js';
export { defineController, watch, type ControllerDefinition, type ControllerDefinitionOptions, type Watch } from './builder/define-controller.js';
export { typedController, type TypedControllerOptions } from './builder/typed-controller.js';
export { Controller } from './decorators/controller.decorator.js';
export { containerOf } from './decorators/container.js';
export { Dependent } from './decorators/dependent.decorator.js';
export { inject, Inject } from './decorators/inject.decorator.js';
export { injectable, type DependencyContainer, type InjectionToken } from './decorators/injection.js';
export type { AnyClass as ControllerClass, ControllerDecoratorOptions, SourceProvider } from './decorators/metadata.js';
export { Owns } from './decorators/owns.decorator.js';
export { addControllers } from './decorators/scanner.js';
export { ApiReader, Client, Clock, EventRecorder, Logger, Random, Watcher } from './decorators/tokens.js';
export { Watches } from './decorators/watches.decorator.js';
export { WatchesSource } from './decorators/watches-source.decorator.js';
