import { compareQuantities, type KubeObject } from '@kubewright/api';
import type { PersistentVolumeClaim } from '@kubewright/api/core/v1';
import type { StorageClass } from '@kubewright/api/storage/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin } from './admission.js';
import { refusal } from './refusal.js';

/** Only claims that are bound, of a class that allows it, may be resized. */
export function persistentVolumeClaimResize(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    validate(request) {
      const { operation, resource, subresource, object, oldObject } = request;
      if (operation !== 'UPDATE' || resource.group !== '' || resource.plural !== 'persistentvolumeclaims' || subresource !== '') return;
      const [claim, old] = [object, oldObject] as [KubeObject & PersistentVolumeClaim, KubeObject & PersistentVolumeClaim];
      if (compareQuantities(sizeOf(claim), sizeOf(old)) === 0) return;
      if (old.status?.phase !== 'Bound') throw refusal(request, 'Only bound persistent volume claims can be expanded');
      const name = classOf(claim);
      const found = name !== '' && name === classOf(old) ? (objects.get('storage.k8s.io', 'storageclasses', '', name) as StorageClass | undefined) : undefined;
      if (found?.allowVolumeExpansion !== true) throw refusal(request, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
    },
  };
}

function sizeOf({ spec }: PersistentVolumeClaim): string {
  return String(spec?.resources?.requests?.storage ?? '0');
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
}
