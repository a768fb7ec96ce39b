import type { Logger } from './logger.js';

/** Drops every line. */
export const noopLogger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => noopLogger, isEnabled: () => false };
