/** @module @kubewright/runtime: what an operator imports. The list is short and written by hand; what is not on it may change any day. */

// client
export type { Applicable, DeepPartial, Reader, SubresourceWriter, Writable, Writer } from './client/client.js';
export { createClient, createTransport, type ClientOptions, type TransportOptions } from './client/create-client.js';
export { staticToken } from './client/credentials.js';
export { DirectClient, type DirectClientOptions } from './client/direct-client.js';
export type { HttpTransportOptions } from './client/http-transport.js';
export { loadRestConfig, type LoadRestConfigOptions } from './client/kube-config.js';
export type { ApplyOptions, DeleteOptions, GetOptions, ListOptions, ListResult, WriteOptions } from './client/options.js';
export { jsonPatch, mergeFrom, mergePatch, strategicMergePatch, type MergeFromOptions, type Patch } from './client/patch.js';
export type { Credentials, CredentialSource, Impersonation, RestConfig, TlsOptions } from './client/rest-config.js';

// cache
export { Cache, type CacheOptions, type KindCacheOptions } from './cache/cache.js';
export { DelegatingClient, type DelegatingClientOptions } from './cache/delegating-client.js';
export { OWNER_INDEX, type IndexerReader } from './cache/indexer.js';
export type { HandlerRegistration, Informer, InformerListener } from './cache/informer.js';
export type { Selection } from './cache/list-watcher.js';

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
export type { RequestSink, Source } from './source/source.js';

// errors, metrics, tracing
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo, type RetryClass } from './errors/error-codes.js';
export { hasCode, KubewrightError, type KubewrightErrorOptions } from './errors/kubewright-error.js';
export { retryClassOf } from './errors/retry-class.js';
export type { Counter, Gauge, Histogram, MetricLabels, MetricOptions, MetricsRegistry } from './metrics/metrics-registry.js';
export { noopRegistry } from './metrics/noop-registry.js';
export { createPrometheusRegistry, type PrometheusRegistryOptions } from './metrics/prometheus-registry.js';
export { STOPS, type Stop, type StopMessage } from './tracing/stops.js';

// reconcilers and controllers
export { Controller as ControllerRunnable } from './controller/controller.js';
export type { ControllerOptions } from './controller/options.js';
export type { EventSubject } from './reconcile/event-recorder.js';
export { objectReconciler, type ObjectReconciler } from './reconcile/object-reconciler.js';
export type { ReconcileContext, Reconciler } from './reconcile/reconciler.js';
export { requestKey, type Request } from './reconcile/request.js';
export type { Result } from './reconcile/result.js';
export { TerminalError } from './reconcile/terminal-error.js';
export { bucket, itemExponential, maxOf, type RateLimiter } from './workqueue/rate-limiters.js';
export type { AddOptions, ShutDownOptions, WorkQueue } from './workqueue/work-queue.js';

// managers
export { LeaderElector } from './leaderelection/leader-elector.js';
export { LeaseLock, type LeaseStore } from './leaderelection/lease-lock.js';
export { resolveLeaderElectionOptions, type LeaderElectionOptions } from './leaderelection/options.js';
export { createManager } from './manager/create-manager.js';
export type { HealthCheck } from './manager/health.js';
export { Manager } from './manager/manager.js';
export type { ManagerOptions } from './manager/options.js';
export type { Runnable } from './manager/runnable.js';
export { setupSignalHandler } from './manager/signals.js';

// controllers by builder, by value, by class
export type { CacheReader } from './builder/cache-reader.js';
export { controllerFor, type ControllerBuilder } from './builder/controller-builder.js';
export type { ControllerSpec, OwnsOptions, RequestMapper, WatchHandler, WatchOptions } from './builder/controller-spec.js';
export { defineController, watch, type ControllerDefinition, type ControllerDefinitionOptions, type Watch } from './builder/define-controller.js';
export { Controller } from './decorators/controller.decorator.js';
export { containerOf } from './decorators/container.js';
export { inject, Inject } from './decorators/inject.decorator.js';
export { injectable, type DependencyContainer, type InjectionToken } from './decorators/injection.js';
export type { AnyClass as ControllerClass, ControllerDecoratorOptions } from './decorators/metadata.js';
export { Owns } from './decorators/owns.decorator.js';
export { addControllers } from './decorators/scanner.js';
export { ApiReader, Client, Clock, EventRecorder, Logger, Random } from './decorators/tokens.js';
export { Watches } from './decorators/watches.decorator.js';
