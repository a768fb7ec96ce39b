import { deepEqual, isAlreadyExists, isForbidden, isNotFound, type KubeObject } from '@kubewright/api';
import { ConfigMap, Namespace, ServiceAccount } from '@kubewright/api/core/v1';

import type { ControllerContext } from './controller.js';
import type { ObjectWatch } from './object-watch.js';

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION = 'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Every namespace has a ServiceAccount `default`, from its first moment on and again when somebody deletes it. */
export function serviceAccountController(context: ControllerContext): void {
  const accounts = context.watch(ServiceAccount);
  inEachNamespace(context, accounts, 'default', async (namespace, present) => {
    if (present) return;
    await created(() => context.client.create<ServiceAccount>(ServiceAccount, namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }), accounts);
  });
}

/** Every namespace has the certificate authority of the API server in a ConfigMap that pods mount, and its data are put right. */
export function rootCertificatePublisher(context: ControllerContext): void {
  const maps = context.watch(ConfigMap);
  const data = { 'ca.crt': context.certificateAuthority() };
  inEachNamespace(context, maps, ROOT_CA, async (namespace, present) => {
    const annotations = { 'kubernetes.io/description': DESCRIPTION };
    if (!present) {
      await created(() => context.client.create<ConfigMap>(ConfigMap, namespace, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: ROOT_CA, namespace, annotations }, data }), maps);
    } else if (!deepEqual(present.data, data) || present.metadata.annotations?.['kubernetes.io/description'] !== DESCRIPTION) {
      const metadata = { ...present.metadata, annotations: { ...present.metadata.annotations, ...annotations } };
      maps.learn(await context.client.update(ConfigMap, { ...present, metadata, data }));
    }
  });
}

function inEachNamespace<T extends KubeObject>(context: ControllerContext, watch: ObjectWatch<T>, name: string, ensure: (namespace: string, present: T | undefined) => Promise<void>): void {
  const namespaces = context.watch(Namespace);
  const loop = context.loop(async (key) => {
    const namespace = namespaces.get('', key);
    if (!namespace || namespace.metadata.deletionTimestamp) return;
    await ensure(key, watch.get(key, name));
  });
  namespaces.onChange(({ object }) => {
    if (object) loop.add(object.metadata.name ?? '');
  });
  watch.onChange(({ old, object }) => {
    const { metadata } = (object ?? old)!;
    if (metadata.name === name) loop.add(metadata.namespace ?? '');
  });
}

/** The namespace may begin to go while we write; somebody may have been faster. */
async function created<T extends KubeObject>(create: () => Promise<T>, watch: ObjectWatch<T>): Promise<void> {
  try {
    watch.learn(await create());
  } catch (error) {
    const isTerminating = isForbidden(error) && error.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating');
    if (!isAlreadyExists(error) && !isNotFound(error) && !isTerminating) throw error;
  }
}
