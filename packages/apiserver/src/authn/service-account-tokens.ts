/** Who signs the tokens of ServiceAccounts, and which are believed. */
export interface ServiceAccountTokens {
  /** @default https://kubernetes.default.svc.cluster.local */
  readonly issuer?: string;
  /** Whom tokens are for when a request does not say, and of which one must be among a token's. @default the issuer */
  readonly audiences?: readonly string[];
  /** PEM of a private key, RSA or EC. @default a new one */
  readonly signingKey?: string;
  /** PEM of keys or certificates whose tokens are believed as well. @default none */
  readonly verificationKeys?: readonly string[];
}
