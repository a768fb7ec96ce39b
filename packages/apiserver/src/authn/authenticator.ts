/** @module authn: who asks. It never decides what they may do (authz/). */
import type { UserInfo } from './user-info.js';

/** What a request proves of its sender. */
export interface Credentials {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Subject of a client certificate that the TLS layer has verified against the client CA. */
  readonly certificate?: {
    readonly commonName: string;
    readonly organizations: readonly string[];
    /** SHA-256 of the certificate, in lower-case hexadecimal digits. */
    readonly fingerprint?: string;
  };
  /** An identity that an in-process caller was given when its transport was made; it stands for a certificate. */
  readonly identity?: UserInfo;
}

/** Finds out who asks, impersonation not included. */
export interface Authenticator {
  /** The anonymous user where nothing is proved. @throws ApiError Unauthorized for a proof that does not hold, such as a bad token. */
  authenticate(credentials: Credentials): UserInfo;
}
