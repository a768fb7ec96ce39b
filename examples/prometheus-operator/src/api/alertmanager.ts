import { CustomResource } from '@kubewright/api';

import type { AlertmanagerConfiguration } from './alertmanager-configuration.js';
import type { SafeTlsConfig } from './http/tls-config.js';
import type { WebConfig, WebTlsConfig } from './http/web-config.js';
import type { ImageParts } from './image-parts.js';
import type { ServerPodOptions } from './pod-options.js';
import type { ByteSize, GoDuration, UnsignedInt32 } from './scalars.js';
import type { LabelSelector } from './selectors.js';
import type { WorkloadStatus } from './workload-status.js';

/** An Alertmanager cluster. */
@CustomResource({
  group: 'monitoring.coreos.com',
  version: 'v1',
  shortNames: ['am'],
  categories: ['prometheus-operator'],
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' },
  printColumns: [
    { name: 'Version', path: '.spec.version' },
    { name: 'Replicas', path: '.spec.replicas' },
    { name: 'Ready', path: '.status.availableReplicas' },
    { name: 'Reconciled', path: ".status.conditions[?(@.type == 'Reconciled')].status" },
    { name: 'Available', path: ".status.conditions[?(@.type == 'Available')].status" },
    { name: 'Age', path: '.metadata.creationTimestamp' },
    { name: 'Paused', path: '.status.paused', priority: 1 },
  ],
})
export class Alertmanager {
  /** What is wanted. */
  spec!: AlertmanagerSpec;
  /** What is. */
  status?: AlertmanagerStatus;
}

/** What is wanted of an Alertmanager cluster. */
export interface AlertmanagerSpec extends ServerPodOptions, ImageParts {
  /** Secret with the configuration; `alertmanager-NAME` when absent. */
  configSecret?: string;
  /** An AlertmanagerConfig that is the whole configuration. */
  alertmanagerConfiguration?: AlertmanagerConfiguration;
  /** AlertmanagerConfigs that are merged into the configuration; none when absent. */
  alertmanagerConfigSelector?: LabelSelector;
  /** Namespaces in which AlertmanagerConfigs are looked for; the own one when absent. */
  alertmanagerConfigNamespaceSelector?: LabelSelector;
  /** Which alerts the routes of an AlertmanagerConfig apply to. */
  alertmanagerConfigMatcherStrategy?: AlertmanagerConfigMatcherStrategy;
  /**
   * How long silences and notifications are remembered.
   * @default 120h
   */
  retention?: GoDuration;
  /** Limits of silences. */
  limits?: AlertmanagerLimits;
  /** How the web interface is served. */
  web?: AlertmanagerWebSpec;
  /** TLS between the members of the cluster. */
  clusterTLS?: ClusterTlsConfig;
  /** Name of the cluster, which keeps members of different clusters apart. */
  clusterLabel?: string;
  /** Address that members tell each other. */
  clusterAdvertiseAddress?: string;
  /** Time between two gossip messages. */
  clusterGossipInterval?: GoDuration;
  /** Time between two exchanges of the whole state. */
  clusterPushpullInterval?: GoDuration;
  /** How long a member waits for those before it to send a notification. */
  clusterPeerTimeout?: GoDuration;
  /** Speaks the cluster protocol though there is one replica. */
  forceEnableClusterMode?: boolean;
  /** Peers outside of this object. */
  additionalPeers?: string[];
  /** Features of Alertmanager that are off by default. */
  enableFeatures?: string[];
}

/** Status of an Alertmanager cluster. */
export interface AlertmanagerStatus extends WorkloadStatus {
  /** Selects the pods, for autoscalers. */
  selector?: string;
}

/** Which alerts the routes of an AlertmanagerConfig apply to. */
export interface AlertmanagerConfigMatcherStrategy {
  /**
   * Whether alerts must come from the namespace of the AlertmanagerConfig.
   * @default OnNamespace
   */
  type?: 'OnNamespace' | 'OnNamespaceExceptForAlertmanagerNamespace' | 'None';
}

/** Limits of silences. */
export interface AlertmanagerLimits {
  /** How many silences there may be, expired ones too. */
  maxSilences?: UnsignedInt32;
  /** How large one silence may be. */
  maxPerSilenceBytes?: ByteSize;
}

/** How the web interface of Alertmanager is served. */
export interface AlertmanagerWebSpec extends WebConfig {
  /** How many GET requests are answered at a time. */
  getConcurrency?: UnsignedInt32;
  /** Seconds after which a request is given up. */
  timeout?: UnsignedInt32;
}

/** TLS between the members of a cluster. */
export interface ClusterTlsConfig {
  /** TLS of the side that accepts connections. */
  server: WebTlsConfig;
  /** TLS of the side that opens connections. */
  client: SafeTlsConfig;
}
