import { deepEqual, isNotFound } from '@kubewright/api';
import { Node, Pod, Service } from '@kubewright/api/core/v1';
import { EndpointSlice, type Endpoint, type EndpointPort } from '@kubewright/api/discovery/v1';

import type { ControllerContext } from '../controller.js';
import { objectKey, splitKey } from '../object-key.js';
import { isReady, isTerminating } from '../pod-state.js';
import { followServices, hasSelector, HEADLESS_LABEL, hostnameOf, isHeadless, podsOf, referenceTo, SERVICE_NAME_LABEL, targetPorts } from './service-pods.js';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const MAX_ENDPOINTS = 100;

/** Keeps the EndpointSlices of Services with selectors. When the Service goes, the garbage collector takes them. */
export function endpointSliceController(context: ControllerContext): void {
  const { client, events } = context;
  const services = context.watch(Service);
  const pods = context.watch(Pod);
  const nodes = context.watch(Node);
  const slices = context.watch(EndpointSlice);
  const loop = context.loop(async (key) => {
    const { namespace, name } = splitKey(key);
    const service = services.get(namespace, name);
    if (!service || !hasSelector(service) || service.metadata.deletionTimestamp) return;
    const own = [...slices.list(namespace)].filter(({ metadata }) => metadata.labels?.[SERVICE_NAME_LABEL] === name && metadata.labels[MANAGED_BY] === MANAGER);
    const wanted = serviceSlices(service, podsOf(service, pods), (node) => nodes.get('', node));
    const plan = planSlices(own, wanted.slices);
    for (const slice of plan.create) slices.learn(await client.create(EndpointSlice, namespace, slice));
    for (const slice of plan.update) slices.learn(await client.update(EndpointSlice, slice));
    for (const slice of plan.remove) {
      await client.delete(EndpointSlice, namespace, slice.metadata.name ?? '').catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      slices.forget(slice);
    }
    for (const problem of wanted.problems) {
      events.record(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${namespace}/${name}: ${problem}`);
    }
  });
  followServices(services, pods, loop);
  slices.onChange(({ old, object }) => {
    const { metadata } = (object ?? old)!;
    const service = metadata.labels?.[SERVICE_NAME_LABEL];
    if (service && metadata.labels?.[MANAGED_BY] === MANAGER) loop.add(`${metadata.namespace}/${service}`);
  });
  // A node that appears lets pods in that were left out for its lack.
  nodes.onChange(({ old, object }) => {
    if (object && !old) for (const service of services.list()) if (hasSelector(service)) loop.add(objectKey(service));
  });
}

/** The slices that a Service should have, without names, and why pods were left out. There is always one slice. */
export function serviceSlices(service: Service, pods: readonly Pod[], nodeOf: (name: string) => Node | undefined): { slices: EndpointSlice[]; problems: string[] } {
  const publishAll = service.spec?.publishNotReadyAddresses ?? false;
  const problems: string[] = [];
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const node = pod.spec.nodeName ? nodeOf(pod.spec.nodeName) : undefined;
    if (!node && !publishAll) {
      problems.push(`skipping Pod ${pod.metadata.name} for Service ${service.metadata.namespace}/${service.metadata.name}: Node ${pod.spec.nodeName ?? ''} Not Found`);
      continue;
    }
    const ports = targetPorts(service, pod).map(({ name, port, protocol, appProtocol }): EndpointPort => ({ name, port, protocol, ...(appProtocol && { appProtocol }) }));
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, endpoints: [] }));
    group.endpoints.push(endpointOf(service, pod, node, publishAll));
  }
  const ipv6 = pods.some(({ status }) => status?.podIP?.includes(':'));
  const slice = (ports?: EndpointPort[], endpoints: Endpoint[] = []): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace ?? '',
      labels: { ...service.metadata.labels, [SERVICE_NAME_LABEL]: service.metadata.name ?? '', [MANAGED_BY]: MANAGER, ...(isHeadless(service) && { [HEADLESS_LABEL]: '' }) },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: service.metadata.name ?? '', uid: service.metadata.uid ?? '', controller: true, blockOwnerDeletion: true }],
    },
    addressType: ipv6 ? 'IPv6' : 'IPv4',
    endpoints,
    ...(ports && ports.length > 0 && { ports }),
  });
  const slices = [...groups.values()].flatMap(({ ports, endpoints }) => {
    const parts = Math.ceil(endpoints.length / MAX_ENDPOINTS);
    return Array.from({ length: parts }, (_part, index) => slice(ports, endpoints.slice(index * MAX_ENDPOINTS, (index + 1) * MAX_ENDPOINTS)));
  });
  return { slices: slices.length > 0 ? slices : [slice()], problems };
}

/** Which slices to make, write and delete: a slice with the same ports is kept and changed, any other one is used before one is made. */
export function planSlices(present: readonly EndpointSlice[], wanted: readonly EndpointSlice[]): { create: EndpointSlice[]; update: EndpointSlice[]; remove: EndpointSlice[] } {
  const free = new Set([...present].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)));
  const pairs = new Map<EndpointSlice, EndpointSlice>();
  const match = (isFit: (known: EndpointSlice, slice: EndpointSlice) => boolean): void => {
    for (const slice of wanted) {
      const known = pairs.has(slice) ? undefined : [...free].find((candidate) => candidate.addressType === slice.addressType && isFit(candidate, slice));
      if (!known) continue;
      free.delete(known);
      pairs.set(slice, known);
    }
  };
  match((known, slice) => deepEqual(known.ports ?? [], slice.ports ?? []));
  match(() => true);
  const update = [...pairs].flatMap(([slice, known]) => {
    const isSame = deepEqual(known.endpoints ?? [], slice.endpoints) && deepEqual(known.ports ?? [], slice.ports ?? []) && deepEqual(known.metadata.labels, slice.metadata.labels);
    return isSame ? [] : [{ ...known, metadata: { ...known.metadata, labels: slice.metadata.labels ?? {} }, endpoints: slice.endpoints, ports: slice.ports ?? [] }];
  });
  return { create: wanted.filter((slice) => !pairs.has(slice)), update, remove: [...free] };
}

function endpointOf(service: Service, pod: Pod, node: Node | undefined, publishAll: boolean): Endpoint {
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const hostname = hostnameOf(service, pod);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  const addresses = pod.status?.podIPs?.map(({ ip }) => ip) ?? [pod.status?.podIP ?? ''];
  return {
    addresses: addresses.slice(0, 1),
    conditions: { ready: publishAll || (serving && !terminating), serving, terminating },
    ...(hostname && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: referenceTo(pod),
    ...(zone && { zone }),
  };
}
