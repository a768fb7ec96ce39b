import { ApiError, badRequest, formatTime, notFound, selectsLabels, tooManyRequests, type DeleteOptions, type KubeObject, type LabelSelector } from '@kubewright/api';

import { deleteObject } from '../registry/deletion.js';
import { headerOf } from '../request/server-request.js';
import { copyJson } from '../storage/immutable.js';
import { admitCreate } from './admit-connection.js';
import type { ApiContext, ApiRequest, Handler } from './api-context.js';
import { readConnectionBody } from './connection-body.js';
import { encodeResponse } from './encode.js';
import { checkNamespace } from './identity.js';
import { negotiate } from './media-types.js';

interface Eviction extends KubeObject {
  deleteOptions?: DeleteOptions;
}

interface Budget extends KubeObject {
  spec?: { selector?: LabelSelector; unhealthyPodEvictionPolicy?: string };
  status?: { observedGeneration?: number; disruptionsAllowed?: number; currentHealthy?: number; desiredHealthy?: number; disruptedPods?: Record<string, string>; conditions?: unknown[] };
}

interface Pod extends KubeObject {
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";

/** POST of `pods/x/eviction`: a deletion that disruption budgets may refuse. */
export const handleEviction: Handler = async (context, request) => {
  const { http, scope } = request;
  const format = negotiate(headerOf(http, 'accept'), false, false, true);
  const eviction = await readConnectionBody<Eviction>(context, request);
  if (eviction.metadata.name && eviction.metadata.name !== scope.name) throw badRequest('name in URL does not match name in Eviction object');
  checkNamespace(scope, eviction);
  await admitCreate(context, scope, eviction);
  const pod = context.store.stored(scope);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, scope.name);
  const options = eviction.deleteOptions ?? {};
  const dryRun = scope.dryRun || (options.dryRun?.length ?? 0) > 0;
  const preconditionFails = options.preconditions?.uid !== undefined && options.preconditions.uid !== pod.metadata.uid;
  if (!preconditionFails && !isFreeToGo(pod)) await askBudget(context, request, pod, dryRun);
  await deleteObject(context.store, { ...scope, dryRun }, options, { isAdmitted: true });
  return encodeResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, format);
};

/** Pods that have ended, are ending or have not begun serve nobody. */
function isFreeToGo({ status, metadata }: Pod): boolean {
  return ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '') || metadata.deletionTimestamp !== undefined;
}

async function askBudget(context: ApiContext, { scope }: ApiRequest, pod: Pod, dryRun: boolean): Promise<void> {
  const budgets = [...context.storage.list('policy', 'poddisruptionbudgets', scope.namespace)].filter((budget) => {
    const { selector } = (budget as Budget).spec ?? {};
    return selector !== undefined && selectsLabels(selector, pod.metadata.labels);
  }) as Budget[];
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
  }
  const [budget] = budgets;
  if (!budget || isUnhealthyAndFree(pod, budget)) return;
  const name = budget.metadata.name ?? '';
  const resource = context.registry.lookup('policy', 'v1', 'poddisruptionbudgets')!;
  const status = resource.subresources.find((subresource) => subresource.name === 'status');
  await context.store.update({ ...scope, resource, name, subresource: 'status', subresourceInfo: status, dryRun }, {
    createIfMissing: false,
    unconditional: true,
    produce: (current) => takeOne(copyJson(current!), pod, formatTime(new Date(context.clock.now()))),
  });
}

/** A pod that is not ready is not what the budget protects, if it has enough others or says so. */
function isUnhealthyAndFree(pod: Pod, { spec, status = {} }: Budget): boolean {
  const isReady = pod.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  if (isReady) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status.currentHealthy ?? 0) >= (status.desiredHealthy ?? 0) && (status.desiredHealthy ?? 0) > 0;
}

function takeOne(budget: Budget, pod: Pod, now: string): Budget {
  const { metadata, status = {} } = budget;
  const { observedGeneration = 0, disruptionsAllowed = 0 } = status;
  const because = (message: string) => [{ reason: 'DisruptionBudget', message }];
  const name = metadata.name ?? '';
  if (observedGeneration < (metadata.generation ?? 0)) throw tooManyRequests(REFUSAL, 10, because(`The disruption budget ${name} is still being processed by the server.`));
  if (disruptionsAllowed <= 0) throw tooManyRequests(REFUSAL, 0, because(`The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`));
  const left = disruptionsAllowed - 1;
  const condition = { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '', observedGeneration, lastTransitionTime: now };
  budget.status = {
    ...status,
    disruptionsAllowed: left,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name ?? '']: now },
    ...(left === 0 && { conditions: [condition] }),
  };
  return budget;
}
