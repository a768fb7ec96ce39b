import type { Int32, MapList, SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { ApiServerConfig } from './api-server-config.js';
import type { EnforcedLimits } from './enforced-limits.js';
import type { OtlpConfig } from './otlp-config.js';
import type { ServerPodOptions } from './pod-options.js';
import type { ScrapedObjects } from './prometheus-scraped-objects.js';
import type { RemoteWriteMessageVersion, RemoteWriteSpec } from './remote-write.js';
import type { ByteSize, NameEscapingScheme, NameValidationScheme, NonEmptyString, PrometheusDuration, ServiceDiscoveryRole } from './scalars.js';
import type { ScrapeClass } from './scrape-class.js';
import type { ScrapeLimits } from './scrape-limits.js';
import type { HistogramOptions, ScrapeProtocol } from './scrape-protocol.js';
import type { ShardingStrategy, ShardTopologySpreadConstraint } from './sharding.js';
import type { TracingConfig } from './tracing-config.js';
import type { PrometheusWebSpec, RuntimeConfig, TsdbSpec } from './tsdb-spec.js';

/**
 * What Prometheus and its agent have in common.
 * @validation {
 *   "rule": "!has(self.shardingStrategy) || !has(self.shardingStrategy.mode) || self.shardingStrategy.mode != 'Topology' || !has(self.shardingStrategy.topology) || !has(self.shardingStrategy.topology.values) || self.shardingStrategy.topology.values.size() == 0 || (has(self.shards) ? self.shards : 1) >= self.shardingStrategy.topology.values.size()",
 *   "message": "shards must be greater than or equal to the number of topology values when sharding strategy mode is Topology"
 * }
 */
export interface CommonPrometheusFields extends ServerPodOptions, ScrapeLimits, HistogramOptions, ScrapedObjects, EnforcedLimits {
  /**
   * Among how many StatefulSets the targets are divided.
   * @default 1
   */
  shards?: Int32;
  /** How the targets are divided among the shards. */
  shardingStrategy?: ShardingStrategy;
  /** Name of the label that tells replicas apart; empty for none. */
  replicaExternalLabelName?: string;
  /** Name of the label that names this object; empty for none. */
  prometheusExternalLabelName?: string;
  /** Labels added to everything that leaves Prometheus. */
  externalLabels?: Record<string, string>;
  /**
   * Time between two scrapes.
   * @default 30s
   */
  scrapeInterval?: PrometheusDuration;
  /** Time after which a scrape is given up. */
  scrapeTimeout?: PrometheusDuration;
  /** Formats to ask targets for, the preferred one first. */
  scrapeProtocols?: SetList<ScrapeProtocol>;
  /** Named sets of settings that monitors can choose from. */
  scrapeClasses?: MapList<ScrapeClass, 'name'>;
  /** File that failed scrapes are logged to; a bare name is put on a volume of its own. */
  scrapeFailureLogFile?: NonEmptyString;
  /** Size of an uncompressed answer for monitors that set none; a scrape with a greater one fails. */
  bodySizeLimit?: ByteSize;
  /** The key of a Secret with scrape configurations that are added as they are. */
  additionalScrapeConfigs?: SecretKeySelector;
  /** Which names of metrics and labels are accepted. */
  nameValidationScheme?: NameValidationScheme;
  /** How names are asked for when targets are scraped. */
  nameEscapingScheme?: NameEscapingScheme;
  /** Accepts samples by remote write. */
  enableRemoteWriteReceiver?: boolean;
  /**
   * Versions of remote write that are accepted.
   * @minItems 1
   */
  remoteWriteReceiverMessageVersions?: SetList<RemoteWriteMessageVersion>;
  /** Accepts metrics by OTLP. */
  enableOTLPReceiver?: boolean;
  /** How metrics that come by OTLP are translated. */
  otlp?: OtlpConfig;
  /** Where samples are sent. */
  remoteWrite?: RemoteWriteSpec[];
  /** Features of Prometheus that are off by default. */
  enableFeatures?: SetList<NonEmptyString>;
  /** Secrets of the namespace, mounted into the main container. */
  secrets?: SetList<string>;
  /** How pods are spread over zones, nodes and the like. */
  topologySpreadConstraints?: ShardTopologySpreadConstraint[];
  /** Compresses the write-ahead log. */
  walCompression?: boolean;
  /** Settings of the database. */
  tsdb?: TsdbSpec;
  /** Settings of Go's runtime. */
  runtime?: RuntimeConfig;
  /** Where traces of Prometheus itself are sent. */
  tracingConfig?: TracingConfig;
  /** How the web interface is served. */
  web?: PrometheusWebSpec;
  /** How the API server is reached; as a pod reaches it when absent. */
  apiserverConfig?: ApiServerConfig;
  /** How Prometheus is told of a new configuration. */
  reloadStrategy?: 'HTTP' | 'ProcessSignal';
  /**
   * Seconds that the start may take before the pod is restarted.
   * @minimum 60
   */
  maximumStartupDurationSeconds?: Int32;
  /** Objects by which endpoints are found. */
  serviceDiscoveryRole?: ServiceDiscoveryRole;
}
