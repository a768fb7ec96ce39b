import type { Quantity } from '@kubewright/api';

import type { TlsConfig } from './http/tls-config.js';
import type { NonEmptyString, PrometheusDuration } from './scalars.js';

/** Where traces are sent. */
export interface TracingConfig {
  /** Protocol of OTLP. */
  clientType?: 'http' | 'grpc' | 'HTTP' | 'GRPC';
  /** Host and port that traces are sent to. */
  endpoint: NonEmptyString;
  /** Share of the traces that is sent, from 0 to 1. */
  samplingFraction?: Quantity;
  /** Sends without TLS. */
  insecure?: boolean;
  /** Headers of each request. */
  headers?: Record<string, string>;
  /** How requests are compressed. */
  compression?: 'gzip' | 'Gzip';
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
  /** How TLS is spoken. */
  tlsConfig?: TlsConfig;
}
