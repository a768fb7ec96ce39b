import type { Agent } from 'node:http';

/** How to reach an API server, from wherever it was learned: kube-config.ts reads files, in-cluster.ts the pod's own mounts. */
export interface RestConfig {
  /** `https://host:port`, with a path when the server stands behind one. */
  readonly server: string;
  readonly tls?: TlsOptions;
  /** Who we are. @default nobody: anonymous, or the client certificate in `tls` */
  readonly credentials?: CredentialSource;
  /** Connections go through this proxy: `http://host:port`, `https://…`, `socks5://…`, with `user:password@` where it asks for them. @default none */
  readonly proxy?: string;
  /** Act as somebody else; our own identity needs the verb `impersonate`. */
  readonly impersonate?: Impersonation;
  /** The namespace that the configuration names for calls that have none; kubewright itself never falls back to it. */
  readonly namespace?: string;
}

/** What a TLS connection needs; PEM throughout. */
export interface TlsOptions {
  /** Trusted in place of the system's authorities. */
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name that the server's certificate must have, where it differs from the host. */
  readonly servername?: string;
  /** Trusts any certificate. For experiments. @default false */
  readonly insecureSkipVerify?: boolean;
}

/** Another identity to act as. */
export interface Impersonation {
  readonly user: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What proves who we are, at one moment. */
export interface Credentials {
  /** Lower-case names: `authorization`. Never logged. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Laid over the configuration's own. */
  readonly tls?: TlsOptions;
  /** Makes the connections instead of our own agents: a proxy. */
  readonly agent?: Agent;
}

/** Credentials that may change while the process runs. */
export interface CredentialSource {
  /** Cheap: called before every request. */
  current(): Promise<Credentials>;
  /** What `current` would give, where it is known without waiting. */
  known?(): Credentials | undefined;
  /** The server answered 401 to a request with these: unless newer ones are known already, `current` must get new ones. */
  refused(credentials: Credentials): void;
}

/** The headers of an {@link Impersonation}. */
export function impersonationHeaders(who: Impersonation | undefined): Record<string, string | readonly string[]> {
  if (!who) return {};
  const extra = Object.entries(who.extra ?? {}).map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, values] as const);
  return {
    'impersonate-user': who.user,
    ...(who.uid && { 'impersonate-uid': who.uid }),
    ...(who.groups?.length && { 'impersonate-group': who.groups }),
    ...Object.fromEntries(extra),
  };
}
