import { ControllerClient } from './controllers/client.js';
import { startCluster } from './cluster.js';
import { ValidatingAdmissionPolicy } from '@kubewright/api/admissionregistration/v1';
import { expect, it } from 'vitest';

it('types of fields are checked for the kinds that a policy names, and the status says what is wrong', async () => {
  const cluster = await startCluster({ controllers: ['validatingadmissionpolicy-status'], nodes: 0 });
  try {
    const client = new ControllerClient(cluster.server.transport(), 'test');
    const watch = client.watch<ValidatingAdmissionPolicy>(ValidatingAdmissionPolicy, {}, new AbortController().signal);
    await client.create<ValidatingAdmissionPolicy>(ValidatingAdmissionPolicy, '', {
      metadata: { name: 'p' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] },
        variables: [{ name: 'containers', expression: 'object.spec.template.spec.containers' }],
        validations: [{ expression: "variables.containers.all(c, c.image != '')" }, { expression: 'object.replicas > 1', messageExpression: "'has ' + string(object.spec.replica)" }],
      },
    });
    for await (const { object } of watch) {
      const { status } = object as ValidatingAdmissionPolicy;
      if (!status?.observedGeneration) continue;
      expect(status).toEqual({
        observedGeneration: 1,
        typeChecking: {
          expressionWarnings: [
            { fieldRef: 'spec.validations[1].expression', warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n" },
            { fieldRef: 'spec.validations[1].messageExpression', warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:28: undefined field 'replica'\n | 'has ' + string(object.spec.replica)\n | ...........................^\n" },
          ],
        },
      });
      break;
    }
  } finally {
    await cluster.stop();
  }
});
