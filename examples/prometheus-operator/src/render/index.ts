/** What tests and tools may render without a cluster. */
export { defaultOperatorConfig, type OperatorConfig } from '../operator-config.js';
export { Version } from '../version.js';
export { prometheusConfig, type ConfigInputs } from './config/prometheus-config.js';
export { desiredObjects, type ClusterView, type DesiredObjects } from './desired.js';
export type { PrometheusObject } from './metadata.js';
