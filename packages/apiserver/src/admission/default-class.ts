import type { KubeObject } from '@kubewright/api';
import type { PersistentVolumeClaim } from '@kubewright/api/core/v1';
import type { Ingress } from '@kubewright/api/networking/v1';

import type { ObjectSource } from '../storage/object-source.js';
import type { AdmissionPlugin } from './admission.js';

/** A claim that names no class of storage is of the default one, if there is one. */
export function defaultStorageClass(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    admit({ operation, resource, subresource, object }) {
      if (operation !== 'CREATE' || resource.group !== '' || resource.plural !== 'persistentvolumeclaims' || subresource !== '') return;
      const claim = object as KubeObject & PersistentVolumeClaim;
      if (!claim.spec || claim.spec.storageClassName !== undefined || claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
      const name = defaultClass(objects.list('storage.k8s.io', 'storageclasses'), ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']);
      if (name !== undefined) claim.spec.storageClassName = name;
    },
  };
}

/** An ingress that names no class is of the default one, if there is one. */
export function defaultIngressClass(objects: ObjectSource): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    admit({ operation, resource, subresource, object }) {
      if (operation !== 'CREATE' || resource.group !== 'networking.k8s.io' || resource.plural !== 'ingresses' || subresource !== '') return;
      const ingress = object as KubeObject & Ingress;
      if (ingress.spec?.ingressClassName !== undefined || ingress.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
      const name = defaultClass(objects.list('networking.k8s.io', 'ingressclasses'), ['ingressclass.kubernetes.io/is-default-class']);
      if (name !== undefined) (ingress.spec ??= {}).ingressClassName = name;
    },
  };
}

/** The newest of several; of those made at the same time the first by name. */
function defaultClass(classes: Iterable<KubeObject>, annotations: readonly string[]): string | undefined {
  const defaults = [...classes].filter(({ metadata }) => annotations.some((annotation) => metadata.annotations?.[annotation] === 'true'));
  const createdAt = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';
  const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? '';
  return defaults.sort((a, b) => (createdAt(a) === createdAt(b) ? (nameOf(a) < nameOf(b) ? -1 : 1) : createdAt(a) > createdAt(b) ? -1 : 1)).map(nameOf)[0];
}
