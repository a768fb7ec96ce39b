import { createHash } from 'node:crypto';

import { formatApiVersion } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';
import { documentName } from '../schemas/builtin-schemas.js';
import { readDocument } from '../schemas/load.js';
import { customDocument } from './openapi-custom.js';
import { openApiPaths } from './openapi-paths.js';
import type { ServedGroup } from './served-groups.js';

/** Documents of `/openapi/v3`. Bodies are made anew each time, because few clients ask for few of them; only their hashes are kept. */
export class OpenApiV3 {
  readonly #hashes = new Map<string, { readonly resources: readonly ResourceInfo[]; readonly hash: string }>();

  /** `/openapi/v3`: where each document is and the hash of what it says. */
  index(groups: readonly ServedGroup[]): unknown {
    const paths: Record<string, { serverRelativeURL: string }> = {};
    const add = (path: string, resources: readonly ResourceInfo[]) => {
      const hash = this.#hashOf(path, resources, groups);
      if (hash !== undefined) paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
    };
    for (const path of ['api', 'apis']) add(path, []);
    for (const { name, versions } of groups) {
      if (name !== '') add(`apis/${name}`, []);
      for (const { version, resources } of versions) add(name === '' ? `api/${version}` : `apis/${name}/${version}`, resources);
    }
    return { paths };
  }

  /** `/openapi/v3/PATH`; undefined for documents that there are not. */
  document(path: string, groups: readonly ServedGroup[]): Buffer | undefined {
    const [root, group, version] = path.split('/');
    if (root === 'api' && version === undefined && group !== undefined) return document('', group, path, groups);
    if (root === 'apis' && version !== undefined) return document(group!, version, path, groups);
    return groups.some(({ name }) => path === 'api' || path === 'apis' || path === `apis/${name}`) ? withoutPaths(path) : undefined;
  }

  #hashOf(path: string, resources: readonly ResourceInfo[], groups: readonly ServedGroup[]): string | undefined {
    const known = this.#hashes.get(path);
    if (known !== undefined && known.resources.length === resources.length && known.resources.every((resource, index) => resource === resources[index])) {
      return known.hash;
    }
    const body = this.document(path, groups);
    if (body === undefined) return undefined;
    const hash = createHash('sha512').update(body).digest('hex').toUpperCase();
    this.#hashes.set(path, { resources, hash });
    return hash;
  }
}

function document(group: string, version: string, path: string, groups: readonly ServedGroup[]): Buffer | undefined {
  const resources = groups.find(({ name }) => name === group)?.versions.find((served) => served.version === version)?.resources;
  if (resources === undefined) return undefined;
  const recorded = readDocument(`openapi-v3/${documentName(group, version)}`);
  if (recorded === undefined) return Buffer.from(JSON.stringify(customDocument(resources)));
  return withPaths(recorded, openApiPaths(resources, definitionFinder(recorded)), path);
}

/** Recorded documents have no paths; they are put in front, and the rest goes out as it was recorded. */
function withPaths(recorded: Buffer, paths: unknown, path: string): Buffer {
  if (recorded[0] !== 0x7b) throw new Error(`the packed document of ${path} is no object`);
  return Buffer.concat([Buffer.from(`{"paths":${JSON.stringify(paths)},`), recorded.subarray(1)]);
}

function withoutPaths(path: string): Buffer | undefined {
  const recorded = readDocument(`openapi-v3/${path.replaceAll('/', '__')}`);
  return recorded && withPaths(recorded, {}, path);
}

/** Finds kinds in a document by their `x-kubernetes-group-version-kind`, without keeping it. */
function definitionFinder(recorded: Buffer): (group: string, version: string, kind: string) => string | undefined {
  const { components } = JSON.parse(recorded.toString('utf8')) as { components: { schemas: Record<string, { 'x-kubernetes-group-version-kind'?: Kind[] }> } };
  const names = new Map<string, string>();
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(components.schemas)) {
    for (const { group, version, kind } of kinds) names.set(`${formatApiVersion(group, version)} ${kind}`, `#/components/schemas/${name}`);
  }
  return (group, version, kind) => names.get(`${formatApiVersion(group, version)} ${kind}`);
}

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}
