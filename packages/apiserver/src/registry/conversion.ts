import { formatApiVersion, type KubeObject } from '@kubewright/api';

import { storedAs } from './request-scope.js';
import type { ResourceInfo } from './resource.js';

/** The version that a request speaks. */
export function requestApiVersion(resource: ResourceInfo): string {
  return formatApiVersion(resource.group, resource.version);
}

/** The version in which the resource is stored. */
export function storageApiVersion(resource: ResourceInfo): string {
  return formatApiVersion(storedAs(resource).group, resource.storageVersion);
}

/**
 * Objects in another version. Those that are in it already come back as they are, all others as new ones; the input is never changed.
 * Only a conversion webhook makes this wait.
 */
export async function convertObjects(resource: ResourceInfo, objects: readonly KubeObject[], apiVersion: string): Promise<readonly KubeObject[]> {
  const read = resource.readStored ? objects.map(resource.readStored) : objects;
  if (read.every((object) => object.apiVersion === apiVersion)) return read;
  if (resource.convert) return resource.convert(read, apiVersion);
  return read.map((object) => (object.apiVersion === apiVersion ? object : { ...object, apiVersion }));
}

/** {@link convertObjects} for one object. */
export async function convertObject(resource: ResourceInfo, object: KubeObject, apiVersion: string): Promise<KubeObject> {
  if (object.apiVersion === apiVersion && !resource.readStored) return object;
  const [converted] = await convertObjects(resource, [object], apiVersion);
  return converted!;
}

/** {@link convertObject} for an object that was not read from storage but is to be written there, or shown to somebody. */
export async function convertWritten(resource: ResourceInfo, object: KubeObject, apiVersion: string): Promise<KubeObject> {
  if (object.apiVersion === apiVersion) return object;
  if (!resource.convert) return { ...object, apiVersion };
  const [converted] = await resource.convert([object], apiVersion);
  return converted!;
}
