import type { PersistentVolumeClaim, Volume, VolumeMount } from '@kubewright/api/core/v1';

import { configSecretName, databaseVolumeName, tlsAssetsSecretName, webConfigSecretName } from '../../names.js';
import type { PrometheusObject } from '../metadata.js';

/** Volumes of the pod and where each container sees them. */
export interface PodVolumes {
  readonly volumes: Volume[];
  readonly prometheusMounts: VolumeMount[];
  readonly reloaderMounts: VolumeMount[];
  /** Folders with rules, for the reloader to watch. */
  readonly ruleDirectories: string[];
  /** The claim that each pod gets, where the data outlives it. */
  readonly claimTemplates: PersistentVolumeClaim[];
}

/** Volumes in upstream's order; the order decides whether a StatefulSet counts as changed. */
export function podVolumes(prometheus: PrometheusObject, ruleConfigMaps: readonly string[], tlsSecrets = 1): PodVolumes {
  const { spec } = prometheus;
  const name = prometheus.metadata.name!;
  const database = databaseVolume(prometheus);
  const ruleMounts = ruleConfigMaps.map((configMap): VolumeMount => ({ name: configMap, mountPath: `/etc/prometheus/rules/${configMap}` }));
  const secrets = (spec.secrets ?? []).map((secret) => ({ secret, volume: volumeName(`secret-${secret}`) }));
  const configMaps = (spec.configMaps ?? []).map((configMap) => ({ configMap, volume: volumeName(`configmap-${configMap}`) }));
  return {
    volumes: [
      { name: 'config', secret: { secretName: configSecretName(name) } },
      { name: 'tls-assets', projected: { sources: Array.from({ length: tlsSecrets }, (_, index) => ({ secret: { name: tlsAssetsSecretName(name, index) } })) } },
      { name: 'config-out', emptyDir: { medium: 'Memory' } },
      ...secrets.map(({ secret, volume }) => ({ name: volume, secret: { secretName: secret } })),
      ...configMaps.map(({ configMap, volume }) => ({ name: volume, configMap: { name: configMap } })),
      ...ruleConfigMaps.map((configMap) => ({ name: configMap, configMap: { name: configMap, optional: true } })),
      { name: 'web-config', secret: { secretName: webConfigSecretName(name) } },
      ...(database.volume ? [database.volume] : []),
      ...(spec.volumes ?? []),
    ],
    prometheusMounts: [
      { name: 'config-out', mountPath: '/etc/prometheus/config_out', readOnly: true },
      { name: 'tls-assets', mountPath: '/etc/prometheus/certs', readOnly: true },
      { name: database.name, mountPath: '/prometheus', ...(database.subPath && { subPath: database.subPath }) },
      ...(spec.volumeMounts ?? []),
      ...secrets.map(({ secret, volume }) => ({ name: volume, mountPath: `/etc/prometheus/secrets/${secret}`, readOnly: true })),
      ...configMaps.map(({ configMap, volume }) => ({ name: volume, mountPath: `/etc/prometheus/configmaps/${configMap}`, readOnly: true })),
      ...ruleMounts.map((mount) => ({ ...mount, readOnly: true })),
      { name: 'web-config', mountPath: '/etc/prometheus/web_config/web-config.yaml', subPath: 'web-config.yaml', readOnly: true },
    ],
    reloaderMounts: [{ name: 'config', mountPath: '/etc/prometheus/config' }, { name: 'config-out', mountPath: '/etc/prometheus/config_out' }, ...ruleMounts],
    ruleDirectories: ruleMounts.map(({ mountPath }) => mountPath),
    claimTemplates: database.claim ? [database.claim] : [],
  };
}

interface DatabaseVolume {
  readonly name: string;
  readonly volume?: Volume;
  readonly claim?: PersistentVolumeClaim;
  readonly subPath?: string;
}

/** emptyDir wins over ephemeral, and that over a claim; without `storage` it is a plain emptyDir. */
function databaseVolume({ spec, metadata }: PrometheusObject): DatabaseVolume {
  const name = databaseVolumeName(metadata.name!);
  const { storage } = spec;
  if (!storage) return { name, volume: { name, emptyDir: {} } };
  const subPath = storage.disableMountSubPath ? {} : { subPath: 'prometheus-db' };
  if (storage.emptyDir) return { name, volume: { name, emptyDir: storage.emptyDir }, ...subPath };
  if (storage.ephemeral) return { name, volume: { name, ephemeral: storage.ephemeral }, ...subPath };
  const template = storage.volumeClaimTemplate ?? {};
  const claimName = template.metadata?.name || name;
  const claim: PersistentVolumeClaim = {
    metadata: { name: claimName, ...(template.metadata?.labels && { labels: template.metadata.labels }), ...(template.metadata?.annotations && { annotations: template.metadata.annotations }) },
    spec: { ...template.spec, accessModes: template.spec?.accessModes?.length ? template.spec.accessModes : ['ReadWriteOnce'] },
    status: {},
  };
  return { name: claimName, claim, ...subPath };
}

/** A DNS label: lower case, other characters become dashes, at most 63. */
function volumeName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-').slice(0, 63).replace(/-+$/, '');
}
