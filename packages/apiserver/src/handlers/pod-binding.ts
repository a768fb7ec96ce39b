import { ApiError, badRequest, conflict, formatTime, type KubeObject } from '@kubewright/api';

import type { RequestScope } from '../registry/request-scope.js';
import { headerOf } from '../request/server-request.js';
import { copyJson } from '../storage/immutable.js';
import { admitCreate } from './admit-connection.js';
import type { ApiContext, ApiRequest, Handler } from './api-context.js';
import { readConnectionBody } from './connection-body.js';
import { encodeResponse } from './encode.js';
import { checkNamespace } from './identity.js';
import { negotiate } from './media-types.js';

interface Binding extends KubeObject {
  target?: { kind?: string; name?: string };
}

interface Pod extends KubeObject {
  spec?: { nodeName?: string };
  status?: { conditions?: { type: string; status: string; lastProbeTime: null; lastTransitionTime: string }[] };
}

/** POST of `pods/x/binding`, or of a Binding to the namespace: the scheduler's decision. */
export const handleBinding: Handler = async (context, request) => {
  const { http, scope } = request;
  const format = negotiate(headerOf(http, 'accept'), false, false, true);
  const binding = await readConnectionBody<Binding>(context, request);
  checkNamespace({ ...scope, resource: { ...scope.resource, namespaced: true } }, binding);
  if (scope.name !== '' && binding.metadata.name !== scope.name) throw badRequest('name in URL does not match name in Binding object');
  const problem = bindingProblem(binding);
  if (problem) throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: problem, code: 500 });
  await admitCreate(context, scope, binding);
  await bind(context, request, binding);
  return encodeResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, format);
};

function bindingProblem({ target }: Binding): string | undefined {
  if (target?.kind && target.kind !== 'Node') return `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`;
  return target?.name ? undefined : 'target.name: Required value';
}

async function bind(context: ApiContext, { scope }: ApiRequest, binding: Binding): Promise<void> {
  const name = binding.metadata.name ?? '';
  const pods = context.registry.lookup('', 'v1', 'pods')!;
  const target: RequestScope = { ...scope, resource: pods, subresource: 'binding', subresourceInfo: undefined, name };
  await context.store.update(target, {
    createIfMissing: false,
    isAdmitted: true,
    ownsManagedFields: true,
    produce: (current) => {
      const pod = copyJson(current!) as Pod;
      const { uid, resourceVersion, annotations } = binding.metadata;
      if (uid) pod.metadata.uid = uid;
      if (resourceVersion) pod.metadata.resourceVersion = resourceVersion;
      const assigned = pod.spec?.nodeName;
      if (assigned && !(uid && uid !== current!.metadata.uid)) throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node ${JSON.stringify(assigned)}`);
      pod.spec = { ...pod.spec, nodeName: binding.target?.name ?? '' };
      if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations };
      const now = formatTime(new Date(context.clock.now()));
      const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
      pod.status = { ...pod.status, conditions: [...others, { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now }] };
      return pod;
    },
  });
}
