import type { SecretKeySelector } from '@kubewright/api/core/v1';

/** The proxy through which requests go. */
export interface ProxyConfig {
  /**
   * URL of the proxy, as HTTP, HTTPS or SOCKS5.
   * @pattern ^(http|https|socks5)://.+$
   */
  proxyUrl?: string;
  /** Hosts, domains and networks, divided by commas, that are reached without the proxy. */
  noProxy?: string;
  /** Takes the proxy from the environment variables of the container. */
  proxyFromEnvironment?: boolean;
  /**
   * Headers that the proxy gets with a CONNECT request, each value from a Secret.
   * @mapType atomic
   */
  proxyConnectHeader?: Record<string, SecretKeySelector[]>;
}
