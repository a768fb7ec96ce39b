import { ApiError, badRequest, decodeJson, deepEqual, GoDecodeError, parseApiVersion, type KubeObject } from '@kubewright/api';

import { applyPatch } from '../apply/index.js';
import { requestApiVersion } from '../registry/conversion.js';
import { ownedState } from '../registry/ownership.js';
import { otherVersions } from '../registry/version-views.js';
import { planScaleUpdate, readScale, SCALE_KIND } from '../registry/scale.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { copyJson } from '../storage/immutable.js';
import { headerOf, wantsPretty, type ServerResponse } from '../request/server-request.js';
import type { ApiContext, ApiRequest } from './api-context.js';
import { authorizeCreate } from './authorize-create.js';
import { goKindOf, readFields, report } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { checkName, checkNamespace } from './identity.js';
import { negotiate } from './media-types.js';
import { includeObjectOf, viewObject, viewScale } from './view.js';
import { readYaml } from './yaml-codec.js';

/** PATCH with an apply configuration: the fields in it belong to the manager, those that it had before and are not in it go. */
export async function handleApply(context: ApiContext, request: ApiRequest): Promise<ServerResponse> {
  const { http, info, scope } = request;
  const { resource } = scope;
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const apiVersion = requestApiVersion(resource);
  const isScale = scope.subresource === 'scale';
  const problems: string[] = [];
  const wantsDuplicates = scope.fieldValidation !== 'Ignore';
  const given = readConfiguration(await parse(await http.body(), wantsDuplicates ? (problem) => problems.push(`error converting YAML to JSON: ${problem}`) : undefined), isScale ? SCALE_KIND : { apiVersion, kind: resource.kind });
  if (isScale) return applyScale(context, request, given);
  const applied = given;
  const ignored = resetFields(scope);
  const { object, created } = await context.store.update(scope, {
    createIfMissing: true,
    unconditional: true,
    ownsManagedFields: true,
    authorizeCreate: () => authorizeCreate(context, request),
    produce: (live) => {
      const merged = copyJson(applyPatch({
        live,
        applied: ignored.length > 0 ? applied : ownedState(scope, live ? bare(applied) : undefined, applied),
        manager: scope.fieldManager,
        force: info.query.flag('force') ?? false,
        subresource: scope.subresource,
        apiVersion,
        schema: resource.schema,
        now: context.store.now(),
        view: otherVersions(context.registry, resource),
        ignored,
      }));
      report(scope, problems, (problem) => badRequest(problem.replace('strict decoding error:', 'error strict decoding YAML:')));
      checkName(scope, merged);
      checkNamespace(scope, merged);
      try {
        readFields({ ...scope, fieldValidation: 'Ignore' }, merged, [], badRequest, true);
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
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const { object } = await context.store.update(scope, planScaleUpdate(context.registry, scope, (live) => {
    // Nobody is recorded yet, so what is there would have to be; that already takes the conversion that fails below.
    if (scope.resource.custom && !live.metadata.managedFields?.length) throw unconverted('failed to create manager for existing fields: failed to convert live', '/');
    const merged = applyPatch({
      live, applied, manager: scope.fieldManager, force: info.query.flag('force') ?? false, subresource: 'scale', apiVersion: SCALE_KIND.apiVersion,
      schema: builtinSchema('autoscaling', 'v1', 'Scale'), now: context.store.now(),
    });
    // A real server has merged by now, and finds that it can not turn the result into a version of the custom resource.
    if (scope.resource.custom && !deepEqual(merged, live)) throw unconverted('failed to convert new', `${applied.metadata.namespace ?? ''}/${applied.metadata.name ?? ''}`);
    checkName(scope, merged);
    checkNamespace(scope, merged);
    return merged;
  }, 'apply'));
  return encodeResponse(200, viewScale(readScale(object, scope), scope, format.view, info.query, context.clock.now()), format);
}

function unconverted(what: string, which: string): ApiError {
  const { apiVersion, kind } = SCALE_KIND;
  const message = `${what} object (${which}; ${apiVersion}, Kind=${kind}) to proper version: request to convert CR to an invalid group/version: ${apiVersion}`;
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}

/** What a configuration may speak of without owning it, as it is not written through this door. */
function resetFields({ resource, subresource }: ApiRequest['scope']): readonly (readonly string[])[] {
  if (subresource === '') return resource.subresources.some(({ name }) => name === 'status') ? [['status']] : [];
  return subresource === 'status' && resource.custom ? [['metadata'], ['spec']] : [];
}

/** The configuration without its contents: what a write of a subresource starts from. */
function bare({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): KubeObject {
  return { ...(apiVersion && { apiVersion }), ...(kind && { kind }), metadata: { ...(name && { name }), ...(namespace && { namespace }) } };
}

async function parse(bytes: Uint8Array, onDuplicateKeys?: (problem: string) => void): Promise<unknown> {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    // Nearly every client sends JSON, which is YAML too and much faster to read. Doubled keys are told as YAML tells them.
    if (/^\s*\{/.test(text)) {
      let isDoubled = false;
      const value = decodeJson(text, onDuplicateKeys ? { onDuplicateKey: () => (isDoubled = true) } : {});
      if (!isDoubled) return value;
    }
  } catch {
    // It may be YAML's own kind of braces.
  }
  try {
    return (await readYaml(text, onDuplicateKeys)) ?? {};
  } catch (error) {
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readConfiguration(value: unknown, expected: { readonly apiVersion: string; readonly kind: string }): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKindOf(value)} into Go value of type map[string]interface {}`);
  }
  const given = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  const [apiVersion, kind] = [given.apiVersion, given.kind].map((text) => (typeof text === 'string' ? text : '')) as [string, string];
  if (apiVersion !== expected.apiVersion || kind !== expected.kind) {
    const { group, version } = parseApiVersion(apiVersion);
    throw badRequest(`invalid object type: ${group}/${version}, Kind=${kind}`);
  }
  const object = value as KubeObject;
  object.metadata ??= {};
  if (object.metadata.managedFields?.length) throw ApiError.of(400, 'BadRequest', 'metadata.managedFields must be nil');
  return object;
}
