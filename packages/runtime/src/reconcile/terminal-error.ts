import { hasCode, KubewrightError } from '../errors/kubewright-error.js';

/**
 * Says that trying again makes no sense until somebody changes something: an object whose spec contradicts itself, above all. The request is
 * not added again; the next event for it starts a new attempt. It counts as a failure, and works as the `cause` of another error too.
 *
 * @example
 * throw new TerminalError(`Prometheus ${keyOf(request)}: spec.version "${version}" is not a version`);
 */
export class TerminalError extends KubewrightError {
  constructor(message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}) {
    super('KW_TERMINAL', message, { ...options, retry: 'never' });
    this.name = 'TerminalError';
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasCode(value, 'KW_TERMINAL');
  }
}
