import { formatApiVersion } from '@kubewright/api';

import type { ResourceRegistry } from '../registry/resource-registry.js';

/** Whether the server has a kind at all, which decides between two errors for a body of the wrong one. */
export function isRegisteredIn(registry: ResourceRegistry): (apiVersion: string, kind: string) => boolean {
  return (apiVersion, kind) => [...registry.all()].some((resource) => resource.kind === kind && formatApiVersion(resource.group, resource.version) === apiVersion);
}
