import { compareQuantities, deepEqual, type KubeObject } from '@kubewright/api';
import type { Pod, PodSpec } from '@kubewright/api/core/v1';
import type { RuntimeClass } from '@kubewright/api/node/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { refusal } from './refusal.js';

/** Pods of a runtime class take over what it costs and where it runs. */
export function runtimeClass(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    admit(request) {
      const spec = newPodSpec(request);
      const chosen = spec && chosenClass(request, spec, objects);
      if (!spec || !chosen) return;
      const { overhead, scheduling } = chosen;
      if (overhead?.podFixed) {
        if (spec.overhead && !sameAmounts(spec.overhead, overhead.podFixed)) throw refusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
        spec.overhead = { ...overhead.podFixed };
      }
      for (const [key, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
        const own = spec.nodeSelector?.[key];
        if (own !== undefined && own !== value) throw refusal(request, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
        spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
      }
      for (const toleration of scheduling?.tolerations ?? []) {
        if (!spec.tolerations?.some((known) => deepEqual(known, toleration))) (spec.tolerations ??= []).push({ ...toleration });
      }
    },
    validate(request) {
      const spec = newPodSpec(request);
      if (!spec) return;
      const defined = chosenClass(request, spec, objects)?.overhead?.podFixed;
      const given = spec.overhead && Object.keys(spec.overhead).length > 0;
      if (given && !defined) throw refusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
      if (defined && !sameAmounts(spec.overhead ?? {}, defined)) throw refusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    },
  };
}

function newPodSpec({ operation, resource, subresource, object }: AdmissionRequest): PodSpec | undefined {
  return operation === 'CREATE' && resource.group === '' && resource.plural === 'pods' && subresource === '' ? (object as KubeObject & Pod).spec : undefined;
}

function chosenClass(request: AdmissionRequest, { runtimeClassName: name }: PodSpec, objects: ObjectSource): RuntimeClass | undefined {
  if (!name) return undefined;
  const found = objects.get('node.k8s.io', 'runtimeclasses', '', name);
  if (!found) throw refusal(request, `pod rejected: RuntimeClass "${name}" not found`);
  return found as RuntimeClass;
}

function sameAmounts(a: Readonly<Record<string, string | number>>, b: Readonly<Record<string, string | number>>): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] !== undefined && b[name] !== undefined && compareQuantities(String(a[name]), String(b[name])) === 0);
}
