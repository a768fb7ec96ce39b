import type { PersistentVolume, PersistentVolumeClaim } from '@kubewright/api/core/v1';
import type { CSIDriver, CSINode, StorageClass, VolumeAttachment, VolumeAttributesClass } from '@kubewright/api/storage/v1';

import { ageOf } from '../age.js';
import { cellsOf, UNSET } from './cells.js';
import type { CellFunction, Stored } from './cells.js';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

const claim = cellsOf<PersistentVolumeClaim>(({ metadata, spec, status }, now) => {
  const isBound = Boolean(spec?.volumeName);
  return [
    metadata?.name ?? '', metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating', spec?.volumeName ?? '',
    isBound ? `${status?.capacity?.storage ?? 0}` : '', isBound ? accessModes(status?.accessModes) : '',
    metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '', spec?.volumeAttributesClassName ?? UNSET,
    ageOf(metadata?.creationTimestamp, now), spec?.volumeMode ?? UNSET,
  ];
});

const volume = cellsOf<PersistentVolume>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', `${spec?.capacity?.storage ?? 0}`, accessModes(spec?.accessModes), spec?.persistentVolumeReclaimPolicy ?? '',
  metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
  spec?.claimRef ? `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}` : '',
  metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '', spec?.volumeAttributesClassName ?? UNSET, status?.reason ?? '',
  ageOf(metadata?.creationTimestamp, now), spec?.volumeMode ?? UNSET,
]);

const MODES: readonly (readonly [string, string])[] = [
  ['ReadWriteOnce', 'RWO'], ['ReadOnlyMany', 'ROX'], ['ReadWriteMany', 'RWX'], ['ReadWriteOncePod', 'RWOP'],
];

function accessModes(modes: readonly string[] = []): string {
  return MODES.filter(([mode]) => modes.includes(mode)).map(([, short]) => short).join(',');
}

const storageClass = cellsOf<StorageClass>((object, now) => [
  className(object), object.provisioner ?? '', object.reclaimPolicy ?? 'Delete', object.volumeBindingMode ?? 'Immediate',
  object.allowVolumeExpansion ?? false, ageOf(object.metadata?.creationTimestamp, now),
]);

function className({ metadata }: Stored<StorageClass>): string {
  const isDefault = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']
    .some((key) => metadata?.annotations?.[key] === 'true');
  return isDefault ? `${metadata?.name ?? ''} (default)` : (metadata?.name ?? '');
}

const attachment = cellsOf<VolumeAttachment>(({ metadata, spec, status }, now) => [
  metadata?.name ?? '', spec?.attacher ?? '', spec?.source?.persistentVolumeName ?? '', spec?.nodeName ?? '', status?.attached ?? false,
  ageOf(metadata?.creationTimestamp, now),
]);

const csiDriver = cellsOf<CSIDriver>(({ metadata, spec }, now) => [
  metadata?.name ?? '', spec?.attachRequired ?? true, spec?.podInfoOnMount ?? false, spec?.storageCapacity ?? false,
  spec?.tokenRequests === undefined ? UNSET : spec.tokenRequests.map(({ audience = '' }) => audience).join(','), spec?.requiresRepublish ?? false,
  spec?.volumeLifecycleModes?.join(',') || '<none>', ageOf(metadata?.creationTimestamp, now),
]);

const csiNode = cellsOf<CSINode>(({ metadata, spec }, now) => [metadata?.name ?? '', spec?.drivers?.length ?? 0, ageOf(metadata?.creationTimestamp, now)]);

const attributesClass = cellsOf<VolumeAttributesClass>(({ metadata, driverName }, now) => [
  metadata?.name ?? '', driverName ?? '', ageOf(metadata?.creationTimestamp, now),
]);

export const STORAGE_CELLS: Readonly<Record<string, CellFunction>> = {
  'v1 persistentvolumeclaims': claim,
  'v1 persistentvolumes': volume,
  'storage.k8s.io/v1 storageclasses': storageClass,
  'storage.k8s.io/v1 volumeattachments': attachment,
  'storage.k8s.io/v1 csidrivers': csiDriver,
  'storage.k8s.io/v1 csinodes': csiNode,
  'storage.k8s.io/v1 volumeattributesclasses': attributesClass,
};
