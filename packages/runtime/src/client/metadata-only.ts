import { formatApiVersion, resourceKind, type KindRef, type KubeObject, type ResourceKind } from '@kubewright/api';

/** A kind of which only `metadata` is read. Make one with {@link metadataOnly}. */
export interface MetadataKind extends ResourceKind<KubeObject> {
  readonly metadataOnly: true;
}

const MADE = new Map<string, MetadataKind>();

/**
 * The same kind, but reads, watches and caches get `apiVersion`, `kind` and `metadata` alone, which is a fraction of a Secret or a Pod.
 * Objects can be patched and deleted by it; creating and updating is refused, since a part would replace the whole.
 *
 * @example
 * await client.list(metadataOnly(Secret), { namespace: 'default' });
 */
export function metadataOnly(ref: KindRef<never> | KindRef): MetadataKind {
  const { group, version, kind, plural, scope } = resourceKind(ref as KindRef<never>);
  const id = `${group} ${version} ${plural} ${scope}`;
  let made = MADE.get(id);
  if (!made) MADE.set(id, (made = Object.freeze({ group, version, kind, plural, scope, metadataOnly: true })));
  return made;
}

export function isMetadataOnly(kind: ResourceKind<never> | ResourceKind): kind is MetadataKind {
  return 'metadataOnly' in kind && kind.metadataOnly === true;
}

/** What to accept for reads of a kind. Servers that can not cut objects answer whole ones, which {@link withMetadataOnly} cuts. */
export function acceptFor(kind: ResourceKind<never> | ResourceKind, isList = false): string {
  return isMetadataOnly(kind) ? `application/json;as=PartialObjectMetadata${isList ? 'List' : ''};g=meta.k8s.io;v=v1,application/json` : 'application/json';
}

/** The object as the kind wants it: nothing but metadata, under the kind's own name instead of PartialObjectMetadata. */
export function withMetadataOnly<T extends KubeObject>(kind: ResourceKind<never> | ResourceKind, object: T): T {
  if (!isMetadataOnly(kind)) return object;
  return { apiVersion: formatApiVersion(kind.group, kind.version), kind: kind.kind, metadata: object.metadata } as T;
}
