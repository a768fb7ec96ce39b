import { deepEqual, type FieldError } from '@kubewright/api';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { forbiddenField } from './field-checks.js';
import { defaultPodSpec, isFields, listOf } from './pod-spec-defaults.js';
import { validatePodSpec } from './pod-spec-validation.js';
import { qosClassOf } from './qos-class.js';
import { specOf } from './workload.js';

/** v1 Pod. */
export const podRules: KindRules = {
  hasGeneration: true,
  returnsDeletedObject: true,
  defaults(object) {
    const spec = specOf(object);
    spec.enableServiceLinks ??= true;
    defaultPodSpec(spec);
    // The single address and the list of addresses tell the same; where they do not, the single one counts.
    const status = isFields(object.status) ? object.status : {};
    if (status.podIP && listOf(status.podIPs)[0]?.ip !== status.podIP) status.podIPs = [{ ip: status.podIP }];
    else if (!status.podIP && listOf(status.podIPs).length > 0) status.podIP = listOf(status.podIPs)[0]!.ip;
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending', qosClass: qosClassOf(object) };
    if (listOf(specOf(object).schedulingGates).length > 0) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates';
      const { creationTimestamp = null } = object.metadata;
      object.status = { ...(object.status as object), conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message, lastProbeTime: null, lastTransitionTime: creationTimestamp }] };
    }
  },
  prepareForUpdate(object, old, subresource) {
    if (subresource === 'status') {
      const status = (isFields(object.status) ? object.status : {}) as Record<string, unknown>;
      status.qosClass ??= (old.status as Record<string, unknown> | undefined)?.qosClass;
      object.status = status;
    }
    if (subresource === 'ephemeralcontainers') {
      const { ephemeralContainers } = specOf(object);
      object.spec = { ...(old.spec as object), ...(ephemeralContainers !== undefined && { ephemeralContainers }) };
    }
    if (subresource === 'resize') object.spec = { ...(old.spec as object), containers: resized(specOf(object).containers, specOf({ ...old }).containers) };
  },
  // The kubelet ends what it runs; a pod that runs nowhere, or no more, goes at once.
  gracePeriod(object, requested) {
    const { spec = {}, status = {} } = object as { spec?: { nodeName?: string; terminationGracePeriodSeconds?: number }; status?: { phase?: string } };
    if (!spec.nodeName || status.phase === 'Succeeded' || status.phase === 'Failed') return 0;
    const period = requested ?? spec.terminationGracePeriodSeconds ?? 30;
    return period < 0 ? 1 : period;
  },
  validate: (object) => validatePodSpec(specOf(object), 'spec'),
  validateUpdate(object, old, subresource) {
    if (subresource === 'status') return [];
    return [...validatePodSpec(specOf(object), 'spec'), ...(subresource === '' ? validateSpecUpdate(object, old) : [])];
  },
};

/** The old containers with the resources and resize policies of the new ones. */
function resized(containers: unknown, before: unknown): unknown {
  const wanted = new Map(listOf(containers).map((container) => [container.name, container]));
  return listOf(before).map((container) => {
    const { resources = container.resources, resizePolicy = container.resizePolicy } = wanted.get(container.name) ?? {};
    return { ...container, ...(resources !== undefined && { resources }), ...(resizePolicy !== undefined && { resizePolicy }) };
  });
}

/** Of a running pod only images, the deadline, tolerations and a few more can change. */
function validateSpecUpdate(object: Fields, old: Fields): FieldError[] {
  if (deepEqual(comparable(object, old), comparable(old, old))) return [];
  const allowed = '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [forbiddenField('spec', `pod updates may not change fields other than ${allowed}`)];
}

function comparable(object: Fields, old: Fields): unknown {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, schedulingGates: _gates, nodeSelector, affinity, ...spec } = specOf({ ...object });
  const isGated = listOf(specOf({ ...old }).schedulingGates).length > 0;
  const withoutImages = (containers: unknown): unknown => listOf(containers).map(({ image: _image, ...container }) => container);
  return {
    ...spec,
    containers: withoutImages(spec.containers),
    initContainers: withoutImages(spec.initContainers),
    ...(!isGated && { nodeSelector: nodeSelector ?? null, affinity: affinity ?? null }),
  };
}
