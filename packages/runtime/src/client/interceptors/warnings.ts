import type { Logger } from '@kubewright/platform';

import type { Interceptor } from './interceptor.js';

/** How many different warnings are remembered, so that each is logged once. */
const REMEMBERED = 1_000;

/** Logs what the server warns of (`Warning: 299 - "spec.foo is deprecated"`): unknown fields, deprecated versions. Each text once. */
export function logWarnings(log: Logger): Interceptor {
  const seen = new Set<string>();
  return (next) => ({
    async dispatch(request, signal) {
      const response = await next.dispatch(request, signal);
      const header = response.headers['warning'];
      if (header === undefined) return response;
      for (const text of parseWarnings(typeof header === 'string' ? header : header.join(', '))) {
        if (seen.has(text)) continue;
        if (seen.size < REMEMBERED) seen.add(text);
        log.warn('the api server warns', { warning: text, method: request.method, path: request.path });
      }
      return response;
    },
    close: () => next.close(),
  });
}

/** The texts of a Warning header with code 299 (RFC 7234 section 5.5: code, agent, quoted text, and maybe a quoted date). */
export function parseWarnings(header: string): string[] {
  const warnings = header.matchAll(/(\d{3}) +[^\s"]+ +"((?:[^"\\]|\\.)*)"(?: +"(?:[^"\\]|\\.)*")?/g);
  return [...warnings].filter(([, code]) => code === '299').map(([, , text]) => text!.replace(/\\(.)/g, '$1'));
}
