import { AUTHENTICATED, serviceAccountUser, withGroup } from '../authn/user-info.js';
import { clusterRoleAggregationController } from './aggregation-controller.js';
import type { ControllerFactory } from './controller.js';
import type { Component } from './controller-manager.js';
import { deploymentController } from './deployment/deployment-controller.js';
import { endpointsController } from './endpoints/endpoints-controller.js';
import { endpointSliceController } from './endpoints/endpointslice-controller.js';
import { garbageCollector } from './garbagecollector/garbage-collector.js';
import { namespaceController } from './namespace-controller.js';
import { rootCertificatePublisher, serviceAccountController } from './namespace-defaults.js';
import { policyStatusController } from './policy-status/policy-status-controller.js';
import { replicaSetController } from './replicaset-controller.js';
import { statefulSetController } from './statefulset/statefulset-controller.js';

/**
 * Its name in kube-controller-manager; the older name, still understood by `--controllers`; its ServiceAccount in kube-system, whose role is
 * `system:controller:` and this; the source of its Events.
 */
type BuiltinController = readonly [name: string, alias: string, account: string, eventSource: string, create: ControllerFactory];

const CONTROLLERS: readonly BuiltinController[] = [
  ['namespace-controller', 'namespace', 'namespace-controller', 'namespace-controller', namespaceController],
  ['serviceaccount-controller', 'serviceaccount', 'service-account-controller', 'serviceaccount-controller', serviceAccountController],
  ['root-ca-certificate-publisher-controller', 'root-ca-cert-publisher', 'root-ca-cert-publisher', 'root-ca-cert-publisher', rootCertificatePublisher],
  ['garbage-collector-controller', 'garbagecollector', 'generic-garbage-collector', 'garbage-collector-controller', garbageCollector],
  ['clusterrole-aggregation-controller', 'clusterrole-aggregation', 'clusterrole-aggregation-controller', 'clusterrole-aggregation-controller', clusterRoleAggregationController],
  ['validatingadmissionpolicy-status-controller', 'validatingadmissionpolicy-status', 'validatingadmissionpolicy-status-controller', 'validatingadmissionpolicy-status-controller', policyStatusController],
  ['deployment-controller', 'deployment', 'deployment-controller', 'deployment-controller', deploymentController],
  ['replicaset-controller', 'replicaset', 'replicaset-controller', 'replicaset-controller', replicaSetController],
  ['statefulset-controller', 'statefulset', 'statefulset-controller', 'statefulset-controller', statefulSetController],
  ['endpoints-controller', 'endpoint', 'endpoint-controller', 'endpoint-controller', endpointsController],
  ['endpointslice-controller', 'endpointslice', 'endpointslice-controller', 'endpoint-slice-controller', endpointSliceController],
];

/** Names that {@link selectControllers} understands. */
export const controllerNames: readonly string[] = CONTROLLERS.map(([name]) => name);

/** The controllers to run. @throws TypeError for a name that is none; the message lists those that are */
export function selectControllers(wanted: 'all' | 'none' | readonly string[]): Component[] {
  if (wanted === 'none') return [];
  const isNamed = (given: string, [name, alias]: BuiltinController): boolean => given === name || given === alias || `${given}-controller` === name;
  const unknown = wanted === 'all' ? [] : wanted.filter((given) => !CONTROLLERS.some((controller) => isNamed(given, controller)));
  if (unknown.length > 0) throw new TypeError(`unknown controllers: ${unknown.join(', ')}; known are ${controllerNames.join(', ')}, and the words all and none`);
  const chosen = wanted === 'all' ? CONTROLLERS : CONTROLLERS.filter((controller) => wanted.some((given) => isNamed(given, controller)));
  return chosen.map(([name, , account, eventSource, create]) => {
    const user = withGroup(serviceAccountUser('kube-system', account), AUTHENTICATED);
    return { name, eventSource, create, user };
  });
}
