import type { KubeObject } from '@kubewright/api';

import type { ObjectSource } from '../storage/object-source.js';
import type { ResolveService } from './webhook-caller.js';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
}

interface Service extends KubeObject {
  spec?: { type?: string; clusterIP?: string; externalName?: string; ports?: ServicePort[] };
}

interface Slice extends KubeObject {
  endpoints?: readonly { readonly addresses?: readonly string[]; readonly conditions?: { readonly ready?: boolean }; readonly targetRef?: { readonly kind?: string } }[] | null;
  ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
}

/** One place behind a Service. */
interface Backend {
  readonly address: string;
  readonly port: number;
  readonly isPod: boolean;
}

/**
 * Finds what answers for a Service by what is stored: an ExternalName, or the endpoints that somebody has written down. The pods of this
 * server run nothing that listens, so that a Service of pods is as unreachable as one without any.
 */
export function storedServiceAddress(objects: ObjectSource): ResolveService {
  return (namespace, name, port) => {
    const service = objects.get('', 'services', namespace, name) as Service | undefined;
    if (!service) throw new Error(`service ${JSON.stringify(name)} not found`);
    const { type = 'ClusterIP', clusterIP = '', externalName = '', ports = [] } = service.spec ?? {};
    if (type === 'ExternalName') return `https://${externalName}:${port}`;
    if (type === 'ClusterIP' && clusterIP === 'None') throw new Error('cannot route to service with ClusterIP "None"');
    const servicePort = ports.find((each) => each.port === port);
    if (!servicePort) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`);
    const backends = [...backendsOf(objects, namespace, name, servicePort)];
    const backend = backends.find(({ isPod }) => !isPod);
    const dialled = `dial tcp ${joinHostPort(clusterIP, port)}: connect:`;
    if (!backend) throw new Error(backends.length === 0 ? `${dialled} connection refused` : `${dialled} no route to host`);
    return `https://${joinHostPort(backend.address, backend.port)}`;
  };
}

function* backendsOf(objects: ObjectSource, namespace: string, name: string, port: ServicePort): Generator<Backend> {
  for (const slice of objects.list('discovery.k8s.io', 'endpointslices', namespace) as Iterable<Slice>) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    const target = slice.ports?.find((each) => (each.name ?? '') === (port.name ?? ''))?.port;
    if (target === undefined) continue;
    for (const { addresses = [], conditions, targetRef } of slice.endpoints ?? []) {
      if (conditions?.ready === false) continue;
      for (const address of addresses) yield { address, port: target, isPod: targetRef?.kind === 'Pod' };
    }
  }
  const endpoints = objects.get('', 'endpoints', namespace, name) as (KubeObject & { subsets?: Subset[] | null }) | undefined;
  for (const { addresses, ports } of endpoints?.subsets ?? []) {
    const target = ports?.find((each) => (each.name ?? '') === (port.name ?? ''))?.port;
    if (target === undefined) continue;
    for (const { ip, targetRef } of addresses ?? []) yield { address: ip, port: target, isPod: targetRef?.kind === 'Pod' };
  }
}

interface Subset {
  readonly addresses?: readonly { readonly ip: string; readonly targetRef?: { readonly kind?: string } }[] | null;
  readonly ports?: readonly { readonly name?: string; readonly port: number }[] | null;
}

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
