import { realClock } from '@kubewright/platform';

import { HttpTransport } from '../client/http-transport.js';
import { loadRestConfig } from '../client/kube-config.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import { createPrometheusRegistry } from '../metrics/prometheus-registry.js';
import { isOff } from './http-server.js';
import { Manager } from './manager.js';
import { resolveManagerOptions, type Connection, type ManagerOptions } from './options.js';

/**
 * Makes a manager; nothing runs before its `start`.
 *
 * @example
 * const manager = await createManager({ name: 'widget-operator', leaderElection: { name: 'widget-operator' } });
 * addControllers(manager, WidgetController);
 * await manager.start(setupSignalHandler());
 *
 * @throws KubewrightError KW_INVALID_OPTIONS, or what {@link loadRestConfig} throws
 */
export async function createManager(options: ManagerOptions = {}): Promise<Manager> {
  const connection = await connect(options);
  const isServed = !isOff(options.metrics?.bindAddress);
  const registry = options.metrics?.registry ?? (isServed ? await createPrometheusRegistry({ processMetrics: true, clock: options.clock ?? realClock }) : undefined);
  const metrics = { ...options.metrics, ...(registry && { registry }) };
  return new Manager(resolveManagerOptions({ ...options, metrics }, connection));
}

async function connect(options: ManagerOptions): Promise<Connection> {
  const { transport, config: given, clock = realClock } = options;
  if (transport && given) throw new KubewrightError('KW_INVALID_OPTIONS', 'createManager: give either `config` or `transport`, not both');
  if (transport) return { transport, ownsTransport: false, host: 'in-memory' };
  const config = given ?? (await loadRestConfig({ clock }));
  const { server, namespace } = config;
  return { transport: new HttpTransport(config, clock), ownsTransport: true, host: new URL(server).host, ...(namespace && { namespace }) };
}
