/** From what a request is about to the handler that answers it, with the real server's answers where there is none. */
import { ApiError, methodNotSupported, notFound, badRequest } from '@kubewright/api';

import type { UserInfo } from '../authn/user-info.js';
import type { ApiContext, Handler } from '../handlers/api-context.js';
import { handleConnect } from '../handlers/connect.js';
import { handleCreate } from '../handlers/create.js';
import { handleDelete } from '../handlers/delete.js';
import { handleDeleteCollection } from '../handlers/delete-collection.js';
import { handleGet } from '../handlers/get.js';
import { handleList } from '../handlers/list.js';
import { handlePatch } from '../handlers/patch.js';
import { handleUpdate } from '../handlers/update.js';
import { handleWatch } from '../handlers/watch.js';
import { ACCEPTED, ACCEPTED_STREAMS } from '../handlers/media-types.js';
import { managerOf, parseWriteOptions } from '../handlers/write-options.js';
import type { RequestScope } from '../registry/request-scope.js';
import type { ResourceInfo } from '../registry/resource.js';
import type { RequestInfo } from '../request/request-info.js';
import { headerOf, textResponse, type ServerRequest, type ServerResponse } from '../request/server-request.js';

const HANDLERS: Readonly<Record<string, Handler>> = {
  get: handleGet, list: handleList, watch: handleWatch, create: handleCreate, update: handleUpdate, patch: handlePatch, delete: handleDelete, deletecollection: handleDeleteCollection,
};

/** Subresources that show a part of the stored object; all others do something. */
const VIEWS = new Set(['status', 'scale', 'finalize', 'approval', 'ephemeralcontainers', 'resize']);

/** Groups whose paths are known even where the resource is not; their 404 is a Status. */
export type BuiltinGroups = ReadonlySet<string>;

/** Answers a request on resources. @throws ApiError */
export async function dispatch(context: ApiContext, builtinGroups: BuiltinGroups, http: ServerRequest, info: RequestInfo, user: UserInfo, warnings: string[]): Promise<ServerResponse> {
  const resource = context.registry.lookup(info.group, info.version, info.resource);
  if (!resource) return noSuchResource(builtinGroups.has(info.group));
  const isConnected = context.connections.has(`${resource.group}/${resource.plural}/${info.subresource}`);
  const known = resource.custom ? customHandler(resource, info) : builtinHandler(resource, info);
  const handler = known && isConnected ? handleConnect : known;
  if (!handler) return noSuchResource(!resource.custom);
  // What the registered route of a built-in resource can not write is refused before anything is looked at.
  if (!resource.custom && handler !== handleConnect) checkProduces(http, info.verb === 'list' || info.verb === 'watch' ? [...ACCEPTED, ...ACCEPTED_STREAMS] : ACCEPTED);
  if (resource.deprecationWarning) warnings.push(resource.deprecationWarning);
  return handler(context, { http, info, scope: scopeOf(resource, info, user, warnings, http) });
}

/** Whether the sender takes one of the media types that its route writes. @throws ApiError 406 */
export function checkProduces(http: ServerRequest, produced: readonly string[]): void {
  const types = headerOf(http, 'accept').split(',').map((clause) => clause.split(';')[0]!.trim()).filter((type) => type !== '');
  if (types.length === 0 || types.some((type) => type === '*/*' || produced.includes(type) || type === 'application/*')) return;
  throw ApiError.of(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${produced.join(', ')}`, {});
}

function noSuchResource(isBuiltin: boolean): ServerResponse {
  if (!isBuiltin) return textResponse(404, '404 page not found\n');
  throw ApiError.of(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** The extension server knows its verbs late: it first looks for the scope, then for the subresource, then for the verb. */
function customHandler(resource: ResourceInfo, info: RequestInfo): Handler | undefined {
  const { verb, namespace, subresource, isNamed } = info;
  const spansNamespaces = resource.namespaced && namespace === '' && (verb === 'list' || verb === 'watch');
  if (!spansNamespaces && resource.namespaced !== (namespace !== '')) return undefined;
  const named = { group: resource.group, resource: resource.plural };
  if (subresource !== '') {
    const found = resource.subresources.find(({ name }) => name === subresource);
    if (!found) throw notFound(named, info.name);
    if (!found.verbs.includes(verb)) throw methodNotSupported(named, verb);
  } else if (!resource.verbs.includes(verb)) throw methodNotSupported(named, verb);
  if (!isNamed && (verb === 'update' || verb === 'patch')) throw badRequest('name must be provided');
  return HANDLERS[verb];
}

/** Built-in paths are routes: one that does not exist is not found, one without the method does not allow it. */
function builtinHandler(resource: ResourceInfo, info: RequestInfo): Handler | undefined {
  const { verb, namespace, subresource, isNamed } = info;
  const hasScope = resource.namespaced === (namespace !== '') || (resource.plural === 'namespaces' && resource.group === '');
  if (!hasScope && (isNamed || !resource.namespaced)) return undefined;
  const notAllowed = ApiError.of(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
  if (subresource !== '') {
    const found = resource.subresources.find(({ name }) => name === subresource);
    if (!found || info.rest !== '') return undefined;
    if (!found.verbs.includes(verb)) throw notAllowed;
    return VIEWS.has(subresource) ? HANDLERS[verb] : handleConnect;
  }
  const isCollectionVerb = verb === 'list' || verb === 'watch' || verb === 'create' || verb === 'deletecollection';
  if (isNamed === isCollectionVerb && !(verb === 'watch' && isNamed)) throw notAllowed;
  if (!hasScope && verb !== 'list' && verb !== 'watch') throw notAllowed;
  if (!resource.verbs.includes(verb)) throw notAllowed;
  return HANDLERS[verb];
}

function scopeOf(resource: ResourceInfo, info: RequestInfo, user: UserInfo, warnings: string[], http: ServerRequest): RequestScope {
  const { verb } = info;
  const isApply = verb === 'patch' && headerOf(http, 'content-type').split(';')[0]!.trim() === 'application/apply-patch+yaml';
  const kind = verb === 'create' ? 'CreateOptions' : verb === 'update' ? 'UpdateOptions' : verb === 'patch' ? 'PatchOptions' : undefined;
  const options = kind && parseWriteOptions(info.query, kind, isApply);
  return {
    resource,
    subresource: info.subresource,
    subresourceInfo: resource.subresources.find(({ name }) => name === info.subresource),
    namespace: resource.namespaced ? info.namespace : '',
    name: info.isNamed ? info.name : '',
    user,
    dryRun: options?.dryRun ?? false,
    fieldManager: options?.fieldManager || managerOf(headerOf(http, 'user-agent')),
    fieldValidation: options?.fieldValidation ?? 'Warn',
    ...(options && { options: optionsOf(info) }),
    warnings,
  };
}

/** What the request says about itself, as far as it has said it. */
function optionsOf({ query }: RequestInfo): Record<string, unknown> {
  const [dryRun, fieldManager, fieldValidation] = [query.all('dryRun'), query.text('fieldManager'), query.text('fieldValidation')];
  return { ...(dryRun.length > 0 && { dryRun }), ...(fieldManager && { fieldManager }), ...(fieldValidation && { fieldValidation }) };
}
