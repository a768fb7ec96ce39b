import { methodNotAllowed, type ApiError } from '@kubewright/api';

import { encodeResponse } from '../handlers/encode.js';
import { checkProduces } from './dispatch.js';
import type { PathHandler } from './pipeline.js';
import { textResponse, type ServerResponse } from '../request/server-request.js';

/** What {@link clusterInfoPaths} tells. */
export interface ClusterInfo {
  /** False until the server's own objects are there, and again while it stops. */
  readonly isReady: () => boolean;
  readonly metrics: () => string;
  /** The keys that verify ServiceAccount tokens (RFC 7517), and who issued them. */
  readonly keys: () => { readonly issuer: string; readonly keys: readonly object[]; readonly algorithms: readonly string[] };
}

/** The Kubernetes version whose behaviour this server shows. */
export const SERVER_VERSION = {
  major: '1', minor: '36', emulationMajor: '1', emulationMinor: '36', minCompatibilityMajor: '1', minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2', gitCommit: '', gitTreeState: 'clean', buildDate: '', goVersion: '', compiler: 'node', platform: `${process.platform}/${process.arch}`,
} as const;

const CHECKS = ['ping', 'log', 'etcd', 'poststarthook/bootstrap-controller', 'poststarthook/rbac/bootstrap-roles'];

/** `/version`, `/healthz`, `/livez`, `/readyz`, `/metrics` and the discovery of token keys. */
export function clusterInfoPaths(cluster: ClusterInfo): PathHandler {
  return async (request, info) => {
    const path = info.path.length > 1 ? info.path.replace(/\/+$/, '') : info.path;
    const [, root = '', ...rest] = path.split('/');
    if (root === 'healthz' || root === 'livez' || root === 'readyz') return health(root, rest.join('/'), cluster, info.query.has('verbose'));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    switch (path) {
      case '/version':
        if (!isRead) throw methodNotAllowed() satisfies ApiError;
        checkProduces(request, ['application/json']);
        return encodeResponse(200, SERVER_VERSION, { encoding: 'json', view: undefined, pretty: true });
      case '/metrics':
        return { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }, body: Buffer.from(cluster.metrics()) };
      case '/.well-known/openid-configuration': {
        const { issuer, algorithms } = cluster.keys();
        return plainJson({ issuer, jwks_uri: `${issuer}/openid/v1/jwks`, response_types_supported: ['id_token'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: algorithms });
      }
      case '/openid/v1/jwks':
        return plainJson({ keys: cluster.keys().keys }, 'application/jwk-set+json');
      case '/':
        return plainJson({ paths: ['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/openid/v1/jwks', '/readyz', '/version'] });
      default:
        return undefined;
    }
  };
}

function health(root: string, check: string, cluster: ClusterInfo, verbose: boolean): ServerResponse | undefined {
  if (check !== '' && !CHECKS.includes(check)) return undefined;
  if (root === 'readyz' && !cluster.isReady()) return textResponse(500, '[-]bootstrap failed: the server is starting or stopping\nreadyz check failed\n');
  if (check !== '' || !verbose) return textResponse(200, 'ok');
  return textResponse(200, `${CHECKS.map((name) => `[+]${name} ok`).join('\n')}\n${root} check passed\n`);
}

function plainJson(value: object, contentType = 'application/json'): ServerResponse {
  return { status: 200, headers: { 'content-type': contentType }, body: Buffer.from(JSON.stringify(value)) };
}
