/** Where and as whom a server listens. */
export interface ListenOptions {
  /** 0 for a free one. @default 0 */
  readonly port?: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** PEM of the certificate and its key. @default one of the server's own authority */
  readonly serving?: { readonly certificate: string; readonly key: string };
  /** PEM of the authorities whose client certificates are believed; empty for none. @default the server's own authority */
  readonly clientCa?: string;
}

/** Where a server listens. */
export interface Listening {
  /** `https://127.0.0.1:6443` */
  readonly url: string;
  readonly port: number;
  /** PEM of the authority behind the server's certificate and those of its clients. */
  readonly caCertificate: string;
}
