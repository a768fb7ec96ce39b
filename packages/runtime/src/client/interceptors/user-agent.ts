import type { Interceptor } from './interceptor.js';

/** Says who is calling, unless the request says it itself. */
export function userAgent(name: string): Interceptor {
  return (next) => ({
    dispatch: (request, signal) => next.dispatch({ ...request, headers: { 'user-agent': name, ...request.headers } }, signal),
    close: () => next.close(),
  });
}
