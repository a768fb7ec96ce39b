/** @module admission: what happens to a write between authorization and storage. plugins are one file each; chain.ts calls them in order. */
import type { GroupVersionKind, KubeObject } from '@kubewright/api';

import type { UserInfo } from '../authn/user-info.js';
import type { ResourceInfo } from '../registry/resource.js';
import type { Reinvocation } from './reinvocation.js';

/** One write on its way in. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly resource: ResourceInfo;
  readonly subresource: string;
  /** What `object` is. @default the resource's own kind */
  readonly kind?: GroupVersionKind;
  /** What the request says about itself, e.g. `{ fieldManager: 'kubectl' }`. @default nothing */
  readonly options?: Readonly<Record<string, unknown>>;
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
  /** How a plugin whose change others should see asks for a second round of `admit`; the chain sets it. */
  readonly reinvocation?: Reinvocation;
}

/** Changes and judges writes. `admit` of all plugins runs before `validate` of any. Either refuses by throwing ApiError. */
export interface AdmissionPlugin {
  readonly name: string;
  admit?(request: AdmissionRequest): void | Promise<void>;
  validate?(request: AdmissionRequest): void | Promise<void>;
}
