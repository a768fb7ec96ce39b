import { isNotFound, type ResourceKind, type UnstructuredObject } from '@kubewright/api';
import type { Transport, TransportRequest } from '@kubewright/platform';

import { readObject } from './response.js';

/** The kinds of one version of a group. */
export interface ServedVersion {
  readonly version: string;
  readonly kinds: readonly ResourceKind<UnstructuredObject>[];
}

/**
 * What the server serves, by group, the preferred version first. Two requests where it has aggregated discovery (1.27 and newer), else one
 * for each version. A version that can not be had now, as that of an aggregated API server that is down, has no kinds.
 *
 * @param group asks for the versions of this group alone, without their kinds
 */
export async function discover(transport: Transport, group?: string): Promise<Map<string, ServedVersion[]>> {
  if (group !== undefined) return new Map([[group, (await groupVersions(transport, group)).map((version) => ({ version, kinds: [] }))]]);
  const [core, named] = await Promise.all([get<Answer>(transport, '/api', AGGREGATED), get<Answer>(transport, '/apis', AGGREGATED)]);
  const groups = new Map<string, ServedVersion[]>();
  for (const answer of [core, named]) {
    if (isAggregated(answer)) for (const item of answer.items) groups.set(item.metadata.name ?? '', item.versions.map((version) => aggregated(item.metadata.name ?? '', version)));
    else await legacy(transport, answer, groups);
  }
  return groups;
}

/** One version of a group; undefined when it is not served (404). */
export async function discoverVersion(transport: Transport, group: string, version: string): Promise<ServedVersion | undefined> {
  try {
    const list = await get<ApiResourceList>(transport, group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
    const kinds = (list.resources ?? []).filter(({ name }) => !name.includes('/'));
    return { version, kinds: kinds.map((resource) => kindOf(resource.group ?? group, resource.version ?? version, resource.kind, resource.name, resource.namespaced)) };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

interface Aggregated {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items: readonly { readonly metadata: { readonly name?: string }; readonly versions: readonly AggregatedVersion[] }[];
}
interface AggregatedVersion {
  readonly version: string;
  readonly freshness?: 'Current' | 'Stale';
  readonly resources?: readonly {
    readonly resource: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly responseKind?: { readonly group?: string; readonly version?: string; readonly kind?: string };
  }[];
}
interface Legacy {
  readonly kind?: string;
  /** Of the core group. */
  readonly versions?: readonly string[];
  readonly groups?: readonly ApiGroup[];
}
interface ApiGroup {
  readonly name: string;
  readonly versions: readonly { readonly version: string }[];
  readonly preferredVersion?: { readonly version: string };
}
interface ApiResourceList {
  readonly resources?: readonly { readonly name: string; readonly namespaced: boolean; readonly kind: string; readonly group?: string; readonly version?: string }[];
}
type Answer = Aggregated | Legacy;

function isAggregated(answer: Answer): answer is Aggregated {
  return answer.kind === 'APIGroupDiscoveryList';
}

function aggregated(group: string, { version, resources = [] }: AggregatedVersion): ServedVersion {
  const kinds = resources.filter(({ responseKind }) => !!responseKind?.kind);
  return { version, kinds: kinds.map(({ resource, responseKind, scope }) => ({ ...kindOf(group, version, responseKind!.kind!, resource, scope === 'Namespaced') })) };
}

async function legacy(transport: Transport, answer: Legacy, groups: Map<string, ServedVersion[]>): Promise<void> {
  const named: [string, readonly string[]][] = answer.versions ? [['', answer.versions]] : (answer.groups ?? []).map((group) => [group.name, inOrder(group)]);
  await Promise.all(
    named.map(async ([group, versions]) => {
      // Whatever goes wrong with one group is that group's.
      const loaded = await Promise.all(versions.map((version) => discoverVersion(transport, group, version).catch(() => undefined)));
      groups.set(group, versions.map((version, index) => loaded[index] ?? { version, kinds: [] }));
    }),
  );
}

async function groupVersions(transport: Transport, group: string): Promise<readonly string[]> {
  if (group === '') return (await get<Legacy>(transport, '/api')).versions ?? [];
  return inOrder(await get<ApiGroup>(transport, `/apis/${group}`));
}

function inOrder({ preferredVersion, versions }: ApiGroup): readonly string[] {
  const names = versions.map(({ version }) => version);
  const first = preferredVersion?.version;
  return first === undefined ? names : [first, ...names.filter((name) => name !== first)];
}

function kindOf(group: string, version: string, kind: string, plural: string, namespaced: boolean): ResourceKind<UnstructuredObject> {
  return { group, version, kind, plural, scope: namespaced ? 'Namespaced' : 'Cluster' };
}

async function get<T extends object>(transport: Transport, path: string, accept = 'application/json'): Promise<T> {
  const request: TransportRequest = { method: 'GET', path, headers: { accept } };
  return readObject<T>(request, await transport.dispatch(request));
}
