/** @module admission: what happens to a write between authorization and storage. plugins are one file each; chain.ts calls them in order. */
import type { KubeObject } from '@kubewright/api';

import type { UserInfo } from '../authn/user-info.js';
import type { ResourceInfo } from '../registry/resource.js';

/** One write on its way in. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ResourceInfo;
  readonly subresource: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  /** The request's own copy; `admit` may change it in place. Undefined for DELETE. */
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Texts for the client. */
  readonly warnings: string[];
}

/** Changes and judges writes. `admit` of all plugins runs before `validate` of any. Either refuses by throwing ApiError. */
export interface AdmissionPlugin {
  readonly name: string;
  admit?(request: AdmissionRequest): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}
