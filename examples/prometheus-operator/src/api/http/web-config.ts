import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { SecretOrConfigMap } from './secret-or-config-map.js';

/** Settings of the HTTP server of a web interface. */
export interface WebHttpConfig {
  /** Whether HTTP/2 is offered; it needs TLS. */
  http2?: boolean;
  /** Headers that are added to every answer. */
  headers?: WebHttpHeaders;
}

/** Security headers of answers; an empty value leaves the header out. */
export interface WebHttpHeaders {
  /** Value of Content-Security-Policy. */
  contentSecurityPolicy?: string;
  /** Value of Strict-Transport-Security, for servers with TLS. */
  strictTransportSecurity?: string;
  /** Value of X-Frame-Options. */
  xFrameOptions?: '' | 'Deny' | 'SameOrigin';
  /** Value of X-Content-Type-Options. */
  xContentTypeOptions?: '' | 'NoSniff';
  /** Value of X-XSS-Protection. */
  xXSSProtection?: string;
}

/** Certificate and protocol of a server, with TLS as Go names its settings. */
export interface WebTlsConfig {
  /** The server's certificate; excludes `certFile`. */
  cert?: SecretOrConfigMap;
  /** Path of a file with the server's certificate. */
  certFile?: string;
  /** The key of a Secret that has the private key; excludes `keyFile`. */
  keySecret?: SecretKeySelector;
  /** Path of a file with the private key. */
  keyFile?: string;
  /** Authorities that certificates of clients are checked with; excludes `clientCAFile`. */
  client_ca?: SecretOrConfigMap;
  /** Path of a file with the authorities for certificates of clients. */
  clientCAFile?: string;
  /** Whether clients must show a certificate, in the words of Go's `tls.ClientAuthType`. */
  clientAuthType?: string;
  /** Oldest version of TLS that is accepted. */
  minVersion?: string;
  /** Newest version of TLS that is accepted. */
  maxVersion?: string;
  /** Cipher suites that are offered up to TLS 1.2. */
  cipherSuites?: string[];
  /** Chooses the cipher suite by the server's order instead of the client's. */
  preferServerCipherSuites?: boolean;
  /** Elliptic curves that are offered, the preferred one first. */
  curvePreferences?: string[];
}

/** How the web interface is served. */
export interface WebConfig {
  /** Serves the interface with TLS. */
  tlsConfig?: WebTlsConfig;
  /** Settings of the HTTP server. */
  httpConfig?: WebHttpConfig;
}
