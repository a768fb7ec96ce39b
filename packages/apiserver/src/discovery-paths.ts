import { methodNotAllowed } from '@kubewright/api';

import { discoveryRoutes } from './discovery/discovery-routes.js';
import type { ResourceRegistry } from './registry/resource-registry.js';
import { headerOf } from './request/server-request.js';
import { SERVER_VERSION } from './router/cluster-info.js';
import type { PathHandler } from './router/pipeline.js';

/** Discovery and OpenAPI as paths of the router. */
export function discoveryPaths(registry: ResourceRegistry, serverAddress: () => string): PathHandler {
  const routes = discoveryRoutes(registry, { serverAddress });
  return (request, info) => {
    if (info.isResource) return undefined;
    if (info.path === '/openapi/v2' && headerOf(request, 'accept').startsWith(GNOSTIC)) {
      return { status: 200, headers: { 'content-type': GNOSTIC.replace('@', '.') }, body: emptyDocument() };
    }
    const ifNoneMatch = headerOf(request, 'if-none-match');
    const response = routes({ path: info.path, accept: headerOf(request, 'accept'), ...(ifNoneMatch && { ifNoneMatch }) });
    if (!response) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD' && response.status < 400) throw methodNotAllowed();
    const { status, contentType, etag, body } = response;
    return { status, headers: { 'content-type': contentType, ...(etag !== undefined && { etag, vary: 'Accept' }) }, body };
  };
}

/**
 * The only form of OpenAPI v2 that kubectl reads. It asks for it when a kind is in no v3 document, and skips what it does not find here either.
 * An @ is not allowed in a media type: the answer's has a dot instead, as the real server's, and Go clients refuse any other.
 */
const GNOSTIC = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** A gnostic Document with a version (field 1) and an info (field 2: title, version) and no types. */
function emptyDocument(): Uint8Array {
  const text = (field: number, value: string): Buffer => Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), Buffer.from(value)]);
  const info = Buffer.concat([text(1, 'Kubernetes'), text(2, SERVER_VERSION.gitVersion)]);
  return Buffer.concat([text(1, '2.0'), Buffer.from([(2 << 3) | 2, info.length]), info]);
}
