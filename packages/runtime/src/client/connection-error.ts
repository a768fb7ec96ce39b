import { hasCode } from '../errors/kubewright-error.js';

/** Of sockets and of transports that stand in for them. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const CODES = new Set([...BROKEN, 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whether no answer came because of the connection: the server was not reached, or the connection broke. */
export function isConnectionError(error: unknown): boolean {
  return hasCode(error, 'KW_CONNECTION') || CODES.has(codeOf(error));
}

/** Whether an open connection broke; what was sent may have arrived. */
export function isReset(error: unknown): boolean {
  return BROKEN.has(codeOf(hasCode(error, 'KW_CONNECTION') ? error.cause : error));
}

function codeOf(error: unknown): string {
  return error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? '') : '';
}
