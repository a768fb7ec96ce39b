import type { SafeTlsConfig } from '../../http/tls-config.js';
import type { NonEmptyString } from '../../scalars.js';
import type { KeyValue, ReceiverOptions } from '../receiver-options.js';

/** Notifications by mail. */
export interface EmailConfig<Secret> extends ReceiverOptions {
  /** Recipient. */
  to?: NonEmptyString;
  /** Sender. */
  from?: NonEmptyString;
  /** Host name that the mail server is greeted with. */
  hello?: NonEmptyString;
  /** Host and port of the mail server. */
  smarthost?: NonEmptyString;
  /** User name for the mail server. */
  authUsername?: NonEmptyString;
  /** The key of a Secret with the password for the mail server. */
  authPassword?: Secret;
  /** The key of a Secret with the secret for CRAM-MD5. */
  authSecret?: Secret;
  /** Identity for PLAIN. */
  authIdentity?: NonEmptyString;
  /** Further headers of the mail. */
  headers?: KeyValue[];
  /** Template of the body as HTML. */
  html?: string;
  /** Template of the body as text. */
  text?: NonEmptyString;
  /** Whether the connection must change to TLS. */
  requireTLS?: boolean;
  /** Whether the connection starts with TLS; the port decides when absent. */
  forceImplicitTLS?: boolean;
  /** How TLS is spoken. */
  tlsConfig?: SafeTlsConfig;
  /** Puts notifications of the same group into one thread. */
  threading?: EmailThreading;
}

/** How mails are put into threads. */
export interface EmailThreading {
  /** Whether a thread goes on for a day or without end. */
  threadByDate: 'Daily' | 'None';
}
