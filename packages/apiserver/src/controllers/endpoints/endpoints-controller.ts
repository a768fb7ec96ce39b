import { deepEqual, isAlreadyExists, isNotFound } from '@kubewright/api';
import { Endpoints, Pod, Service, type EndpointAddress, type EndpointPort, type EndpointSubset } from '@kubewright/api/core/v1';

import type { ControllerContext } from '../controller.js';
import { objectKey, splitKey } from '../object-key.js';
import { isReady, isTerminating } from '../pod-state.js';
import { followServices, hasSelector, HEADLESS_LABEL, hostnameOf, isHeadless, podsOf, referenceTo, targetPorts } from './service-pods.js';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';

/** Keeps the Endpoints of Services with selectors. */
export function endpointsController(context: ControllerContext): void {
  const services = context.watch(Service);
  const pods = context.watch(Pod);
  const endpoints = context.watch(Endpoints);
  const loop = context.loop(async (key) => {
    const { namespace, name } = splitKey(key);
    const service = services.get(namespace, name);
    const present = endpoints.get(namespace, name);
    if (!service) {
      if (present?.metadata.labels?.[MANAGED_BY] === MANAGER) await remove(present);
      return;
    }
    if (!hasSelector(service)) return;
    const labels = { ...service.metadata.labels, [MANAGED_BY]: MANAGER, ...(isHeadless(service) && { [HEADLESS_LABEL]: '' }) };
    const subsets = endpointSubsets(service, podsOf(service, pods));
    if (!present) {
      const wanted: Endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, ...(subsets.length > 0 && { subsets }) };
      await context.client.create(Endpoints, namespace, wanted).then((made) => endpoints.learn(made), (error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
    } else if (!deepEqual(present.subsets ?? [], subsets) || !deepEqual(present.metadata.labels ?? {}, labels)) {
      endpoints.learn(await context.client.update(Endpoints, { ...present, metadata: { ...present.metadata, labels }, subsets }));
    }
  });
  followServices(services, pods, loop);
  // Only the end of Endpoints is ours to mend; a hand that writes into them is left alone until something else happens.
  endpoints.onChange(({ old, object }) => {
    if (old && !object) loop.add(objectKey(old));
  });

  const remove = async ({ metadata }: Endpoints): Promise<void> => {
    const { namespace = '', name = '', uid } = metadata;
    try {
      await context.client.delete(Endpoints, namespace, name, { ...(uid && { preconditions: { uid } }) });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };
}

/** Addresses with the same ports stand together, ready ones apart from the others, each list by address. A pod without a node has none. */
export function endpointSubsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const publishAll = service.spec?.publishNotReadyAddresses ?? false;
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of pods) {
    if (!pod.spec.nodeName || (isTerminating(pod) && !publishAll)) continue;
    const ports = targetPorts(service, pod).map(({ name, port, protocol, appProtocol }): EndpointPort => ({ ...(name && { name }), port, protocol, ...(appProtocol && { appProtocol }) }));
    if (ports.length === 0 && !isHeadless(service)) continue;
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, ready: [], notReady: [] }));
    const hostname = hostnameOf(service, pod);
    const address = { ip: pod.status?.podIP ?? '', ...(hostname && { hostname }), ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }), targetRef: referenceTo(pod) };
    (publishAll || isReady(pod) ? group.ready : group.notReady).push(address);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { ports, ready, notReady }]) => ({
    ...(ready.length > 0 && { addresses: byAddress(ready) }),
    ...(notReady.length > 0 && { notReadyAddresses: byAddress(notReady) }),
    ...(ports.length > 0 && { ports }),
  }));
}

function byAddress(addresses: EndpointAddress[]): EndpointAddress[] {
  return addresses.sort((a, b) => (a.ip < b.ip ? -1 : 1));
}
