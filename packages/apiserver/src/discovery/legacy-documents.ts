import { createHash } from 'node:crypto';

import { formatApiVersion } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';
import { builtinDiscovery } from '../schemas/builtin-discovery.js';
import type { ServedGroup, ServedVersion } from './served-groups.js';

/** `/api`. @param serverAddress host and port at which clients reach the server */
export function apiVersions(serverAddress: string): unknown {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

/** `/apis` */
export function apiGroupList(groups: readonly ServedGroup[]): unknown {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ name }) => name !== '').map(groupBody) };
}

/** `/apis/GROUP` */
export function apiGroup(group: ServedGroup): unknown {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

/** `/api/v1` and `/apis/GROUP/VERSION` */
export function apiResourceList(group: string, { version, resources }: ServedVersion): unknown {
  return {
    kind: 'APIResourceList', ...(group !== '' && { apiVersion: 'v1' }), groupVersion: formatApiVersion(group, version),
    resources: resources.flatMap(resourceBodies),
  };
}

function groupBody({ name, versions }: ServedGroup): { name: string; versions: unknown[]; preferredVersion: unknown } {
  const list = versions.map(({ version }) => ({ groupVersion: formatApiVersion(name, version), version }));
  return { name, versions: list, preferredVersion: list[0] };
}

/** A resource and its subresources. */
function resourceBodies(resource: ResourceInfo): unknown[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  const hash = storageVersionHash(resource);
  return [
    {
      name: plural, singularName: singular, namespaced, kind, verbs, ...(shortNames.length > 0 && { shortNames }),
      ...(categories.length > 0 && { categories }), ...(hash !== undefined && { storageVersionHash: hash }),
    },
    ...subresources.map((sub) => ({
      name: `${plural}/${sub.name}`, singularName: '', namespaced, ...(sub.version !== undefined && { group: sub.group ?? '', version: sub.version }),
      kind: sub.kind, verbs: sub.verbs,
    })),
  ];
}

/** Tells clients when objects are stored in another version than before. Built-in resources that are not stored have none. */
function storageVersionHash({ group, version, plural, kind, custom, storageVersion }: ResourceInfo): string | undefined {
  if (!custom) {
    const recorded = builtinDiscovery().find((candidate) => candidate.group === group && candidate.version === version);
    return recorded?.resources.find((resource) => resource.plural === plural)?.storageVersionHash;
  }
  return createHash('sha256').update(`${group}/${storageVersion}/${kind}`).digest().subarray(0, 8).toString('base64');
}
