/** @module @kubewright/apiserver: the embedded Kubernetes API server. */
export type { AdmissionPlugin, AdmissionRequest } from './admission/admission.js';
export { ADMINISTRATOR, ApiServer, type ApiServerOptions, type Listening, type ListenOptions, type RestartOptions, type ServiceAccountTokens } from './api-server.js';
export type { UserInfo } from './authn/user-info.js';
export type { AuthorizationMode } from './authz/authorization-mode.js';
export type { Authorizer, RequestAttributes } from './authz/authorizer.js';
export type { ClusterFaults } from './cluster-faults.js';
export type { Connection } from './handlers/api-context.js';
export type { OpenWatch } from './handlers/open-watches.js';
export type { ResolveService } from './webhooks/webhook-caller.js';
export { startCluster, type ClusterOptions, type EmbeddedCluster } from './cluster.js';
