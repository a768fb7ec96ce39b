import { formatApiVersion, formatTime, type KubeObject } from '@kubewright/api';
import type { Clock, Random } from '@kubewright/platform';

import { bootstrapPolicy } from './authz/bootstrap-policy.js';
import type { ResourceRegistry } from './registry/resource-registry.js';
import type { ResourceInfo } from './registry/resource.js';
import { bootstrapObjects } from './schemas/builtin-discovery.js';
import { copyJson } from './storage/immutable.js';
import type { Storage } from './storage/storage.js';

/** What {@link writeBootstrapObjects} works with. */
export interface BootstrapOptions {
  readonly storage: Storage;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
  /** Of the Service that is the server itself. @default as recorded */
  readonly serverAddress?: string;
}

/**
 * Stores what a fresh server makes for itself: its namespaces, its own Service, priority classes, roles and bindings, as recorded from a real
 * one. They go past admission and ownership, as nobody is there yet; what exists is left alone.
 */
export function writeBootstrapObjects({ storage, registry, clock, random, serverAddress }: BootstrapOptions): void {
  const now = formatTime(new Date(clock.now()));
  const put = (resource: ResourceInfo, recorded: KubeObject): void => {
    const { namespace = '', name = '' } = recorded.metadata;
    if (storage.get(resource.group, resource.plural, namespace, name)) return;
    const object: KubeObject = { apiVersion: formatApiVersion(resource.group, resource.version), kind: resource.kind, ...copyJson(recorded) };
    if (resource.plural === 'services' && serverAddress !== undefined) Object.assign((object as { spec?: object }).spec ?? {}, { clusterIP: serverAddress, clusterIPs: [serverAddress] });
    object.metadata = { ...object.metadata, uid: random.uuid(), creationTimestamp: now };
    storage.put({ group: resource.group, plural: resource.plural, namespace, name }, undefined, object);
  };
  const byPlural = new Map<string, ResourceInfo>();
  for (const resource of registry.all()) if (!resource.custom && !byPlural.has(resource.plural)) byPlural.set(resource.plural, resource);
  for (const [plural, objects] of Object.entries(bootstrapObjects())) {
    const resource = byPlural.get(plural);
    if (resource) for (const object of objects) put(resource, object);
  }
  for (const { plural, objects } of bootstrapPolicy()) {
    const resource = registry.lookup('rbac.authorization.k8s.io', 'v1', plural);
    if (resource) for (const object of objects) put(resource, object);
  }
}
