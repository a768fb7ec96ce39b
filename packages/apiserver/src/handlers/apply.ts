import { ApiError, badRequest, GoDecodeError, parseApiVersion, type KubeObject } from '@kubewright/api';

import { applyPatch } from '../apply/index.js';
import { requestApiVersion } from '../registry/conversion.js';
import { ownedState } from '../registry/ownership.js';
import { otherVersions } from '../registry/version-views.js';
import { planScaleUpdate, readScale, SCALE_KIND } from '../registry/scale.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { copyJson } from '../storage/immutable.js';
import { headerOf, type ServerResponse } from '../request/server-request.js';
import type { ApiContext, ApiRequest } from './api-context.js';
import { authorizeCreate } from './authorize-create.js';
import { goKindOf, readFields } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { checkName, matchNamespace } from './identity.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewObject, viewScale } from './view.js';
import { readYaml } from './yaml-codec.js';

/** PATCH with an apply configuration: the fields in it belong to the manager, those that it had before and are not in it go. */
export async function handleApply(context: ApiContext, request: ApiRequest): Promise<ServerResponse> {
  const { http, info, scope } = request;
  const { resource } = scope;
  const format = negotiate(headerOf(http, 'accept'), info.query.flag('pretty') ?? false, true, !scope.resource.custom);
  const apiVersion = requestApiVersion(resource);
  const isScale = scope.subresource === 'scale';
  const given = readConfiguration(await parse(await http.body()), isScale ? SCALE_KIND : { apiVersion, kind: resource.kind });
  // Metadata of a wrong type is told by the types, as everything else is.
  if (!Array.isArray(given.metadata) && typeof given.metadata === 'object') {
    checkName(scope, given);
    matchNamespace(scope, given);
  }
  if (isScale) return applyScale(context, request, given);
  const applied = given;
  const { object, created } = await context.store.update(scope, {
    createIfMissing: true,
    unconditional: true,
    ownsManagedFields: true,
    authorizeCreate: () => authorizeCreate(context, request),
    produce: (live) => {
      const merged = copyJson(applyPatch({
        live,
        applied: ownedState(scope, live ? bare(applied) : undefined, applied),
        manager: scope.fieldManager,
        force: info.query.flag('force') ?? false,
        subresource: scope.subresource,
        apiVersion,
        schema: resource.schema,
        now: context.store.now(),
        view: otherVersions(context.registry, resource),
        ...(scope.subresource === '' && resource.subresources.some(({ name }) => name === 'status') && { ignored: [['status']] }),
      }));
      if (resource.namespaced) merged.metadata.namespace = scope.namespace;
      try {
        readFields({ ...scope, fieldValidation: 'Ignore' }, merged, [], badRequest);
      } catch (error) {
        throw error instanceof GoDecodeError ? badRequest(`${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${error.message}`) : error;
      }
      // A configuration that names the version it was made from is held to it.
      if (applied.metadata.resourceVersion) merged.metadata.resourceVersion = applied.metadata.resourceVersion;
      return merged;
    },
  });
  return encodeResponse(created ? 201 : 200, viewObject(object, resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
}

/** The configuration of a Scale says who owns the replicas of the object behind it. */
async function applyScale(context: ApiContext, { http, info, scope }: ApiRequest, applied: KubeObject): Promise<ServerResponse> {
  const format = negotiate(headerOf(http, 'accept'), info.query.flag('pretty') ?? false, true, !scope.resource.custom);
  const { object } = await context.store.update(scope, planScaleUpdate(context.registry, scope, (live) => ({
    ...applyPatch({
      live, applied, manager: scope.fieldManager, force: info.query.flag('force') ?? false, subresource: 'scale', apiVersion: SCALE_KIND.apiVersion,
      schema: builtinSchema('autoscaling', 'v1', 'Scale'), now: context.store.now(),
    }),
  }), 'apply'));
  return encodeResponse(200, viewScale(readScale(object, scope), format.view, info.query, context.clock.now()), format);
}

/** The configuration without its contents: what a write of a subresource starts from. */
function bare({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  return { ...(apiVersion && { apiVersion }), ...(kind && { kind }), metadata: { ...(name && { name }), ...(namespace && { namespace }) } };
}

async function parse(bytes: Uint8Array): Promise<unknown> {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    // Nearly every client sends JSON, which is YAML too and much faster to read.
    if (/^\s*\{/.test(text)) return JSON.parse(text) as unknown;
  } catch {
    // It may be YAML's own kind of braces.
  }
  try {
    return (await readYaml(text)) ?? {};
  } catch (error) {
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readConfiguration(value: unknown, expected: { readonly apiVersion: string; readonly kind: string }): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKindOf(value)} into Go value of type map[string]interface {}`);
  }
  const { apiVersion = '', kind = '' } = value as Partial<KubeObject>;
  if (apiVersion !== expected.apiVersion || kind !== expected.kind) {
    const { group, version } = parseApiVersion(apiVersion);
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  const object = value as KubeObject;
  object.metadata ??= {};
  if (object.metadata.managedFields?.length) throw ApiError.of(400, 'BadRequest', 'metadata.managedFields must be nil');
  return object;
}
