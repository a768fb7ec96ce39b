import type { Container, ResourceRequirements, VolumeMount } from '@kubewright/api/core/v1';

import type { OperatorConfig } from '../../operator-config.js';
import type { PrometheusObject } from '../metadata.js';

/** Where the reloader finds things, and which of the two it is. */
export interface ReloaderOptions {
  /** The one before the others start, which writes the first configuration and ends. */
  readonly init: boolean;
  readonly shard: number;
  /** Folders with rules. */
  readonly watchedDirectories: readonly string[];
  readonly volumeMounts: VolumeMount[];
}

/** Unpacks the configuration, fills in pod name and shard, and tells Prometheus when something changed. */
export function configReloader({ spec }: PrometheusObject, config: OperatorConfig, options: ReloaderOptions): Container {
  const { init } = options;
  const port = init ? 8081 : 8080;
  const prefix = spec.routePrefix && spec.routePrefix !== '/' ? spec.routePrefix.replace(/\/$/, '') : '';
  const listen = spec.listenLocal && !init ? `${config.localHost}:8080` : `:${port}`;
  const args = [
    ...(init ? ['--watch-interval=0'] : []),
    `--listen-address=${listen}`,
    ...(init ? [] : [`--reload-url=http://${config.localHost}:9090${prefix}/-/reload`]),
    '--config-file=/etc/prometheus/config/prometheus.yaml.gz',
    '--config-envsubst-file=/etc/prometheus/config_out/prometheus.env.yaml',
    ...options.watchedDirectories.map((directory) => `--watched-dir=${directory}`),
    '--watched-dir=/etc/prometheus/config',
    ...(spec.logLevel && spec.logLevel !== 'info' ? [`--log-level=${spec.logLevel}`] : []),
    ...(spec.logFormat && spec.logFormat !== 'logfmt' ? [`--log-format=${spec.logFormat}`] : []),
  ];
  return {
    name: init ? 'init-config-reloader' : 'config-reloader',
    image: config.configReloaderImage,
    ...(spec.imagePullPolicy && { imagePullPolicy: spec.imagePullPolicy }),
    command: ['/bin/prometheus-config-reloader'],
    args,
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'SHARD', value: String(options.shard) },
    ],
    ...(!(spec.listenLocal && !init) && { ports: [{ name: init ? 'reloader-init' : 'reloader-web', containerPort: port, protocol: 'TCP' }] }),
    resources: reloaderResources(config),
    volumeMounts: options.volumeMounts,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

function reloaderResources({ configReloaderCpu: cpu, configReloaderMemory: memory }: OperatorConfig): ResourceRequirements {
  const amounts = { ...(cpu !== '0' && { cpu }), ...(memory !== '0' && { memory }) };
  return Object.keys(amounts).length > 0 ? { limits: amounts, requests: { ...amounts } } : {};
}
