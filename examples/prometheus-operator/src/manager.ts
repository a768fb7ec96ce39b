import { Pod } from '@kubewright/api/core/v1';
import { addControllers, containerOf, createManager as create, type Manager, type ManagerOptions } from '@kubewright/runtime';

import { PrometheusController } from './controllers/prometheus-controller.js';
import { defaultOperatorConfig, OPERATOR_CONFIG, type OperatorConfig } from './operator-config.js';

/** Puts the operator together. Tests call it with the transport of an embedded cluster, main.ts with that of a real one. */
export async function createManager(options: ManagerOptions = {}, config: OperatorConfig = defaultOperatorConfig): Promise<Manager> {
  const manager = await create({ name: 'PrometheusOperator', cache: { kinds: [{ kind: Pod, labels: 'app.kubernetes.io/managed-by=prometheus-operator' }] }, ...options });
  containerOf(manager).register(OPERATOR_CONFIG, { useValue: config });
  addControllers(manager, PrometheusController);
  return manager;
}
