import type { ResourceInfo } from '../registry/resource.js';
import type { ResourceRegistry } from '../registry/resource-registry.js';
import { builtinDiscovery } from '../schemas/builtin-discovery.js';
import { compareVersionPriority } from '../registry/version-order.js';

/** A group as it is served right now; the core group's name is empty. */
export interface ServedGroup {
  readonly name: string;
  /** By priority: the first one is preferred. */
  readonly versions: readonly ServedVersion[];
}

export interface ServedVersion {
  readonly version: string;
  /** As the registry has them. */
  readonly resources: readonly ResourceInfo[];
}

/** What a registry serves: the core group, built-in groups in their fixed order, then custom groups by name. */
export function servedGroups(registry: ResourceRegistry): ServedGroup[] {
  const byGroup = new Map<string, Map<string, ResourceInfo[]>>();
  for (const resource of registry.all()) {
    const versions = getOrAdd(byGroup, resource.group, () => new Map<string, ResourceInfo[]>());
    getOrAdd(versions, resource.version, () => []).push(resource);
  }
  const builtin = [...new Set(builtinDiscovery().map(({ group }) => group))];
  const rank = (name: string) => (builtin.includes(name) ? builtin.indexOf(name) : builtin.length);
  return [...byGroup]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, versions]) => ({
      name,
      versions: [...versions].sort(([a], [b]) => compareVersionPriority(a, b)).map(([version, resources]) => ({ version, resources: inOrder(resources) })),
    }));
}

/** Built-in ones in the order of discovery, custom ones by name. */
function inOrder(resources: ResourceInfo[]): ResourceInfo[] {
  return resources.every(({ custom }) => !custom) ? resources : resources.sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
