/**
 * @module api: the custom resources of the Prometheus operator, one kind a file, with the shapes that several kinds share in files of their own.
 * `kubewright generate` makes their definitions. The shapes below AlertmanagerConfig (of which there are two versions) and the sources of targets
 * of ScrapeConfig stay in their folders, alertmanager-config/ and discovery/.
 */
export * from './alerting-spec.js';
export { AlertmanagerConfig } from './alertmanager-config/v1alpha1.js';
export { AlertmanagerConfig as AlertmanagerConfigV1beta1 } from './alertmanager-config/v1beta1.js';
export * from './alertmanager-configuration.js';
export * from './alertmanager.js';
export * from './api-server-config.js';
export * from './binding-status.js';
export * from './conditions.js';
export * from './embedded-metadata.js';
export * from './enforced-limits.js';
export * from './http/authorization.js';
export * from './http/azure-ad.js';
export * from './http/basic-auth.js';
export * from './http/http-config.js';
export * from './http/oauth2.js';
export * from './http/proxy-config.js';
export * from './http/secret-or-config-map.js';
export * from './http/sigv4.js';
export * from './http/tls-config.js';
export * from './http/web-config.js';
export * from './image-parts.js';
export * from './otlp-config.js';
export * from './pod-monitor.js';
export * from './pod-network.js';
export * from './pod-options.js';
export * from './probe.js';
export * from './prometheus-agent.js';
export * from './prometheus-common.js';
export * from './prometheus-rule.js';
export * from './prometheus-scraped-objects.js';
export * from './prometheus.js';
export * from './relabel-config.js';
export * from './remote-endpoint.js';
export * from './remote-read.js';
export * from './remote-write.js';
export * from './scrape-class.js';
export * from './scrape-config.js';
export * from './scrape-endpoint.js';
export * from './scrape-limits.js';
export * from './scrape-protocol.js';
export * from './selectors.js';
export * from './service-monitor.js';
export * from './sharding.js';
export * from './storage-spec.js';
export * from './thanos-ruler.js';
export * from './thanos-spec.js';
export * from './tracing-config.js';
export * from './tsdb-spec.js';
export * from './update-strategy.js';
export * from './workload-status.js';
