import type { Authorizer } from './authorizer.js';

/** What decides on requests, by the names of kube-apiserver's `--authorization-mode`. */
export type AuthorizationMode = 'RBAC' | 'Node' | 'AlwaysAllow' | 'AlwaysDeny';

/** Those of a usual cluster. */
export const DEFAULT_AUTHORIZATION: readonly AuthorizationMode[] = ['Node', 'RBAC'];

/** Authorizers in the order of their modes. */
export function authorizerOf(modes: readonly AuthorizationMode[], made: { readonly rbac: Authorizer; readonly node: Authorizer }): Authorizer {
  const authorizers = modes.map((mode): Authorizer => {
    switch (mode) {
      case 'RBAC': return made.rbac;
      case 'Node': return made.node;
      case 'AlwaysAllow': return { authorize: () => ({ allowed: true, reason: '' }) };
      case 'AlwaysDeny': return { authorize: () => ({ allowed: false, reason: 'Everything is forbidden.' }) };
    }
  });
  return anyOf(...authorizers);
}

/** The first authorizer that allows a request decides; refusals are told together. */
export function anyOf(...authorizers: readonly Authorizer[]): Authorizer {
  return {
    authorize(attributes) {
      const reasons: string[] = [];
      for (const authorizer of authorizers) {
        const decision = authorizer.authorize(attributes);
        if (decision.allowed) return decision;
        if (decision.reason) reasons.push(decision.reason);
      }
      return { allowed: false, reason: reasons.join('\n') };
    },
  };
}
