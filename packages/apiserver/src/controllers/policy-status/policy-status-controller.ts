import { ValidatingAdmissionPolicy } from '@kubewright/api/admissionregistration/v1';

import type { ControllerContext } from '../controller.js';

const MANAGER = 'validatingadmissionpolicy-status-controller';

/** Checks the expressions of policies against the types that they are about, and writes what it finds into their status. */
export function policyStatusController(context: ControllerContext): void {
  const policies = context.watch(ValidatingAdmissionPolicy);
  const loop = context.loop(async (name) => {
    const policy = policies.get('', name);
    const generation = policy?.metadata.generation ?? 0;
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return;
    // Most clusters never have a policy.
    const { checkTypes } = await import('./served-types.js');
    const expressionWarnings = await checkTypes(context.client, policy.spec);
    policies.learn(await context.client.apply<ValidatingAdmissionPolicy>(ValidatingAdmissionPolicy, {
      apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name },
      status: { observedGeneration: generation, typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {} },
    } as ValidatingAdmissionPolicy, MANAGER, 'status'));
  });
  policies.onChange(({ object }) => {
    if (object) loop.add(object.metadata.name ?? '');
  });
}
