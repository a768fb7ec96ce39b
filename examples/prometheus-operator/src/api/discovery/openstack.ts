import type { SecretKeySelector } from '@kubewright/api/core/v1';

import type { SafeTlsConfig } from '../http/tls-config.js';
import type { HttpUrl, NonEmptyString } from '../scalars.js';
import type { PortOptions, RefreshOptions } from './discovery-options.js';

/** Targets from OpenStack. */
export interface OpenStackSDConfig extends RefreshOptions, PortOptions {
  /** What the targets are. */
  role: 'Instance' | 'Hypervisor' | 'LoadBalancer';
  /** Region that is asked. */
  region: NonEmptyString;
  /** URL of the identity service. */
  identityEndpoint?: HttpUrl;
  /** Name of the user. */
  username?: NonEmptyString;
  /** Identifier of the user. */
  userid?: NonEmptyString;
  /** The key of a Secret that has the user's password. */
  password?: SecretKeySelector;
  /** Name of the domain. */
  domainName?: NonEmptyString;
  /** Identifier of the domain. */
  domainID?: NonEmptyString;
  /** Name of the project. */
  projectName?: NonEmptyString;
  /** Identifier of the project. */
  projectID?: NonEmptyString;
  /** Name of the application credential. */
  applicationCredentialName?: NonEmptyString;
  /** Identifier of the application credential. */
  applicationCredentialId?: NonEmptyString;
  /** The key of a Secret that has the secret of the application credential. */
  applicationCredentialSecret?: SecretKeySelector;
  /** Lists the instances of all projects, which only administrators may. */
  allTenants?: boolean;
  /** Which endpoints of the services are used. */
  availability?: 'Public' | 'public' | 'Admin' | 'admin' | 'Internal' | 'internal';
  /** How TLS is spoken. */
  tlsConfig?: SafeTlsConfig;
}
