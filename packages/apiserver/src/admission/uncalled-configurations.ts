import type { AdmissionPlugin } from './admission.js';

const CONFIGURATIONS: readonly string[] = [
  'validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings',
];

/** This server stores admission policies and does not act on them: whoever writes one is told. */
export const uncalledConfigurations: AdmissionPlugin = {
  name: 'UncalledConfigurations',
  validate(request) {
    const { group, plural, kind } = request.resource;
    if (request.operation !== 'CREATE' || group !== 'admissionregistration.k8s.io' || !CONFIGURATIONS.includes(plural)) return;
    request.warnings.push(`${kind} is stored, but this server does not evaluate admission policies yet`);
  },
};
