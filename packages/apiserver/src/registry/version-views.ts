import { formatApiVersion, parseApiVersion, type KubeObject, type TypedSchema } from '@kubewright/api';

import type { ResourceRegistry } from './resource-registry.js';
import type { ResourceInfo } from './resource.js';

/** How an object looks in another version of its resource, for records of ownership that were made in that version. */
export interface OtherVersion {
  readonly schema: TypedSchema | undefined;
  convert(object: KubeObject): KubeObject;
  /** Whether what `convert` gives must fit the types: where it is all the conversion that there is. */
  readonly isStrict: boolean;
}

/**
 * The other versions of a resource; undefined for those that are not served. Ownership is compared field by field without waiting, so that
 * what only a webhook could convert is compared by name.
 */
export function otherVersions(registry: ResourceRegistry, resource: ResourceInfo): (apiVersion: string) => OtherVersion | undefined {
  return (apiVersion) => {
    const { group, version } = parseApiVersion(apiVersion);
    const other = group === resource.group ? registry.lookup(group, version, resource.plural) : undefined;
    return other && { schema: other.schema, isStrict: other.convertsByName ?? false, convert: (object) => ({ ...object, apiVersion: formatApiVersion(group, version) }) };
  };
}
