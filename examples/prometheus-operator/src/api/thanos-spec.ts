import type { ResourceRequirements, SecretKeySelector, VolumeMount } from '@kubewright/api/core/v1';

import type { GrpcServerTlsConfig } from './http/tls-config.js';
import type { ImageParts } from './image-parts.js';
import type { Argument, LogFormat, LogLevel } from './pod-options.js';
import type { PrometheusDuration } from './scalars.js';

/** The Thanos container beside Prometheus. */
export interface ThanosSpec extends ImageParts, ThanosObjectStorage {
  /** Complete reference of the image; it wins over the version. */
  image?: string;
  /** Runs this version; the image's tag follows from it. */
  version?: string;
  /** What the container may use and is promised. */
  resources?: ResourceRequirements;
  /** How detailed the log is. */
  logLevel?: LogLevel;
  /** How the log is written. */
  logFormat?: LogFormat;
  /**
   * Listens on the loopback interface only.
   * @deprecated use `grpcListenLocal` and `httpListenLocal`
   */
  listenLocal?: boolean;
  /** Listens for gRPC on the loopback interface only. */
  grpcListenLocal?: boolean;
  /** Listens for HTTP on the loopback interface only. */
  httpListenLocal?: boolean;
  /** Serves gRPC with TLS. */
  grpcServerTlsConfig?: GrpcServerTlsConfig;
  /** Oldest time that is served, as a time or as an age such as `-2h`. */
  minTime?: string;
  /**
   * Length of the blocks that Prometheus writes.
   * @default 2h
   */
  blockSize?: PrometheusDuration;
  /** Time that Prometheus gets to become ready. */
  readyTimeout?: PrometheusDuration;
  /** Time between two looks at the configuration of Prometheus. */
  getConfigInterval?: PrometheusDuration;
  /** Time after which such a look is given up. */
  getConfigTimeout?: PrometheusDuration;
  /** Further mounts of the container. */
  volumeMounts?: VolumeMount[];
  /** Further command-line arguments of the container. */
  additionalArgs?: Argument[];
}

/** Where Thanos stores blocks and sends traces. */
export interface ThanosObjectStorage {
  /** The key of a Secret with the configuration of the object storage. */
  objectStorageConfig?: SecretKeySelector;
  /** Path of a file with the configuration of the object storage; it wins over the Secret. */
  objectStorageConfigFile?: string;
  /** The key of a Secret with the configuration of traces. */
  tracingConfig?: SecretKeySelector;
  /** Path of a file with the configuration of traces; it wins over the Secret. */
  tracingConfigFile?: string;
}
