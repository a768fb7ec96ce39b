import { flagTable } from './flags.js';

/** The flags of kube-apiserver 1.36. `insecure-port` is not among them: envtest looks for it, and gives it to servers that have it. */
export const KUBE_APISERVER_FLAGS = flagTable({
  used: `
    help? version? anonymous-auth? api-audiences authorization-mode bind-address cert-dir client-ca-file disable-admission-plugins
    enable-admission-plugins feature-gates runtime-config secure-port service-account-issuer service-account-key-file
    service-account-signing-key-file service-cluster-ip-range tls-cert-file tls-private-key-file token-auth-file`,
  none: `
    advertise-address aggregator-reject-forwarding-redirects? allow-metric-labels allow-metric-labels-manifest allow-privileged? apiserver-count
    audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-max-wait audit-log-batch-throttle-burst audit-log-batch-throttle-enable?
    audit-log-batch-throttle-qps audit-log-compress? audit-log-format audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-mode
    audit-log-path audit-log-truncate-enabled? audit-log-truncate-max-batch-size audit-log-truncate-max-event-size audit-log-version
    audit-policy-file audit-webhook-batch-buffer-size audit-webhook-batch-initial-backoff audit-webhook-batch-max-size audit-webhook-batch-max-wait
    audit-webhook-batch-throttle-burst audit-webhook-batch-throttle-enable? audit-webhook-batch-throttle-qps audit-webhook-config-file
    audit-webhook-initial-backoff audit-webhook-mode audit-webhook-truncate-enabled? audit-webhook-truncate-max-batch-size
    audit-webhook-truncate-max-event-size audit-webhook-version authentication-token-webhook-cache-ttl authentication-token-webhook-version
    authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl authorization-webhook-version cloud-config
    cloud-provider contention-profiling? coordinated-leadership-lease-duration coordinated-leadership-renew-deadline
    coordinated-leadership-retry-period cors-allowed-origins debug-socket-path default-not-ready-toleration-seconds
    default-unreachable-toleration-seconds default-watch-cache-size delete-collection-workers disable-http2-serving? disabled-metrics
    egress-selector-config-file emulated-version emulation-forward-compatible? enable-aggregator-routing? enable-garbage-collector?
    enable-logs-handler? enable-priority-and-fairness? encryption-provider-config encryption-provider-config-automatic-reload?
    endpoint-reconciler-type etcd-cafile etcd-certfile etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval
    etcd-healthcheck-timeout etcd-keyfile etcd-prefix etcd-readycheck-timeout etcd-servers etcd-servers-overrides event-ttl external-hostname
    goaway-chance http2-max-streams-per-connection identity-lease-duration-seconds identity-lease-renew-interval-seconds
    kubelet-certificate-authority kubelet-client-certificate kubelet-client-key kubelet-port kubelet-preferred-address-types
    kubelet-read-only-port kubelet-timeout kubernetes-service-node-port lease-reuse-duration-seconds livez-grace-period log-flush-frequency
    log-json-info-buffer-size log-json-split-stream? log-text-info-buffer-size log-text-split-stream? logging-format logtostderr?
    max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight min-compatibility-version min-request-timeout
    peer-advertise-ip peer-advertise-port peer-ca-file permit-address-sharing? permit-port-sharing? profiling? proxy-client-cert-file
    proxy-client-key-file request-timeout runtime-config-emulation-forward-compatible? service-account-extend-token-expiration?
    service-account-jwks-uri service-account-lookup? service-account-max-token-expiration service-node-port-range show-hidden-metrics-for-version
    shutdown-delay-duration shutdown-send-retry-after? shutdown-watch-termination-grace-period storage-backend storage-initialization-timeout
    storage-media-type strict-transport-security-directives target-ram-mb tls-cipher-suites tls-curve-preferences tls-min-version
    tls-sni-cert-key tracing-config-file v vmodule watch-cache? watch-cache-sizes`,
  refused: `
    admission-control-config-file authentication-config authentication-token-webhook-config-file authorization-config authorization-policy-file
    authorization-webhook-config-file enable-bootstrap-token-auth? oidc-ca-file oidc-client-id oidc-groups-claim oidc-groups-prefix oidc-issuer-url
    oidc-required-claim oidc-signing-algs oidc-username-claim oidc-username-prefix requestheader-allowed-names requestheader-client-ca-file
    requestheader-extra-headers-prefix requestheader-group-headers requestheader-uid-headers requestheader-username-headers
    service-account-signing-endpoint`,
});

/** Plugins of the real server that this one does not have; what they would do is not done. */
export const MISSING_PLUGINS: readonly string[] = [
  'AlwaysAdmit', 'AlwaysDeny', 'AlwaysPullImages', 'CertificateSubjectRestriction', 'ClusterTrustBundleAttest', 'DenyServiceExternalIPs', 'EventRateLimit',
  'ExtendedResourceToleration', 'ImagePolicyWebhook', 'LimitPodHardAntiAffinityTopology', 'NamespaceAutoProvision', 'NamespaceExists',
  'NodeDeclaredFeatureValidator', 'NodeRestriction', 'OwnerReferencesPermissionEnforcement', 'PodNodeSelector', 'PodTolerationRestriction',
  'PodTopologyLabels', 'ResourceQuota', 'StorageObjectInUseProtection', 'TaintNodesByCondition',
];

/** Plugins that this server has. */
export const KNOWN_PLUGINS: readonly string[] = [
  'CertificateApproval', 'CertificateSigning', 'DefaultIngressClass', 'DefaultStorageClass', 'DefaultTolerationSeconds', 'LimitRanger', 'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook', 'NamespaceLifecycle', 'PersistentVolumeClaimResize', 'PodSecurity', 'Priority', 'RuntimeClass', 'ServiceAccount',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionWebhook',
];
