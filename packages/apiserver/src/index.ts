/** @module @kubewright/apiserver: the embedded Kubernetes API server. */
export type { AdmissionPlugin, AdmissionRequest } from './admission/admission.js';
export { ADMINISTRATOR, ApiServer, type ApiServerOptions, type RestartOptions } from './api-server.js';
export type { ServiceAccountTokens } from './authn/service-account-tokens.js';
export type { UserInfo } from './authn/user-info.js';
export type { AuthorizationMode } from './authz/authorization-mode.js';
export type { Authorizer, RequestAttributes } from './authz/authorizer.js';
export type { ClusterData } from './cluster-data.js';
export type { ClusterFaults } from './cluster-faults.js';
export { ClusterSnapshot } from './cluster-snapshot.js';
export type { Connection } from './handlers/api-context.js';
export type { OpenWatch } from './handlers/open-watches.js';
export type { Listening, ListenOptions } from './listener/listen-options.js';
export { DataFolder, type DataFolderOptions } from './storage/disk/data-folder.js';
export { DataFolderError } from './storage/disk/data-folder-error.js';
export type { ResolveService } from './webhooks/webhook-caller.js';
export { startCluster, type ClusterOptions, type EmbeddedCluster } from './cluster.js';
