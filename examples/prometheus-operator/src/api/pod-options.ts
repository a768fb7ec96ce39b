import type { Int32, MapList } from '@kubewright/api';
import type { StatefulSetPersistentVolumeClaimRetentionPolicy } from '@kubewright/api/apps/v1';
import type {
  Affinity, Container, LocalObjectReference, PodSecurityContext, ResourceRequirements, Toleration, TopologySpreadConstraint, Volume, VolumeMount,
} from '@kubewright/api/core/v1';

import type { EmbeddedMetadata } from './embedded-metadata.js';
import type { HostAlias, PodDnsConfig } from './pod-network.js';
import type { NonEmptyString, UnsignedInt32, UnsignedInt64 } from './scalars.js';
import type { StorageSpec } from './storage-spec.js';
import type { StatefulSetUpdateStrategy } from './update-strategy.js';

/** What the pods of a workload look like; shared by Prometheus, PrometheusAgent, Alertmanager and ThanosRuler. */
export interface PodOptions {
  /** Labels and annotations that every pod gets. */
  podMetadata?: EmbeddedMetadata;
  /** Runs this version; the image's tag follows from it. */
  version?: string;
  /** Leaves everything that belongs to the object as it is, for as long as it is true. */
  paused?: boolean;
  /** Complete reference of the image; it wins over the version. */
  image?: string;
  /** When the image is pulled. */
  imagePullPolicy?: '' | 'Always' | 'Never' | 'IfNotPresent';
  /** Secrets with the credentials of the registry. */
  imagePullSecrets?: LocalObjectReference[];
  /** How many pods are wanted (for each shard). */
  replicas?: Int32;
  /** How detailed the log is. */
  logLevel?: LogLevel;
  /** How the log is written. */
  logFormat?: LogFormat;
  /** Prefix of all paths of the web interface. */
  routePrefix?: string;
  /** Labels that a node must have. */
  nodeSelector?: Record<string, string>;
  /** What each container may use and is promised. */
  resources?: ResourceRequirements;
  /** Name of the ServiceAccount under which the pods run. */
  serviceAccountName?: string;
  /** Name of a Service that governs the StatefulSet instead of the one that is made. */
  serviceName?: NonEmptyString;
  /** Where pods prefer or refuse to run. */
  affinity?: Affinity;
  /** Taints of nodes that pods put up with. */
  tolerations?: Toleration[];
  /** How pods are spread over zones, nodes and the like. */
  topologySpreadConstraints?: TopologySpreadConstraint[];
  /** Scheduler that places the pods; the cluster's own when absent. */
  schedulerName?: NonEmptyString;
  /** Security settings of the pod. */
  securityContext?: PodSecurityContext;
  /** How urgent the pods are. */
  priorityClassName?: string;
  /**
   * Name of the port on pods and Service.
   * @default web
   */
  portName?: string;
  /** Listens on the loopback interface only. */
  listenLocal?: boolean;
  /** Seconds that a pod must be ready before it counts as available. */
  minReadySeconds?: UnsignedInt32;
  /** Seconds that a pod gets to end by itself. */
  terminationGracePeriodSeconds?: UnsignedInt64;
  /** Whether pods are started one after the other. */
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  /** How pods get a new template. */
  updateStrategy?: StatefulSetUpdateStrategy;
  /** Where the data is kept; on an emptyDir when absent. */
  storage?: StorageSpec;
  /** Further volumes of the pod. */
  volumes?: Volume[];
  /** Further mounts of the main container. */
  volumeMounts?: VolumeMount[];
  /** Further containers; one with the name of a generated container is merged into it. */
  containers?: Container[];
  /** Further init containers; one with the name of a generated container is merged into it. */
  initContainers?: Container[];
  /** Further command-line arguments of the main container. */
  additionalArgs?: Argument[];
  /** Where the pods look names up. */
  dnsPolicy?: 'ClusterFirstWithHostNet' | 'ClusterFirst' | 'Default' | 'None';
  /** Settings of name look-ups besides those of the policy. */
  dnsConfig?: PodDnsConfig;
  /** Lines that are added to the hosts file of the pods. */
  hostAliases?: MapList<HostAlias, 'ip'>;
  /** Runs the pods in the user namespace of the node. */
  hostUsers?: boolean;
  /** Whether pods get the Services of their namespace as environment variables. */
  enableServiceLinks?: boolean;
}

/** How detailed a log is; empty for the program's own choice. */
export type LogLevel = '' | 'debug' | 'info' | 'warn' | 'error';

/** How a log is written; empty for the program's own choice. */
export type LogFormat = '' | 'logfmt' | 'json';

/** Further settings of pods that Prometheus and Alertmanager have in common. */
export interface ServerPodOptions extends PodOptions {
  /** URL under which users reach the web interface. */
  externalUrl?: string;
  /** Whether the token of the ServiceAccount is mounted. */
  automountServiceAccountToken?: boolean;
  /** Secrets of the namespace, mounted into the main container. */
  secrets?: string[];
  /** ConfigMaps of the namespace, mounted into the main container. */
  configMaps?: string[];
  /** Uses the network of the node. */
  hostNetwork?: boolean;
  /** What happens to the claims when the StatefulSet shrinks or goes. */
  persistentVolumeClaimRetentionPolicy?: StatefulSetPersistentVolumeClaimRetentionPolicy;
}

/** One command-line argument. */
export interface Argument {
  /** Without leading dashes. */
  name: NonEmptyString;
  /** Empty for a flag. */
  value?: string;
}
