import { matchesLabels, type KubeObject, type LabelRequirement } from '@kubewright/api';
import { type Pod, type Service, type ServicePort } from '@kubewright/api/core/v1';

import { isFinished } from '../pod-state.js';
import { objectKey } from '../object-key.js';
import type { ObjectWatch } from '../object-watch.js';
import type { WorkLoop } from '../work-loop.js';

/** What both forms of endpoints share: which pods a Service means, and at which ports. */
export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
export const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** A port as an endpoint has it. */
export interface TargetPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** Wakes `loop` for Services, and for those that a changed pod belongs or belonged to. */
export function followServices(services: ObjectWatch<Service>, pods: ObjectWatch<Pod>, loop: WorkLoop): void {
  services.onChange(({ old, object }) => loop.add(objectKey((object ?? old)!)));
  pods.onChange(({ old, object }) => {
    for (const pod of [old, object]) {
      if (pod) for (const service of services.list(pod.metadata.namespace ?? '')) if (hasSelector(service) && selects(service, pod)) loop.add(objectKey(service));
    }
  });
}

/** Services without a selector have endpoints that somebody else writes; external names have none. */
export function hasSelector({ spec }: Service): boolean {
  return Object.keys(spec?.selector ?? {}).length > 0 && spec?.type !== 'ExternalName';
}

/** Pods of a Service that have an address and have not ended, by name. */
export function podsOf(service: Service, pods: ObjectWatch<Pod>): Pod[] {
  const found = [...pods.list(service.metadata.namespace ?? '')].filter((pod) => selects(service, pod) && !isFinished(pod) && pod.status?.podIP);
  return found.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** The ports of a pod behind those of its Service; a named port that the pod does not have is left out. */
export function targetPorts(service: Service, pod: Pod): TargetPort[] {
  return (service.spec?.ports ?? []).flatMap((port) => {
    const number = portNumber(port, pod);
    const { name = '', protocol = 'TCP', appProtocol } = port;
    return number === undefined ? [] : [{ name, port: number, protocol, ...(appProtocol && { appProtocol }) }];
  });
}

/** The name of the pod within the Service's domain, if it has one. */
export function hostnameOf(service: Service, pod: Pod): string | undefined {
  return pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
}

export function isHeadless({ spec }: Service): boolean {
  return spec?.clusterIP === 'None';
}

export function referenceTo(pod: KubeObject): { kind: string; namespace: string; name: string; uid: string } {
  const { namespace = '', name = '', uid = '' } = pod.metadata;
  return { kind: 'Pod', namespace, name, uid };
}

const selectors = new WeakMap<Service, LabelRequirement[]>();

function selects(service: Service, pod: Pod): boolean {
  let requirements = selectors.get(service);
  if (!requirements) {
    requirements = Object.entries(service.spec?.selector ?? {}).map(([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }));
    selectors.set(service, requirements);
  }
  return matchesLabels(requirements, pod.metadata.labels ?? {});
}

function portNumber({ targetPort, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const named = [...pod.spec.containers, ...sidecars].flatMap(({ ports }) => ports ?? []).find((candidate) => candidate.name === targetPort && (candidate.protocol ?? 'TCP') === protocol);
  return named?.containerPort;
}
