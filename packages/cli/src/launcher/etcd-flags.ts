import { flagTable } from './flags.js';

/** The flags of etcd 3.7. Nothing is stored: only those count that say where the health check is answered. */
export const ETCD_FLAGS = flagTable({
  used: 'help? version? listen-client-urls cert-file key-file',
  none: `
    advertise-client-urls auth-token auth-token-ttl auto-compaction-mode auto-compaction-retention auto-tls? backend-batch-interval backend-batch-limit
    backend-bbolt-freelist-type bcrypt-cost bootstrap-defrag-threshold-megabytes cipher-suites client-cert-allowed-cn client-cert-allowed-hostname client-cert-auth?
    client-cert-file client-crl-file client-key-file compact-hash-check-enabled? compact-hash-check-time compaction-batch-limit
    compaction-sleep-interval config-file corrupt-check-time cors data-dir discovery-cacert discovery-cert discovery-dial-timeout
    discovery-endpoints discovery-insecure-skip-tls-verify? discovery-insecure-transport? discovery-keepalive-time discovery-keepalive-timeout
    discovery-key discovery-password discovery-request-timeout discovery-srv discovery-srv-name discovery-token discovery-user
    distributed-tracing-address distributed-tracing-instance-id distributed-tracing-sampling-rate distributed-tracing-service-name downgrade-check-time
    election-timeout enable-distributed-tracing? enable-grpc-gateway? enable-log-rotation? enable-pprof? enable-v2? experimental-compaction-batch-limit
    experimental-corrupt-check-time experimental-initial-corrupt-check? experimental-watch-progress-notify-interval feature-gates force-new-cluster?
    grpc-keepalive-interval grpc-keepalive-min-time grpc-keepalive-timeout heartbeat-interval host-whitelist initial-advertise-peer-urls
    initial-cluster initial-cluster-state initial-cluster-token initial-corrupt-check? initial-election-tick-advance? listen-client-http-urls
    listen-metrics-urls listen-peer-urls local-address log-format log-level log-outputs log-rotation-config-json logger max-concurrent-streams
    max-learners max-request-bytes max-snapshots max-txn-ops max-wals memory-mlock? metrics name peer-auto-tls? peer-cert-allowed-cn
    peer-cert-allowed-hostname peer-cert-file peer-client-cert-auth? peer-client-cert-file peer-client-key-file peer-crl-file peer-key-file
    peer-skip-client-san-verification? peer-trusted-ca-file pre-vote? quota-backend-bytes raft-read-timeout raft-write-timeout self-signed-cert-validity
    snapshot-catchup-entries snapshot-count socket-reuse-address? socket-reuse-port? stop-grpc-service-on-defrag? strict-reconfig-check?
    tls-max-version tls-min-version trusted-ca-file unsafe-no-fsync? v2-deprecation wal-dir warning-apply-duration
    warning-unary-request-duration watch-progress-notify-interval`,
  refused: '',
});
