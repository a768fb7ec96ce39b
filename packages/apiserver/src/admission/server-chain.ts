import type { Logger, Random } from '@kubewright/platform';

import type { Authorizer } from '../authz/authorizer.js';
import type { RbacAuthorizer } from '../authz/rbac.js';
import type { ObjectSource } from '../storage/object-source.js';
import type { WebhookCaller } from '../webhooks/webhook-caller.js';
import type { AdmissionPlugin } from './admission.js';
import { lazyConditions } from './cel/lazy-conditions.js';
import { certificateSigners } from './certificate-signers.js';
import { AdmissionChain } from './chain.js';
import { defaultAdmissionPlugins } from './default-plugins.js';
import { mutatingAdmissionPolicies, validatingAdmissionPolicies } from './policy/policy-plugins.js';
import { roleEscalation } from './role-escalation.js';
import type { ServedResources } from './webhook/matching.js';
import { mutatingWebhooks } from './webhook/mutating-webhooks.js';
import { validatingWebhooks } from './webhook/validating-webhooks.js';

/** What a server's admission works with. */
export interface ServerAdmissionOptions {
  readonly objects: ObjectSource;
  readonly served: ServedResources;
  readonly random: Random;
  readonly log: Logger;
  readonly authorizer: Authorizer;
  readonly rbac: RbacAuthorizer;
  /** Reaches webhooks. */
  readonly caller: WebhookCaller;
  /** Run after all others. */
  readonly more: readonly AdmissionPlugin[];
  /** Whether a plugin runs that users can do without. */
  readonly runs: (plugin: string) => boolean;
}

/** Everything that a write passes in a server, in the order of the real one. */
export function serverAdmission({ rbac, more, runs, ...tools }: ServerAdmissionOptions): AdmissionChain {
  const { objects, random, authorizer } = tools;
  const webhooks = { ...tools, conditions: lazyConditions(authorizer) };
  const first = [...defaultAdmissionPlugins(objects, random), ...certificateSigners(authorizer)];
  const last = [mutatingAdmissionPolicies(tools), mutatingWebhooks(webhooks), validatingAdmissionPolicies(tools), validatingWebhooks(webhooks)];
  const running = (plugins: readonly AdmissionPlugin[]): AdmissionPlugin[] => plugins.filter(({ name }) => runs(name));
  // Nobody can do without the check of roles: in the real server it is no plugin.
  return new AdmissionChain([...running(first), roleEscalation({ objects, authorizer, rbac }), ...running(last), ...more]);
}
