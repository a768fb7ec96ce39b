import type { KubeObject } from '@kubewright/api';

import { loadDocument } from './load.js';

/** A built-in API group in one version. */
export interface BuiltinGroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly BuiltinResource[];
}

/** A built-in resource, as discovery tells it. */
export interface BuiltinResource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly storageVersionHash?: string;
  readonly subresources: readonly BuiltinSubresource[];
}

/** A subresource of a built-in resource. `group` and `version` stand where its body is of another group version than the resource. */
export interface BuiltinSubresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

let discovery: readonly BuiltinGroupVersion[] | undefined;

/** Everything that a fresh server serves, core group first, then the groups in the order of `/apis` and their versions by priority. */
export function builtinDiscovery(): readonly BuiltinGroupVersion[] {
  discovery ??= readDiscovery();
  return discovery;
}

/** The fields that a field selector of a built-in resource may name. */
export function fieldLabels(apiVersion: string, plural: string): readonly string[] {
  return loadDocument<Record<string, Record<string, string[]>>>('field-labels')[apiVersion]?.[plural] ?? ['metadata.name', 'metadata.namespace'];
}

/** What a fresh server makes for itself, by plural: namespaces, services, priorityclasses, …; without the roles. */
export function bootstrapObjects(): Readonly<Record<string, readonly KubeObject[]>> {
  return loadDocument('bootstrap-objects');
}

/** The roles and bindings that a fresh server makes for itself: clusterroles, clusterrolebindings, roles, rolebindings. */
export function bootstrapRoles(): Readonly<Record<string, readonly KubeObject[]>> {
  return loadDocument('rbac-bootstrap');
}

interface ApiResource {
  name: string;
  singularName: string;
  kind: string;
  namespaced: boolean;
  shortNames?: string[];
  categories?: string[];
  verbs: string[];
  group?: string;
  version?: string;
  storageVersionHash?: string;
}

interface DiscoveryDocuments {
  readonly apis: { groups: { name: string; versions: { version: string }[] }[] };
  readonly [name: string]: unknown;
}

function readDiscovery(): BuiltinGroupVersion[] {
  const documents = loadDocument<DiscoveryDocuments>('discovery');
  const resourcesOf = (name: string) => toResources((documents[name] as { resources: ApiResource[] }).resources);
  return [
    { group: '', version: 'v1', resources: resourcesOf('api__v1') },
    ...documents.apis.groups.flatMap(({ name: group, versions }) =>
      versions.map(({ version }) => ({ group, version, resources: resourcesOf(`apis__${group}__${version}`) }))),
  ];
}

function toResources(list: readonly ApiResource[]): BuiltinResource[] {
  return list
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, singularName, kind, namespaced, shortNames = [], categories = [], verbs, storageVersionHash }) => ({
      plural: name, singular: singularName, kind, namespaced, shortNames, categories, verbs,
      ...(storageVersionHash !== undefined && { storageVersionHash }),
      subresources: list.filter((sub) => sub.name.startsWith(`${name}/`)).map((sub) => ({
        name: sub.name.slice(name.length + 1), kind: sub.kind, verbs: sub.verbs,
        ...(sub.version !== undefined && { group: sub.group ?? '', version: sub.version }),
      })),
    }));
}
