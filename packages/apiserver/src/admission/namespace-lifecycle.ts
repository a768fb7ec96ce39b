import { notFound } from '@kubewright/api';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin, AdmissionRequest } from './admission.js';
import { refusal } from './refusal.js';

/** Nobody deletes these, whatever their rights. */
const IMMORTAL: readonly string[] = ['default', 'kube-system', 'kube-public'];

/** Objects live in namespaces that exist; nothing new comes into one that is going away. */
export function namespaceLifecycle(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    admit(request) {
      if (request.resource.group === '' && request.resource.plural === 'namespaces') {
        if (request.operation === 'DELETE' && request.subresource === '' && IMMORTAL.includes(request.name)) {
          throw refusal(request, 'this namespace may not be deleted');
        }
        return;
      }
      if (!needsNamespace(request)) return;
      const namespace = objects.get('', 'namespaces', '', request.namespace);
      if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, request.namespace);
      const terminating = namespace.metadata.deletionTimestamp || (namespace as { status?: { phase?: string } }).status?.phase === 'Terminating';
      if (!terminating || request.operation !== 'CREATE') return;
      throw refusal(request, `unable to create new content in namespace ${request.namespace} because it is being terminated`, [
        { reason: 'NamespaceTerminating', message: `namespace ${request.namespace} is being terminated`, field: 'metadata.namespace' },
      ]);
    },
  };
}

/** Deletions go on without their namespace, and a question about access needs none. */
function needsNamespace(request: AdmissionRequest): boolean {
  if (request.namespace === '' || request.resource.plural === 'localsubjectaccessreviews') return false;
  return request.operation === 'CREATE' || request.operation === 'UPDATE';
}
