import type { Container, Probe, VolumeMount } from '@kubewright/api/core/v1';

import type { OperatorConfig } from '../../operator-config.js';
import type { Version } from '../../version.js';
import type { PrometheusObject } from '../metadata.js';
import { prometheusArguments } from './arguments.js';
import { prometheusImage } from './image.js';

/** The container that runs Prometheus. */
export function prometheusContainer(prometheus: PrometheusObject, config: OperatorConfig, version: Version, volumeMounts: VolumeMount[]): Container {
  const { spec } = prometheus;
  const port = spec.portName ?? 'web';
  const prefix = spec.routePrefix && spec.routePrefix !== '/' ? spec.routePrefix.replace(/\/$/, '') : '';
  const probe = (path: string, periodSeconds: number, failureThreshold: number): Probe => ({
    ...(spec.listenLocal ? { exec: { command: ['sh', '-c', localProbe(`http://localhost:9090${prefix}${path}`)] } } : { httpGet: { path: `${prefix}${path}`, port } }),
    periodSeconds,
    failureThreshold,
    timeoutSeconds: 3,
  });
  return {
    name: 'prometheus',
    image: prometheusImage(prometheus, config, version),
    ...(spec.imagePullPolicy && { imagePullPolicy: spec.imagePullPolicy }),
    args: prometheusArguments(prometheus, version),
    ...(!spec.listenLocal && { ports: [{ name: port, containerPort: 9090, protocol: 'TCP' }] }),
    ...(!version.atLeast(2, 53) && { env: [{ name: 'GOGC', value: '75' }] }),
    volumeMounts,
    startupProbe: probe('/-/ready', 15, 60),
    livenessProbe: probe('/-/healthy', 5, 6),
    readinessProbe: probe('/-/ready', 5, 3),
    resources: spec.resources ?? {},
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  };
}

/** The image has either curl or wget. */
function localProbe(url: string): string {
  return `if [ -x "$(command -v curl)" ]; then exec curl --fail ${url}; elif [ -x "$(command -v wget)" ]; then exec wget -q -O /dev/null ${url}; else exit 1; fi`;
}
