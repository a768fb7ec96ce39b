import type { Random } from '@kubewright/platform';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin } from './admission.js';
import { namespaceLifecycle } from './namespace-lifecycle.js';
import { defaultTolerationSeconds, priority } from './pod-defaults.js';
import { serviceAccountAdmission } from './service-account.js';
import { uncalledConfigurations } from './uncalled-configurations.js';

/** What a server runs unless it is told otherwise, in the order of the real one. */
export function defaultAdmissionPlugins(objects: ObjectSource, random: Random): AdmissionPlugin[] {
  return [namespaceLifecycle(objects), serviceAccountAdmission(objects, random), defaultTolerationSeconds, priority(objects), uncalledConfigurations];
}
