/** @module api: the custom resources of the Prometheus operator, one kind a file. `kubewright generate` makes their definitions. */
export * from './alerting-spec.js';
export * from './alertmanager.js';
export * from './conditions.js';
export * from './pod-monitor.js';
export * from './prometheus-agent.js';
export * from './prometheus-common.js';
export * from './prometheus-rule.js';
export * from './prometheus.js';
export * from './relabel-config.js';
export * from './scrape-endpoint.js';
export * from './scrape-limits.js';
export * from './selectors.js';
export * from './service-monitor.js';
export * from './storage-spec.js';
export * from './workload-status.js';
