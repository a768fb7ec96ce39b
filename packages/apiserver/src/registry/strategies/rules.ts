import type { Random } from '@kubewright/platform';

import type { KindRules } from '../builtin-strategy.js';
import type { ObjectSource } from '../../storage/object-source.js';
import { admissionPolicyBindingRules } from './admission-policy-binding.js';
import { admissionPolicyRules } from './admission-policy.js';
import { autoscalerRules } from './autoscaler.js';
import { configMapRules, secretRules } from './configuration.js';
import { daemonSetRules } from './daemonset.js';
import { deploymentRules } from './deployment.js';
import { coreEventRules, eventRules } from './event.js';
import { cronJobRules, jobRules } from './job.js';
import { limitRangeRules } from './limit-range.js';
import { namespaceRules } from './namespace.js';
import { podRules } from './pod.js';
import { bindingRules, roleRules } from './rbac.js';
import { replicaSetRules, replicationControllerRules } from './replicaset.js';
import { serviceRules } from './service.js';
import {
  claimRules, countedRules, endpointSliceRules, endpointsRules, leaseRules, networkPolicyRules, priorityClassRules, returningRules,
  storageClassRules, volumeRules,
} from './small-kinds.js';
import { statefulSetRules } from './statefulset.js';
import { webhookConfigurationRules } from './webhook-configuration.js';

const RBAC = 'rbac.authorization.k8s.io';

/** What single kinds add, by `group/plural`; kinds that are not named have nothing of their own. */
export function kindRules(objects: ObjectSource, random: Random, serviceRange?: string): Readonly<Record<string, KindRules>> {
  return {
    '/configmaps': configMapRules,
    '/endpoints': endpointsRules,
    '/events': coreEventRules,
    '/limitranges': limitRangeRules,
    '/namespaces': namespaceRules,
    '/persistentvolumeclaims': claimRules,
    '/persistentvolumes': volumeRules,
    '/pods': podRules,
    '/podtemplates': returningRules,
    '/replicationcontrollers': replicationControllerRules,
    '/resourcequotas': returningRules,
    '/secrets': secretRules,
    '/serviceaccounts': returningRules,
    '/services': serviceRules(objects, random, serviceRange),
    'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookConfigurationRules(true),
    'admissionregistration.k8s.io/mutatingadmissionpolicies': admissionPolicyRules(true),
    'admissionregistration.k8s.io/mutatingadmissionpolicybindings': admissionPolicyBindingRules(true),
    'admissionregistration.k8s.io/validatingadmissionpolicies': admissionPolicyRules(false),
    'admissionregistration.k8s.io/validatingadmissionpolicybindings': admissionPolicyBindingRules(false),
    'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookConfigurationRules(false),
    'apps/daemonsets': daemonSetRules,
    'apps/deployments': deploymentRules,
    'apps/replicasets': replicaSetRules,
    'apps/statefulsets': statefulSetRules,
    'autoscaling/horizontalpodautoscalers': autoscalerRules,
    'batch/cronjobs': cronJobRules,
    'batch/jobs': jobRules,
    'coordination.k8s.io/leases': leaseRules,
    'discovery.k8s.io/endpointslices': endpointSliceRules,
    'events.k8s.io/events': eventRules,
    'flowcontrol.apiserver.k8s.io/flowschemas': countedRules,
    'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': countedRules,
    'networking.k8s.io/ingressclasses': countedRules,
    'networking.k8s.io/ingresses': countedRules,
    'networking.k8s.io/networkpolicies': networkPolicyRules,
    'policy/poddisruptionbudgets': { ...countedRules, allowUnconditionalUpdate: false },
    [`${RBAC}/clusterrolebindings`]: bindingRules(false),
    [`${RBAC}/clusterroles`]: roleRules(false),
    [`${RBAC}/rolebindings`]: bindingRules(true),
    [`${RBAC}/roles`]: roleRules(true),
    'scheduling.k8s.io/priorityclasses': priorityClassRules,
    'storage.k8s.io/storageclasses': storageClassRules,
  };
}
