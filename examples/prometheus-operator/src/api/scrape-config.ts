import { CustomResource, type SetList } from '@kubewright/api';

import type { ConfigResourceStatus } from './binding-status.js';
import type { EC2SDConfig, LightSailSDConfig } from './discovery/aws.js';
import type { AzureSDConfig } from './discovery/azure.js';
import type {
  DigitalOceanSDConfig, GceSDConfig, HetznerSDConfig, IonosSDConfig, LinodeSDConfig, OVHCloudSDConfig, ScalewaySDConfig,
} from './discovery/clouds.js';
import type { ConsulSDConfig } from './discovery/consul.js';
import type { DockerSDConfig, DockerSwarmSDConfig } from './discovery/docker.js';
import type { KubernetesSDConfig } from './discovery/kubernetes.js';
import type { OpenStackSDConfig } from './discovery/openstack.js';
import type { EurekaSDConfig, KumaSDConfig, NomadSDConfig, PuppetDBSDConfig } from './discovery/registries.js';
import type { DnsSDConfig, FileSDConfig, HttpSDConfig, StaticConfig } from './discovery/static-sources.js';
import type { SafeAuthorization } from './http/authorization.js';
import type { BasicAuth } from './http/basic-auth.js';
import type { OAuth2 } from './http/oauth2.js';
import type { ProxyConfig } from './http/proxy-config.js';
import type { SafeTlsConfig } from './http/tls-config.js';
import type { RelabelConfig } from './relabel-config.js';
import type { ByteSize, NameEscapingScheme, NameValidationScheme, NonEmptyString, PrometheusDuration, Scheme } from './scalars.js';
import type { MonitorScrapeOptions, ScrapeProtocol } from './scrape-protocol.js';

/** A scrape job with any of Prometheus' ways to discover targets. */
@CustomResource({ group: 'monitoring.coreos.com', version: 'v1alpha1', shortNames: ['scfg'], categories: ['prometheus-operator'] })
export class ScrapeConfig {
  /** What is scraped. */
  spec!: ScrapeConfigSpec;
  /** Which workloads scrape it. */
  status?: ConfigResourceStatus;
}

/**
 * What is scraped, and how.
 * @validation {
 *   "rule": "[has(self.basicAuth), has(self.authorization), has(self.oauth2)].filter(x, x).size() <= 1",
 *   "message": "at most one of basicAuth, authorization, or oauth2 can be configured"
 * }
 */
export interface ScrapeConfigSpec extends MonitorScrapeOptions, ProxyConfig, TargetDiscovery {
  /** Value of the `job` label; the name of the object when absent. */
  jobName?: NonEmptyString;
  /** Scheme of the URL. */
  scheme?: Scheme;
  /** Path of the metrics; `/metrics` when absent. */
  metricsPath?: NonEmptyString;
  /**
   * Parameters of the URL.
   * @mapType atomic
   */
  params?: Record<string, string[]>;
  /** Time between two scrapes; that of the Prometheus when absent. */
  scrapeInterval?: PrometheusDuration;
  /** Time after which a scrape is given up. */
  scrapeTimeout?: PrometheusDuration;
  /**
   * Formats to ask for, the preferred one first.
   * @minItems 1
   */
  scrapeProtocols?: SetList<ScrapeProtocol>;
  /** Timestamps of the target are kept. */
  honorTimestamps?: boolean;
  /** Labels of the target win over ours. */
  honorLabels?: boolean;
  /** Marks series as stale though they carry timestamps. */
  trackTimestampsStaleness?: boolean;
  /**
   * Rewrites the labels of the targets.
   * @minItems 1
   */
  relabelings?: RelabelConfig[];
  /**
   * Rewrites the labels of the samples.
   * @minItems 1
   */
  metricRelabelings?: RelabelConfig[];
  /** Size of an uncompressed answer; a scrape with a greater one fails. */
  bodySizeLimit?: ByteSize;
  /** The Authorization header; excludes the other ways to authenticate. */
  authorization?: SafeAuthorization;
  /** Basic authentication; excludes the other ways to authenticate. */
  basicAuth?: BasicAuth;
  /** Tokens of OAuth 2.0; exclude the other ways to authenticate. */
  oauth2?: OAuth2;
  /** How TLS is spoken with the targets. */
  tlsConfig?: SafeTlsConfig;
  /** Whether targets may compress their answers. */
  enableCompression?: boolean;
  /** Whether HTTP/2 may be spoken. */
  enableHTTP2?: boolean;
  /** Which names of metrics and labels are accepted. */
  nameValidationScheme?: NameValidationScheme;
  /** How names are asked for when the targets are scraped. */
  nameEscapingScheme?: NameEscapingScheme;
}

/** Where targets come from; all that are given count. */
export interface TargetDiscovery {
  /** Targets that are listed. */
  staticConfigs?: StaticConfig[];
  /** Targets from files. */
  fileSDConfigs?: FileSDConfig[];
  /** Targets from an HTTP server. */
  httpSDConfigs?: HttpSDConfig[];
  /** Targets from the API of Kubernetes. */
  kubernetesSDConfigs?: KubernetesSDConfig[];
  /** Targets from the catalogue of Consul. */
  consulSDConfigs?: ConsulSDConfig[];
  /** Targets from DNS records. */
  dnsSDConfigs?: DnsSDConfig[];
  /** Targets from instances of AWS EC2. */
  ec2SDConfigs?: EC2SDConfig[];
  /** Targets from virtual machines of Azure. */
  azureSDConfigs?: AzureSDConfig[];
  /** Targets from instances of Google Compute Engine. */
  gceSDConfigs?: GceSDConfig[];
  /** Targets from OpenStack. */
  openstackSDConfigs?: OpenStackSDConfig[];
  /** Targets from droplets of DigitalOcean. */
  digitalOceanSDConfigs?: DigitalOceanSDConfig[];
  /** Targets from the control plane of Kuma. */
  kumaSDConfigs?: KumaSDConfig[];
  /** Targets from Eureka. */
  eurekaSDConfigs?: EurekaSDConfig[];
  /** Targets from containers of Docker. */
  dockerSDConfigs?: DockerSDConfig[];
  /** Targets from a swarm of Docker. */
  dockerSwarmSDConfigs?: DockerSwarmSDConfig[];
  /** Targets from instances of Linode. */
  linodeSDConfigs?: LinodeSDConfig[];
  /** Targets from servers of Hetzner. */
  hetznerSDConfigs?: HetznerSDConfig[];
  /** Targets from services of Nomad. */
  nomadSDConfigs?: NomadSDConfig[];
  /** Targets from resources in PuppetDB. */
  puppetDBSDConfigs?: PuppetDBSDConfig[];
  /** Targets from instances of AWS Lightsail. */
  lightSailSDConfigs?: LightSailSDConfig[];
  /** Targets from servers of OVHcloud. */
  ovhcloudSDConfigs?: OVHCloudSDConfig[];
  /** Targets from servers of Scaleway. */
  scalewaySDConfigs?: ScalewaySDConfig[];
  /** Targets from servers of IONOS. */
  ionosSDConfigs?: IonosSDConfig[];
}
