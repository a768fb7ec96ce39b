import type { Service } from '@kubewright/api/core/v1';
import type { Writable } from '@kubewright/runtime';

import { GOVERNING_SERVICE } from '../../names.js';
import type { OperatorConfig } from '../../operator-config.js';
import { sharedMetadata, type PrometheusObject } from '../metadata.js';

/** The headless Service that gives the pods their names; all Prometheuses of a namespace share it. */
export function governingService(prometheus: PrometheusObject, config: OperatorConfig): Writable<typeof Service> {
  const port = prometheus.spec.portName ?? 'web';
  return {
    metadata: sharedMetadata(prometheus, config, GOVERNING_SERVICE, { 'operated-prometheus': 'true' }),
    spec: { clusterIP: 'None', ports: [{ name: port, port: 9090, targetPort: port }], selector: { 'app.kubernetes.io/name': 'prometheus' } },
  };
}
