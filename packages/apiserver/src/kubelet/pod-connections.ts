import { badRequest, invalid, notFound, notImplemented, type KubeObject } from '@kubewright/api';
import type { Pod } from '@kubewright/api/core/v1';

import type { ApiContext, ApiRequest, Connection } from '../handlers/api-context.js';
import type { ContainerProcess, LogOptions } from './container-runtime.js';
import type { ContainerRecord } from './container-state.js';
import type { Kubelet } from './kubelet.js';

/** Answers of the pod subresources that only a kubelet knows, by the name under which the server asks for them. */
export function podConnections(kubelets: readonly Kubelet[]): Readonly<Record<string, Connection>> {
  return {
    '/pods/log': async (context, request) => {
      const pod = findPod(context, request);
      const { query } = request.info;
      const options: LogOptions = {
        follow: query.flag('follow') ?? false,
        previous: query.flag('previous') ?? false,
        timestamps: query.flag('timestamps') ?? false,
        ...(query.integer('tailLines') !== undefined && { tailLines: query.integer('tailLines')! }),
      };
      checkLogOptions(pod, options);
      const container = containerName(pod, query.text('container'));
      if (!pod.spec.nodeName) return { status: 204, headers: { 'content-type': 'text/plain' }, body: new Uint8Array() };
      const { process, kubelet } = running(kubelets, pod, container, options.previous ?? false);
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: encoded(kubelet.runtime.logs(process, options)) };
    },
    '/pods/exec': refuse('exec'),
    '/pods/attach': refuse('attach'),
    '/pods/portforward': refuse('portforward'),
  };
}

/** These need a connection that is upgraded, which the server does not do; what is wrong before that is still told. */
function refuse(what: string): Connection {
  return async (context, request) => {
    const pod = findPod(context, request);
    if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
    throw notImplemented(`pods/${what}: upgraded connections`);
  };
}

function findPod(context: ApiContext, { scope }: ApiRequest): Pod {
  const pod: KubeObject | undefined = context.storage.get('', 'pods', scope.namespace, scope.name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, scope.name);
  return pod as Pod;
}

function checkLogOptions(pod: Pod, { tailLines = 0 }: LogOptions): void {
  if (tailLines >= 0) return;
  throw invalid({ group: '', kind: 'PodLogOptions' }, pod.metadata.name ?? '', [
    { type: 'FieldValueInvalid', field: 'tailLines', message: `Invalid value: ${tailLines}: must be greater than or equal to 0` },
  ]);
}

function containerName(pod: Pod, asked: string): string {
  const { containers, initContainers = [] } = pod.spec;
  if (asked) {
    if (![...containers, ...initContainers].some(({ name }) => name === asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  const preferred = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (preferred && containers.some(({ name }) => name === preferred)) return preferred;
  if (containers.length > 1) {
    const names = (list: readonly { name: string }[]): string => `[${list.map(({ name }) => name).join(' ')}]`;
    const more = initContainers.length > 0 ? ` or one of the init containers: ${names(initContainers)}` : '';
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: ${names(containers)}${more}`);
  }
  return containers[0]!.name;
}

function running(kubelets: readonly Kubelet[], pod: Pod, container: string, previous: boolean): { process: ContainerProcess; kubelet: Kubelet } {
  const kubelet = kubelets.find(({ name }) => name === pod.spec.nodeName);
  if (!kubelet) throw badRequest(`node ${pod.spec.nodeName} has no kubelet here: it was made by hand`);
  const record: ContainerRecord | undefined = kubelet.container(pod.metadata.uid ?? '', container);
  const process = previous ? record?.last?.process : record && 'process' in record.phase ? record.phase.process : record?.last?.process;
  if (process) return { process, kubelet };
  if (previous) throw badRequest(`previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} not found`);
  const reason = record?.phase.kind === 'waiting' ? record.phase.reason : 'ContainerCreating';
  throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: ${reason}`);
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line);
}
