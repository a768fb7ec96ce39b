import type { SetList } from '@kubewright/api';
import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { SecretOrConfigMap } from './secret-or-config-map.js';

/** A version of TLS. */
export type TlsVersion = 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13';

/** How a client speaks TLS, with certificates that come from Secrets and ConfigMaps. */
export interface SafeTlsConfig {
  /** Certificates of the authorities that the server's certificate is checked with. */
  ca?: SecretOrConfigMap;
  /** Certificate that the client shows. */
  cert?: SecretOrConfigMap;
  /** The key of a Secret that has the private key of the client's certificate. */
  keySecret?: SecretKeySelector;
  /** Host name that the server's certificate must be made for. */
  serverName?: string;
  /** Takes any certificate of the server unchecked. */
  insecureSkipVerify?: boolean;
  /** Oldest version of TLS that is spoken. */
  minVersion?: TlsVersion;
  /** Newest version of TLS that is spoken. */
  maxVersion?: TlsVersion;
}

/** How a client speaks TLS, with certificates from objects or from files of the container. */
export interface TlsConfig extends SafeTlsConfig {
  /** Path of a file with the certificates of the authorities. */
  caFile?: string;
  /** Path of a file with the client's certificate. */
  certFile?: string;
  /** Path of a file with the private key of the client's certificate. */
  keyFile?: string;
}

/** How a gRPC server speaks TLS. */
export interface GrpcServerTlsConfig extends TlsConfig {
  /**
   * Cipher suites that are offered up to TLS 1.2.
   * @minItems 1
   */
  cipherSuites?: SetList<string>;
  /**
   * Elliptic curves that are offered, the preferred one first.
   * @minItems 1
   */
  curves?: SetList<string>;
}
