/**
 * @module admission/policy: ValidatingAdmissionPolicy and MutatingAdmissionPolicy. These are their plugins, which load the rest when the first binding
 * is stored: validating-policies.ts and mutating-policies.ts, which take what is stored from policy-source.ts.
 */
import type { ObjectSource } from '../../storage/object-source.js';
import type { AdmissionPlugin } from '../admission.js';
import { bindingsOf, POLICY_GROUP, type PolicyTools } from './policy-source.js';

/** Policies that change what is written. */
export function mutatingAdmissionPolicies(tools: PolicyTools): AdmissionPlugin {
  const bindings = bindingsOf('mutatingadmissionpolicies');
  const load = once(async () => new (await import('./mutating-policies.js')).MutatingPolicies(tools));
  return {
    name: 'MutatingAdmissionPolicy',
    async admit(request) {
      if (hasAny(tools.objects, bindings)) await (await load()).admit(request);
    },
  };
}

/** Policies that judge what is written. */
export function validatingAdmissionPolicies(tools: PolicyTools): AdmissionPlugin {
  const bindings = bindingsOf('validatingadmissionpolicies');
  const load = once(async () => new (await import('./validating-policies.js')).ValidatingPolicies(tools));
  return {
    name: 'ValidatingAdmissionPolicy',
    async validate(request) {
      if (hasAny(tools.objects, bindings)) await (await load()).validate(request);
    },
  };
}

function hasAny(objects: ObjectSource, plural: string): boolean {
  for (const _object of objects.list(POLICY_GROUP, plural)) return true;
  return false;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
