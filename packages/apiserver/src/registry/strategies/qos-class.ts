import { parseQuantity, type KubeObject } from '@kubewright/api';

import { isFields, listOf } from './pod-spec-defaults.js';

const COUNTED = ['cpu', 'memory'];

/** The quality of service of a pod, by what its containers ask for. */
export function qosClassOf(pod: KubeObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const { spec = {} } = pod as { spec?: Record<string, unknown> };
  const whole = isFields(spec.resources) && Object.keys(spec.resources).length > 0 ? [{ resources: spec.resources }] : undefined;
  const containers = whole ?? [...listOf(spec.containers), ...listOf(spec.initContainers)];
  let asksAny = false;
  let isGuaranteed = true;
  for (const { resources } of containers) {
    const { requests = {}, limits = {} } = (resources ?? {}) as { requests?: Record<string, string>; limits?: Record<string, string> };
    for (const name of COUNTED) {
      const [request, limit] = [requests[name], limits[name]];
      if (isPositive(request) || isPositive(limit)) asksAny = true;
      if (!isPositive(limit) || (request !== undefined && request !== limit)) isGuaranteed = false;
    }
  }
  if (!asksAny) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function isPositive(quantity: string | undefined): boolean {
  return quantity !== undefined && !/^[+-]?0*(\.0*)?[A-Za-z]*$/.test(quantity) && parseQuantity(quantity) !== undefined;
}
