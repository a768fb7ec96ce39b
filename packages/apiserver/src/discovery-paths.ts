import { methodNotAllowed } from '@kubewright/api';

import { discoveryRoutes } from './discovery/discovery-routes.js';
import type { ResourceRegistry } from './registry/resource-registry.js';
import { headerOf } from './request/server-request.js';
import type { PathHandler } from './router/pipeline.js';

/** Discovery and OpenAPI as paths of the router. */
export function discoveryPaths(registry: ResourceRegistry, serverAddress: () => string): PathHandler {
  const routes = discoveryRoutes(registry, { serverAddress });
  return (request, info) => {
    if (info.isResource) return undefined;
    const ifNoneMatch = headerOf(request, 'if-none-match');
    const response = routes({ path: info.path, accept: headerOf(request, 'accept'), ...(ifNoneMatch && { ifNoneMatch }) });
    if (!response) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD' && response.status < 400) throw methodNotAllowed();
    const { status, contentType, etag, body } = response;
    return { status, headers: { 'content-type': contentType, ...(etag !== undefined && { etag, vary: 'Accept' }) }, body };
  };
}
