import type { Random } from '@kubewright/platform';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin } from './admission.js';
import { persistentVolumeClaimResize } from './claim-resize.js';
import { defaultIngressClass, defaultStorageClass } from './default-class.js';
import { limitRanger } from './limit-ranger.js';
import { namespaceLifecycle } from './namespace-lifecycle.js';
import { podSecurity } from './pod-security/plugin.js';
import { defaultTolerationSeconds, priority } from './pod-defaults.js';
import { runtimeClass } from './runtime-class.js';
import { serviceAccountAdmission } from './service-account.js';

/** What a server runs unless it is told otherwise, in the order of the real one. */
export function defaultAdmissionPlugins(objects: ObjectSource, random: Random): AdmissionPlugin[] {
  return [
    namespaceLifecycle(objects), limitRanger(objects), serviceAccountAdmission(objects, random), podSecurity(objects), priority(objects), defaultTolerationSeconds,
    defaultStorageClass(objects), persistentVolumeClaimResize(objects), runtimeClass(objects), defaultIngressClass(objects),
  ];
}
