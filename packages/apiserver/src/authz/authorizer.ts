/** @module authz: who may do what. rbac.ts is the one that real clusters use. */
import type { UserInfo } from '../authn/user-info.js';

/** What is asked for, as RBAC sees it. */
export interface RequestAttributes {
  readonly user: UserInfo;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `impersonate`, …; lower-case HTTP method for paths. */
  readonly verb: string;
  /** Undefined where the request is for a plain path. */
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly subresource: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly path: string;
}

/** Decides whether a request may go on. */
export interface Authorizer {
  /** `reason` explains an allowance by its binding; for a refusal it is empty unless rules could not be read. */
  authorize(attributes: RequestAttributes): { readonly allowed: boolean; readonly reason: string };
}
