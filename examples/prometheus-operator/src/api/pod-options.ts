import type { Int32, Int64, MinLength, SetList } from '@kubewright/api';
import type { Affinity, LocalObjectReference, PodSecurityContext, ResourceRequirements, Toleration, Volume, VolumeMount } from '@kubewright/api/core/v1';

/** What the pods of a workload look like; shared by Prometheus, PrometheusAgent and Alertmanager. */
export interface PodOptions {
  /** Labels and annotations that every pod gets. */
  podMetadata?: PodMetadata;
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
  logLevel?: '' | 'debug' | 'info' | 'warn' | 'error';
  /** How the log is written. */
  logFormat?: '' | 'logfmt' | 'json';
  /** URL under which users reach the web interface. */
  externalUrl?: string;
  /** Prefix of all paths of the web interface. */
  routePrefix?: string;
  /** Labels that a node must have. */
  nodeSelector?: Record<string, string>;
  /** What each container may use and is promised. */
  resources?: ResourceRequirements;
  /** Name of the ServiceAccount under which the pods run. */
  serviceAccountName?: string;
  /** Whether the token of the ServiceAccount is mounted. */
  automountServiceAccountToken?: boolean;
  /** Where pods prefer or refuse to run. */
  affinity?: Affinity;
  /** Taints of nodes that pods put up with. */
  tolerations?: Toleration[];
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
  /**
   * Seconds that a pod must be ready before it counts as available.
   * @minimum 0
   */
  minReadySeconds?: Int32;
  /**
   * Seconds that a pod gets to end by itself.
   * @minimum 0
   */
  terminationGracePeriodSeconds?: Int64;
  /** Whether pods are started one after the other. */
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  /** Further volumes of the pod. */
  volumes?: Volume[];
  /** Further mounts of the main container. */
  volumeMounts?: VolumeMount[];
  /** Secrets of the namespace, mounted into the main container. */
  secrets?: SetList<string>;
  /** ConfigMaps of the namespace, mounted into the main container. */
  configMaps?: string[];
  /** Further command-line arguments of the main container. */
  additionalArgs?: Argument[];
  /** Uses the network of the node. */
  hostNetwork?: boolean;
}

/** Metadata of pods. */
export interface PodMetadata {
  /** Ignored for workloads whose pods get their names from a StatefulSet. */
  name?: string;
  /** Labels of the pods. */
  labels?: Record<string, string>;
  /** Annotations of the pods. */
  annotations?: Record<string, string>;
}

/** One command-line argument. */
export interface Argument {
  /** Without leading dashes. */
  name: MinLength<1>;
  /** Empty for a flag. */
  value?: string;
}
