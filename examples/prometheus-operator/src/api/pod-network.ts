import type { MapList, SetList } from '@kubewright/api';

import type { NonEmptyString } from './scalars.js';

/** How the pods of a workload look names up. */
export interface PodDnsConfig {
  /** Addresses of name servers. */
  nameservers?: SetList<NonEmptyString>;
  /** Domains in which short names are searched. */
  searches?: SetList<NonEmptyString>;
  /** Options of the resolver. */
  options?: MapList<PodDnsOption, 'name'>;
}

/** One option of the resolver. */
export interface PodDnsOption {
  /** Name of the option. */
  name: NonEmptyString;
  /** Its value, where it has one. */
  value?: string;
}

/** One line of a hosts file. */
export interface HostAlias {
  /** The address. */
  ip: string;
  /** The names that stand for the address. */
  hostnames: string[];
}
