import { formatApiVersion } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';

/** Finds the definition of a kind in the document at hand: its reference, or undefined where it is not described. */
export type DefinitionOf = (group: string, version: string, kind: string) => string | undefined;

/**
 * `paths` of an OpenAPI v3 document: who can be asked for what, with which options. Clients look here for the kinds of a version and for the
 * options that a server understands, such as fieldValidation.
 */
export function openApiPaths(resources: readonly ResourceInfo[], definitionOf: DefinitionOf): Record<string, unknown> {
  const paths: Record<string, unknown> = {};
  for (const resource of resources) {
    const { group, version, plural, namespaced, verbs } = resource;
    const root = `/${group === '' ? 'api' : 'apis'}/${formatApiVersion(group, version)}`;
    const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
    const own: Target = { resource, group, version, kind: resource.kind, definitionOf };
    const scope = namespaced ? [NAMESPACE] : [];
    if (namespaced && verbs.includes('list')) put(paths, `${root}/${plural}`, [], own, verbs.filter((verb) => verb === 'list'), COLLECTION);
    put(paths, collection, scope, own, verbs, COLLECTION);
    put(paths, `${collection}/{name}`, [...scope, NAME], own, verbs, ITEM);
    for (const sub of resource.subresources) {
      const target: Target = sub.version === undefined ? { ...own, kind: sub.kind } : { ...own, group: sub.group ?? '', version: sub.version, kind: sub.kind };
      put(paths, `${collection}/{name}/${sub.name}`, [...scope, NAME], target, sub.verbs, { ...ITEM, create: COLLECTION.create! });
    }
  }
  return paths;
}

/** What the operations of a path are about. */
interface Target {
  readonly resource: ResourceInfo;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly definitionOf: DefinitionOf;
}

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly action: string;
  readonly options: readonly unknown[];
  readonly answers: 'object' | 'list' | 'status';
}

const query = (name: string, type: string): unknown => ({ name, in: 'query', schema: { type, uniqueItems: true } });
const inPath = (name: string): unknown => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });
const NAMESPACE = inPath('namespace');
const NAME = inPath('name');
const PRETTY = query('pretty', 'string');
const WRITE = [query('dryRun', 'string'), query('fieldManager', 'string'), query('fieldValidation', 'string')];
const DELETE = [
  query('dryRun', 'string'), query('gracePeriodSeconds', 'integer'), query('orphanDependents', 'boolean'), query('propagationPolicy', 'string'),
];
const LIST = [
  query('allowWatchBookmarks', 'boolean'), query('continue', 'string'), query('fieldSelector', 'string'), query('labelSelector', 'string'),
  query('limit', 'integer'), query('resourceVersion', 'string'), query('resourceVersionMatch', 'string'), query('sendInitialEvents', 'boolean'),
  query('timeoutSeconds', 'integer'), query('watch', 'boolean'),
];

/** By verb. */
const COLLECTION: Readonly<Record<string, Operation>> = {
  list: { method: 'get', action: 'list', options: LIST, answers: 'list' },
  create: { method: 'post', action: 'post', options: WRITE, answers: 'object' },
  deletecollection: { method: 'delete', action: 'deletecollection', options: [...DELETE, ...LIST], answers: 'status' },
};
const ITEM: Readonly<Record<string, Operation>> = {
  get: { method: 'get', action: 'get', options: [], answers: 'object' },
  update: { method: 'put', action: 'put', options: WRITE, answers: 'object' },
  patch: { method: 'patch', action: 'patch', options: [...WRITE, query('force', 'boolean')], answers: 'object' },
  delete: { method: 'delete', action: 'delete', options: DELETE, answers: 'status' },
};

function put(
  paths: Record<string, unknown>, path: string, scope: readonly unknown[], target: Target, verbs: readonly string[], operations: Readonly<Record<string, Operation>>,
): void {
  const item: Record<string, unknown> = {};
  for (const [verb, operation] of Object.entries(operations)) if (verbs.includes(verb)) item[operation.method] = operationBody(operation, target, path);
  if (Object.keys(item).length > 0) paths[path] = { ...item, parameters: [...scope, PRETTY] };
}

const READ_TYPES = ['application/json', 'application/yaml'];
const PATCH_TYPES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

function operationBody({ method, action, options, answers }: Operation, target: Target, path: string): unknown {
  const { resource, group, version, kind, definitionOf } = target;
  const definition = definitionOf(group, version, answers === 'list' ? resource.listKind : kind);
  const body = schemaRef(definition);
  const patchTypes = resource.custom ? PATCH_TYPES : [...PATCH_TYPES, 'application/strategic-merge-patch+json'];
  return {
    operationId: operationId(action, target, path),
    ...(options.length > 0 && { parameters: options }),
    ...((method === 'post' || method === 'put') && { requestBody: { content: { '*/*': body }, required: true } }),
    ...(method === 'patch' && {
      requestBody: { content: Object.fromEntries(patchTypes.map((type) => [type, schemaRef(PATCH_DEFINITION)])), required: true },
    }),
    responses: {
      200: { description: 'OK', content: Object.fromEntries(READ_TYPES.map((type) => [type, answers === 'status' ? schemaRef(STATUS_DEFINITION) : body])) },
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  };
}

const REFERENCE = '#/components/schemas/';
const META = `${REFERENCE}io.k8s.apimachinery.pkg.apis.meta.v1`;
const PATCH_DEFINITION = `${META}.Patch`;
const STATUS_DEFINITION = `${META}.Status`;

function schemaRef(reference: string | undefined): unknown {
  return reference === undefined ? {} : { schema: { $ref: reference } };
}

function operationId(action: string, { resource, kind }: Target, path: string): string {
  const verb = { get: 'read', post: 'create', put: 'replace' }[action] ?? action;
  const scope = path.includes('{namespace}') ? 'Namespaced' : '';
  const tail = path.split('/{name}/')[1] ?? '';
  const all = resource.namespaced && scope === '' ? 'ForAllNamespaces' : '';
  return `${verb}${versionName(resource)}${scope}${kind}${capitalized(tail)}${all}`;
}

function versionName({ group, version }: ResourceInfo): string {
  return `${group === '' ? 'Core' : group.split('.').map(capitalized).join('')}${capitalized(version)}`;
}

function capitalized(text: string): string {
  return text === '' ? '' : text[0]!.toUpperCase() + text.slice(1);
}
