import type { KubeObject } from '@kubewright/api';
import type { Pod, Toleration } from '@kubewright/api/core/v1';
import type { PriorityClass } from '@kubewright/api/scheduling/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { refusal } from './refusal.js';

/** How long a pod stays on a node that has stopped answering. */
const TOLERATION_SECONDS = 300;

/** Pods tolerate a node that is not ready or not reachable for five minutes, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  admit(request) {
    const pod = podOf(request);
    if (!pod?.spec) return;
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      const tolerated = pod.spec.tolerations?.some((toleration) => tolerates(toleration, key));
      if (!tolerated) (pod.spec.tolerations ??= []).push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATION_SECONDS });
    }
  },
};

/** A pod's priority is its class's; without a class that of the global default, or zero. */
export function priority(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'Priority',
    admit(request) {
      const pod = request.operation === 'CREATE' ? podOf(request) : undefined;
      if (!pod?.spec) return;
      const name = pod.spec.priorityClassName;
      const chosen = name ? (objects.get('scheduling.k8s.io', 'priorityclasses', '', name) as PriorityClass | undefined) : globalDefault(objects);
      if (name && !chosen) throw refusal(request, `no PriorityClass with name ${name} was found`);
      const value = chosen?.value ?? 0;
      const preemption = chosen?.preemptionPolicy ?? 'PreemptLowerPriority';
      if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
        throw refusal(request, `the integer value of priority (${pod.spec.priority}) ${computed(value)}`);
      }
      if (pod.spec.preemptionPolicy !== undefined && pod.spec.preemptionPolicy !== preemption) {
        throw refusal(request, `the string value of PreemptionPolicy (${pod.spec.preemptionPolicy}) ${computed(preemption)}`);
      }
      if (chosen?.metadata.name) pod.spec.priorityClassName = chosen.metadata.name;
      pod.spec.priority = value;
      pod.spec.preemptionPolicy = preemption;
    },
    validate(request) {
      const { group, plural } = request.resource;
      if (request.operation === 'DELETE' && group === 'scheduling.k8s.io' && plural === 'priorityclasses' && request.name.startsWith('system-')) {
        throw refusal(request, 'this is a system priority class and cannot be deleted');
      }
    },
  };
}

function computed(value: unknown): string {
  return `must not be provided in pod spec; priority admission controller computed ${String(value)} from the given PriorityClass name`;
}

function podOf(request: AdmissionRequest): Pod | undefined {
  const { group, plural } = request.resource;
  const writes = request.operation === 'CREATE' || request.operation === 'UPDATE';
  return writes && group === '' && plural === 'pods' && request.subresource === '' ? (request.object as (KubeObject & Pod) | undefined) : undefined;
}

function tolerates({ key, effect }: Toleration, wanted: string): boolean {
  return (!key || key === wanted) && (!effect || effect === 'NoExecute');
}

/** The lowest of several. */
function globalDefault(objects: ObjectSource): PriorityClass | undefined {
  let chosen: PriorityClass | undefined;
  for (const object of objects.list('scheduling.k8s.io', 'priorityclasses')) {
    const candidate = object as PriorityClass;
    if (candidate.globalDefault && (!chosen || (candidate.value ?? 0) < (chosen.value ?? 0))) chosen = candidate;
  }
  return chosen;
}
