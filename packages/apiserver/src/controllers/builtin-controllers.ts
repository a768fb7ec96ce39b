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
import { replicaSetController } from './replicaset-controller.js';
import { statefulSetController } from './statefulset/statefulset-controller.js';

interface BuiltinController {
  /** Its name in kube-controller-manager. */
  readonly name: string;
  /** Older name of the same, still understood by `--controllers`. */
  readonly alias: string;
  /** Its ServiceAccount in kube-system; the role `system:controller:` + this says what it may do. */
  readonly account: string;
  readonly eventSource: string;
  readonly create: ControllerFactory;
}

const CONTROLLERS: readonly BuiltinController[] = [
  { name: 'namespace-controller', alias: 'namespace', account: 'namespace-controller', eventSource: 'namespace-controller', create: namespaceController },
  { name: 'serviceaccount-controller', alias: 'serviceaccount', account: 'service-account-controller', eventSource: 'serviceaccount-controller', create: serviceAccountController },
  { name: 'root-ca-certificate-publisher-controller', alias: 'root-ca-cert-publisher', account: 'root-ca-cert-publisher', eventSource: 'root-ca-cert-publisher', create: rootCertificatePublisher },
  { name: 'garbage-collector-controller', alias: 'garbagecollector', account: 'generic-garbage-collector', eventSource: 'garbage-collector-controller', create: garbageCollector },
  { name: 'clusterrole-aggregation-controller', alias: 'clusterrole-aggregation', account: 'clusterrole-aggregation-controller', eventSource: 'clusterrole-aggregation-controller', create: clusterRoleAggregationController },
  { name: 'deployment-controller', alias: 'deployment', account: 'deployment-controller', eventSource: 'deployment-controller', create: deploymentController },
  { name: 'replicaset-controller', alias: 'replicaset', account: 'replicaset-controller', eventSource: 'replicaset-controller', create: replicaSetController },
  { name: 'statefulset-controller', alias: 'statefulset', account: 'statefulset-controller', eventSource: 'statefulset-controller', create: statefulSetController },
  { name: 'endpoints-controller', alias: 'endpoint', account: 'endpoint-controller', eventSource: 'endpoint-controller', create: endpointsController },
  { name: 'endpointslice-controller', alias: 'endpointslice', account: 'endpointslice-controller', eventSource: 'endpoint-slice-controller', create: endpointSliceController },
];

/** Names that {@link selectControllers} understands. */
export const controllerNames: readonly string[] = CONTROLLERS.map(({ name }) => name);

/** The controllers to run. @throws TypeError for a name that is none; the message lists those that are */
export function selectControllers(wanted: 'all' | 'none' | readonly string[]): Component[] {
  if (wanted === 'none') return [];
  const chosen = wanted === 'all' ? CONTROLLERS : CONTROLLERS.filter(({ name, alias }) => wanted.some((given) => given === name || given === alias || `${given}-controller` === name));
  if (wanted !== 'all') {
    const unknown = wanted.filter((given) => !CONTROLLERS.some(({ name, alias }) => given === name || given === alias || `${given}-controller` === name));
    if (unknown.length > 0) throw new TypeError(`unknown controllers: ${unknown.join(', ')}; known are ${controllerNames.join(', ')}, and the words all and none`);
  }
  return chosen.map(({ name, account, eventSource, create }) => ({ name, eventSource, create, user: withGroup(serviceAccountUser('kube-system', account), AUTHENTICATED) }));
}
