import type { Endpoints, Service } from '@kubewright/api/core/v1';
import type { EndpointSlice } from '@kubewright/api/discovery/v1';
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from '@kubewright/api/networking/v1';

import { ageOf } from '../age.js';
import { cellsOf, formatLabels, formatSelector, nameCell, NONE, shorten, UNSET } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

const service = cellsOf<Service>((object, now) => {
  const { metadata, spec } = object;
  const ports = (spec?.ports ?? []).map(({ port, nodePort, protocol }) => (nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`));
  return [
    metadata?.name ?? '', spec?.type ?? '', spec?.clusterIPs?.[0] || spec?.clusterIP || NONE, externalIP(object), ports.join(',') || NONE,
    ageOf(metadata?.creationTimestamp, now), formatLabels(spec?.selector),
  ];
});

function externalIP({ spec, status }: Stored<Service>): string {
  const given = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return given.join(',') || NONE;
    case 'LoadBalancer':
      return [...ingressAddresses(status?.loadBalancer), ...given].join(',') || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function ingressAddresses(loadBalancer: { ingress?: { ip?: string; hostname?: string }[] } | undefined): string[] {
  return [...new Set((loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter(Boolean))].sort();
}

const endpoints = cellsOf<Endpoints>((object, now) => [nameCell(object), endpointsText(object), ageOf(object.metadata?.creationTimestamp, now)]);

function endpointsText({ subsets = [] }: Stored<Endpoints>): string {
  if (subsets.length === 0) return NONE;
  const list = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const ips = addresses.map(({ ip = '' }) => ip);
    return ports.length === 0 ? ips : ports.flatMap(({ port }) => ips.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)));
  });
  return shorten(list, 3);
}

const endpointSlice = cellsOf<EndpointSlice>(({ metadata, addressType, ports, endpoints: list }, now) => [
  metadata?.name ?? '', addressType ?? '', shorten((ports ?? []).map(({ port, name }) => `${port ?? name ?? '*'}`), 3) || UNSET,
  shorten((list ?? []).flatMap(({ addresses = [] }) => addresses), 3) || UNSET, ageOf(metadata?.creationTimestamp, now),
]);

const ingress = cellsOf<Ingress>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', spec?.ingressClassName ?? NONE, hostsText(spec?.rules ?? []), ingressAddresses(status?.loadBalancer).join(','),
  spec?.tls?.length ? '80, 443' : '80', ageOf(metadata?.creationTimestamp, now),
]);

/** Rules without a host do not count among the first three, but among the rest. */
function hostsText(rules: readonly { host?: string }[]): string {
  const hosts: string[] = [];
  let hasMore = false;
  for (const { host } of rules) {
    if (hosts.length === 3) hasMore = true;
    if (!hasMore && host) hosts.push(host);
  }
  if (hosts.length === 0) return '*';
  return hasMore ? `${hosts.join(',')} + ${rules.length - 3} more...` : hosts.join(',');
}

const ingressClass = cellsOf<IngressClass>(({ metadata, spec }, now) => {
  const { parameters } = spec ?? {};
  const group = parameters?.apiGroup ? `.${parameters.apiGroup}` : '';
  return [
    metadata?.name ?? '', spec?.controller ?? '', parameters === undefined ? NONE : `${parameters.kind}${group}/${parameters.name}`,
    ageOf(metadata?.creationTimestamp, now),
  ];
});

const networkPolicy = cellsOf<NetworkPolicy>(({ metadata, spec }, now) => [
  metadata?.name ?? '', formatSelector(spec?.podSelector ?? {}), ageOf(metadata?.creationTimestamp, now),
]);

const ipAddress = cellsOf<IPAddress>((object) => {
  const parent = object.spec?.parentRef;
  if (parent === undefined) return [nameCell(object), NONE];
  const resource = parent.group ? `${parent.resource}.${parent.group}` : (parent.resource ?? '');
  return [nameCell(object), [resource, parent.namespace, parent.name].filter(Boolean).join('/')];
});

const serviceCidr = cellsOf<ServiceCIDR>(({ metadata, spec }, now) => [
  metadata?.name ?? '', (spec?.cidrs ?? []).join(','), ageOf(metadata?.creationTimestamp, now),
]);

export const NETWORK_CELLS: Readonly<Record<string, CellFunction>> = {
  'v1 services': service,
  'v1 endpoints': endpoints,
  'discovery.k8s.io/v1 endpointslices': endpointSlice,
  'networking.k8s.io/v1 ingresses': ingress,
  'networking.k8s.io/v1 ingressclasses': ingressClass,
  'networking.k8s.io/v1 networkpolicies': networkPolicy,
  'networking.k8s.io/v1 ipaddresses': ipAddress,
  'networking.k8s.io/v1 servicecidrs': serviceCidr,
};
