import { gzipSync } from 'node:zlib';

import type { Writable } from '@kubewright/runtime';
import type { Secret } from '@kubewright/api/core/v1';

import { configSecretName, thanosClientSecretName, tlsAssetsSecretName, webConfigSecretName } from '../names.js';
import type { OperatorConfig } from '../operator-config.js';
import { ownedMetadata, type PrometheusObject } from './metadata.js';
import { toYaml } from './yaml.js';

/** Holds the configuration, packed: the config reloader unpacks it and fills in what only the pod knows. */
export function configSecret(prometheus: PrometheusObject, config: OperatorConfig, content: object): Writable<typeof Secret> {
  return secret(prometheus, config, configSecretName(prometheus.metadata.name!), { 'prometheus.yaml.gz': gzipSync(toYaml(content)) });
}

/** Where no selector is set at all the configuration is the user's: the Secret is made empty, once, for the pods to mount. */
export function unmanagedConfigSecret(prometheus: PrometheusObject, config: OperatorConfig): Writable<typeof Secret> {
  return secret(prometheus, config, configSecretName(prometheus.metadata.name!), { 'prometheus.yaml.gz': Buffer.alloc(0) });
}

/** Certificates and keys that the configuration names; there is always a first Secret, since the pods mount it. */
export function tlsAssetsSecret(prometheus: PrometheusObject, config: OperatorConfig): Writable<typeof Secret> {
  return secret(prometheus, config, tlsAssetsSecretName(prometheus.metadata.name!, 0), {});
}

/** Settings of the web interface; empty where none are wanted. */
export function webConfigSecret(prometheus: PrometheusObject, config: OperatorConfig): Writable<typeof Secret> {
  return secret(prometheus, config, webConfigSecretName(prometheus.metadata.name!), { 'web-config.yaml': Buffer.alloc(0) });
}

/** How a Thanos sidecar talks to its Prometheus; written with and without one, as upstream does. */
export function thanosClientSecret(prometheus: PrometheusObject, config: OperatorConfig): Writable<typeof Secret> {
  const content = Buffer.from(toYaml({ tls_config: { insecure_skip_verify: true } }));
  return secret(prometheus, config, thanosClientSecretName(prometheus.metadata.name!), { 'prometheus.http-client-file.yaml': content });
}

function secret(prometheus: PrometheusObject, config: OperatorConfig, name: string, files: Record<string, Buffer>): Writable<typeof Secret> {
  const data = Object.fromEntries(Object.entries(files).map(([key, content]) => [key, content.toString('base64')]));
  return { metadata: ownedMetadata(prometheus, config, name), data };
}
