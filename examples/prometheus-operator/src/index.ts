/** @module the reference Prometheus operator: its manager, for tests and tools. main.ts runs it. */
export { createManager } from './manager.js';
export { defaultOperatorConfig, type OperatorConfig } from './operator-config.js';
