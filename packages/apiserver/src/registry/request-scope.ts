import type { UserInfo } from '../authn/user-info.js';
import type { ResourceInfo, SubresourceInfo } from './resource.js';

/** What a request is about and who makes it; handlers build it, the store and admission read it. */
export interface RequestScope {
  readonly resource: ResourceInfo;
  /** '' for the main resource. */
  readonly subresource: string;
  readonly subresourceInfo: SubresourceInfo | undefined;
  /** Empty for cluster-scoped objects and for requests over all namespaces. */
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** Who owns what this request writes. */
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** What the request says about itself, as admission is told: `{ fieldManager: 'kubectl' }`. @default nothing */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Texts for the client, told as Warning headers. */
  readonly warnings: string[];
}

/** The resource as errors name it. */
export function resourceOf(scope: { readonly resource: ResourceInfo }): { group: string; resource: string } {
  return { group: scope.resource.group, resource: scope.resource.plural };
}

/** The kind as validation errors name it: both Event resources have the core group's. */
export function kindOf(scope: { readonly resource: ResourceInfo }): { group: string; kind: string } {
  return { group: storedAs(scope.resource).group, kind: scope.resource.kind };
}

/** Where the objects of a resource are stored. */
export function storedAs(resource: ResourceInfo): { group: string; plural: string } {
  return resource.storedAs ?? { group: resource.group, plural: resource.plural };
}
