import type { KubeObject } from '@kubewright/api';
import type { Container, Pod, PodSpec, ServiceAccount, Volume, VolumeMount } from '@kubewright/api/core/v1';
import type { Random } from '@kubewright/platform';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { generatedSuffix } from './generated-suffix.js';
import { refusal } from './refusal.js';

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';

/** Pods run as a ServiceAccount that exists, and find its token, the cluster's CA and their namespace in a projected volume. */
export function serviceAccountAdmission(objects: ObjectSource, random: Random): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    admit(request) {
      const pod = createdPod(request);
      if (!pod?.spec || isMirror(pod)) return;
      pod.spec.serviceAccountName ||= 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const account = find(objects, request, pod.spec);
      if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod.spec, random);
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        pod.spec.imagePullSecrets = account.imagePullSecrets.map(({ name }) => ({ ...(name !== undefined && { name }) }));
      }
    },
    validate(request) {
      const pod = createdPod(request);
      if (!pod?.spec) return;
      if (isMirror(pod)) {
        if (pod.spec.serviceAccountName) throw refusal(request, 'a mirror pod may not reference service accounts');
        if (secretUses(pod.spec).length > 0) throw refusal(request, 'a mirror pod may not reference secrets');
        return;
      }
      const account = find(objects, request, pod.spec);
      if (account.metadata.annotations?.['kubernetes.io/enforce-mountable-secrets'] === 'true') checkMountable(request, pod.spec, account);
    },
  };
}

function createdPod(request: AdmissionRequest): Pod | undefined {
  const { group, plural } = request.resource;
  return request.operation === 'CREATE' && group === '' && plural === 'pods' && request.subresource === '' ? (request.object as (KubeObject & Pod) | undefined) : undefined;
}

function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}

function find(objects: ObjectSource, request: AdmissionRequest, spec: PodSpec): ServiceAccount {
  const name = spec.serviceAccountName ?? '';
  const account = objects.get('', 'serviceaccounts', request.namespace, name);
  if (!account) throw refusal(request, `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`);
  return account;
}

function mountToken(spec: PodSpec, random: Random): void {
  const present = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX))?.name;
  const name = present ?? unusedName(spec, random);
  const mount: VolumeMount = { name, readOnly: true, mountPath: TOKEN_PATH };
  let mounted = false;
  for (const container of containersOf(spec)) {
    // Who mounts something of their own there means it.
    if (container.volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH)) continue;
    (container.volumeMounts ??= []).push({ ...mount });
    mounted = true;
  }
  if (mounted && !present) (spec.volumes ??= []).push(tokenVolume(name));
}

function unusedName(spec: PodSpec, random: Random): string {
  for (;;) {
    const name = VOLUME_PREFIX + generatedSuffix(random);
    if (!spec.volumes?.some((volume) => volume.name === name)) return name;
  }
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode: 0o644,
    },
  };
}

function containersOf(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
}

/** One place that names a Secret: `text` as the refusal says it, up to the account. */
interface SecretUse {
  readonly secret: string;
  readonly text: string;
}

function secretUses(spec: PodSpec): SecretUse[] {
  const uses: SecretUse[] = [];
  for (const { secret } of spec.volumes ?? []) {
    if (secret?.secretName) uses.push({ secret: secret.secretName, text: `volume with secret.secretName=${JSON.stringify(secret.secretName)}` });
  }
  const variables = (kind: string, containers: readonly Container[] = []): void => {
    for (const container of containers) {
      for (const { name, valueFrom } of container.env ?? []) {
        const secret = valueFrom?.secretKeyRef?.name;
        if (secret) uses.push({ secret, text: `${kind} ${container.name} with envVar ${name} referencing secret.secretName=${JSON.stringify(secret)}` });
      }
    }
  };
  variables('init container', spec.initContainers);
  variables('container', spec.containers);
  return uses;
}

function checkMountable(request: AdmissionRequest, spec: PodSpec, account: ServiceAccount): void {
  const mountable = new Set(account.secrets?.map(({ name }) => name));
  const name = account.metadata.name;
  for (const { secret, text } of secretUses(spec)) {
    if (!mountable.has(secret)) throw refusal(request, `${text} is not allowed because service account ${name} does not reference that secret`);
  }
  const pullable = new Set(account.imagePullSecrets?.map((reference) => reference.name));
  for (const [index, { name: secret = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (pullable.has(secret)) continue;
    throw refusal(request, `imagePullSecrets[${index}].name=${JSON.stringify(secret)} is not allowed because service account ${name} does not reference that imagePullSecret`);
  }
}
