import type { ResourceInfo, SubresourceInfo } from '../registry/resource.js';
import type { ServedGroup } from './served-groups.js';

/** Aggregated discovery (apidiscovery.k8s.io/v2): groups, versions and resources in one answer. */
export function groupDiscoveryList(groups: readonly ServedGroup[]): unknown {
  return {
    kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(({ version, resources }) => ({ version, resources: resources.map(resourceBody), freshness: 'Current' })),
    })),
  };
}

function resourceBody(resource: ResourceInfo): unknown {
  const { plural, singular, namespaced, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: plural, responseKind: kindOf(resource), scope: namespaced ? 'Namespaced' : 'Cluster', singularResource: singular, verbs,
    ...(shortNames.length > 0 && { shortNames }), ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((sub) => ({ subresource: sub.name, responseKind: kindOf(resource, sub), verbs: sub.verbs })),
    }),
  };
}

/** Built-in resources leave group and version out where they are their own. */
function kindOf(resource: ResourceInfo, sub?: SubresourceInfo): unknown {
  if (sub?.version !== undefined) return { group: sub.group ?? '', version: sub.version, kind: sub.kind };
  const kind = sub?.kind ?? resource.kind;
  return resource.custom ? { group: resource.group, version: resource.version, kind } : { group: '', version: '', kind };
}
