import type { Int, Int32 } from '@kubewright/api';

import type { AzureAd } from './http/azure-ad.js';
import type { Sigv4 } from './http/sigv4.js';
import type { RelabelConfig } from './relabel-config.js';
import type { RemoteEndpoint } from './remote-endpoint.js';
import type { PrometheusDuration } from './scalars.js';

/** A version of the messages of remote write. */
export type RemoteWriteMessageVersion = 'V1.0' | 'V2.0';

/** A server that samples are sent to. */
export interface RemoteWriteSpec extends RemoteEndpoint {
  /** Version of the messages that are sent. */
  messageVersion?: RemoteWriteMessageVersion;
  /** Sends exemplars too. */
  sendExemplars?: boolean;
  /** Sends native histograms too. */
  sendNativeHistograms?: boolean;
  /** Rewrites the labels of samples before they are sent. */
  writeRelabelConfigs?: RelabelConfig[];
  /** Signs requests for AWS; excludes the other ways to authenticate. */
  sigv4?: Sigv4;
  /** Authenticates with Azure; excludes the other ways to authenticate. */
  azureAd?: AzureAd;
  /** Settings of the queue in front of the server. */
  queueConfig?: QueueConfig;
  /** How the metadata of metrics is sent. */
  metadataConfig?: MetadataConfig;
  /** Whether HTTP/2 may be spoken. */
  enableHTTP2?: boolean;
  /** Connects to all addresses behind the server's name in turn. */
  roundRobinDNS?: boolean;
}

/** The queue of samples that wait to be sent. */
export interface QueueConfig {
  /** Samples that each shard of the queue holds before reading stops. */
  capacity?: Int;
  /** Least number of shards, with which the queue starts. */
  minShards?: Int;
  /** Greatest number of shards. */
  maxShards?: Int;
  /** Samples of one request. */
  maxSamplesPerSend?: Int;
  /** Longest time that a sample waits for a request to fill. */
  batchSendDeadline?: PrometheusDuration;
  /** Repetitions of a failed request; Prometheus ignores it since 2.11. */
  maxRetries?: Int;
  /** Pause before the first repetition; it doubles each time. */
  minBackoff?: PrometheusDuration;
  /** Longest pause between repetitions. */
  maxBackoff?: PrometheusDuration;
  /** Repeats requests that were refused with status 429. */
  retryOnRateLimit?: boolean;
  /** Age from which samples are dropped instead of sent. */
  sampleAgeLimit?: PrometheusDuration;
}

/** How the metadata of metrics is sent. */
export interface MetadataConfig {
  /** Whether it is sent at all. */
  send?: boolean;
  /** Time between two sendings. */
  sendInterval?: PrometheusDuration;
  /**
   * Entries of one request.
   * @minimum -1
   */
  maxSamplesPerSend?: Int32;
}
