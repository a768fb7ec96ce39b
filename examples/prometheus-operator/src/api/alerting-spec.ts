import type { IntOrString } from '@kubewright/api';

import type { PrometheusDuration, Scheme } from './scalars.js';
import type { RelabelConfig } from './relabel-config.js';

/** Where alerts go. */
export interface AlertingSpec {
  /** The Alertmanagers that get every alert. */
  alertmanagers: AlertmanagerEndpoints[];
}

/** One Alertmanager, found through its Service. */
export interface AlertmanagerEndpoints {
  /**
   * Namespace of the Service; the own one when absent.
   * @minLength 1
   */
  namespace?: string;
  /**
   * Name of the Service.
   * @minLength 1
   */
  name: string;
  /** Name or number of the Service's port. */
  port: IntOrString;
  /** Scheme of the URL. */
  scheme?: Scheme;
  /**
   * Prefix of the paths.
   * @minLength 1
   */
  pathPrefix?: string;
  /** Version of Alertmanager's API. */
  apiVersion?: 'v1' | 'V1' | 'v2' | 'V2';
  /** Time after which a request is given up. */
  timeout?: PrometheusDuration;
  /** Whether HTTP/2 may be spoken. */
  enableHttp2?: boolean;
  /** Rewrites the labels of the discovered Alertmanagers. */
  relabelings?: RelabelConfig[];
  /** Rewrites the labels of alerts before they are sent. */
  alertRelabelings?: RelabelConfig[];
}
