import { ApiError, badRequest, decodeJson, encodeJson, GoDecodeError, internalError, invalid, unsupportedMediaType, type KubeObject } from '@kubewright/api';

import { requestApiVersion } from '../registry/conversion.js';
import type { RequestScope } from '../registry/request-scope.js';
import { planScaleUpdate, readScale, SCALE_KIND } from '../registry/scale.js';
import { headerOf, wantsPretty } from '../request/server-request.js';
import type { Handler } from './api-context.js';
import { handleApply } from './apply.js';
import { checkTypeMeta, goKindOf, readFields, readScaleFields } from './decode-body.js';
import { encodeResponse } from './encode.js';
import { checkName, checkNamespace } from './identity.js';
import { isRegisteredIn } from './known-kinds.js';
import { negotiate } from './media-types.js';
import { changeOf, shownPatch, type PatchDocument } from './patch-documents.js';
import { includeObjectOf, viewObject, viewScale } from './view.js';

const JSON_PATCH = 'application/json-patch+json';
const MERGE_PATCH = 'application/merge-patch+json';
const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';

/** PATCH of an object or of a subresource that is a view of it. */
export const handlePatch: Handler = async (context, request) => {
  const { http, info, scope } = request;
  const format = negotiate(headerOf(http, 'accept'), wantsPretty(http, info.query), true, !scope.resource.custom);
  const type = headerOf(http, 'content-type').split(';')[0]!.trim();
  checkPatchType(scope, type);
  if (type === APPLY_PATCH) return handleApply(context, request);
  const patch = readPatch(await http.body(), type, scope);
  const isScale = scope.subresource === 'scale';
  const expected = isScale ? SCALE_KIND : { apiVersion: requestApiVersion(scope.resource), kind: scope.resource.kind };
  const change = (current: KubeObject): KubeObject => {
    const patched = changeOf(patch, current, scope);
    if (!isObject(patched)) throw badRequest('Invalid JSON Patch');
    // What is refused is quoted as it was before unknown fields were dropped; making it again is cheaper than keeping a copy of every success.
    const refuse = (problem: string): ApiError => refusePatch(patch.kind === 'strategic' ? shownPatch(patch) : encodeJson(ordered(changeOf(patch, current, scope) as object, scope)), problem);
    try {
      const object = checkPatchedType(patched, expected, scope, refuse, isRegisteredIn(context.registry));
      object.metadata ??= {};
      if (isScale) readScaleFields(scope, object, patch.problems, refuse);
      else readFields(scope, object, patch.problems, refuse, patch.kind === 'strategic');
      checkName(scope, object);
      checkNamespace(scope, object);
      return object;
    } catch (error) {
      throw error instanceof GoDecodeError ? refuse(error.message) : error;
    }
  };
  if (isScale) {
    const { object } = await context.store.update(scope, planScaleUpdate(context.registry, scope, change, 'patch'));
    return encodeResponse(200, viewScale(readScale(object, scope), scope, format.view, info.query, context.clock.now()), format);
  }
  const { object } = await context.store.update(scope, { produce: (current) => change(current!), createIfMissing: false, unconditional: true });
  return encodeResponse(200, viewObject(object, scope.resource, format.view, includeObjectOf(info.query), context.clock.now()), format);
};

function checkPatchType(scope: RequestScope, type: string): void {
  if (type === JSON_PATCH || type === MERGE_PATCH || type === APPLY_PATCH) return;
  if (scope.resource.custom) throw unsupportedMediaType(type, [JSON_PATCH, MERGE_PATCH, APPLY_PATCH]);
  if (type === STRATEGIC_PATCH) return;
  throw ApiError.of(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

function readPatch(bytes: Uint8Array, type: string, scope: RequestScope): PatchDocument {
  const problems: string[] = [];
  const isJsonPatch = type === JSON_PATCH;
  const onDuplicateKey = (path: string): void => void problems.push(`${isJsonPatch ? 'json patch ' : ''}duplicate field ${JSON.stringify(path)}`);
  let value: unknown;
  try {
    value = decodeJson(bytes, scope.fieldValidation === 'Ignore' ? {} : { onDuplicateKey });
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (isJsonPatch) {
    if (!Array.isArray(value)) throw badRequest(`error decoding patch: json: cannot unmarshal ${goKindOf(value)} into Go value of type []handlers.jsonPatchOp`);
    return { kind: 'json', value, problems };
  }
  if (value === null && type === MERGE_PATCH) throw badRequest('Invalid JSON Patch');
  const prefix = type === STRATEGIC_PATCH ? '' : 'error decoding patch: ';
  if (!isObject(value)) throw badRequest(`${prefix}json: cannot unmarshal ${goKindOf(value)} into Go value of type map[string]interface {}`);
  return { kind: type === MERGE_PATCH ? 'merge' : 'strategic', value, problems };
}

/** What a patch made of an object is refused with: the whole result is quoted. */
function refusePatch(shown: string, problem: string): ApiError {
  const error = invalid({ group: '', kind: '' }, '', [{ type: 'FieldValueInvalid', field: 'patch', message: `Invalid value: ${JSON.stringify(shown)}: ${problem}` }]);
  return error;
}

function checkPatchedType(patched: object, expected: { apiVersion: string; kind: string }, scope: RequestScope, refuse: (problem: string) => ApiError, isRegistered: (apiVersion: string, kind: string) => boolean): KubeObject {
  const { apiVersion, kind } = patched as Partial<KubeObject>;
  if (scope.subresource === 'scale' && scope.resource.custom) {
    if (kind === expected.kind && apiVersion === expected.apiVersion) return patched as KubeObject;
    throw refuse(`no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "k8s.io/client-go/scale/util.go:146"`);
  }
  // What a custom resource says it is belongs to its validation, as long as it says anything.
  if (scope.resource.custom && expected.kind === scope.resource.kind) {
    for (const [field, value] of Object.entries({ apiVersion, kind }) as [string, unknown][]) {
      if (value === undefined || value === null || typeof value === 'string') continue;
      throw refuse(`couldn't get version/kind; json parse error: json: cannot unmarshal ${goKindOf(value)} into Go struct field .${field} of type string`);
    }
    if (apiVersion && apiVersion.split('/').length > 2) throw refuse(`unexpected GroupVersion string: ${apiVersion}`);
    if (!kind) throw refuse(`Object 'Kind' is missing in '${encodeJson(ordered(patched, scope))}'`);
    if (!apiVersion) throw internalError("Object 'apiVersion' is missing in 'object has no apiVersion field'");
    return patched as KubeObject;
  }
  try {
    return checkTypeMeta(patched, Buffer.from(encodeJson(patched)), expected, scope.resource.custom, isRegistered);
  } catch (error) {
    if (!(error instanceof ApiError) || scope.resource.custom) throw error;
    throw refuse(error.message.slice(error.message.indexOf(': ') + 2));
  }
}

/** The order in which the real server shows a patched object: sorted, but for what it never took apart. */
function ordered(object: object, scope: RequestScope): object {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
  };
  const copy = sorted(object) as Record<string, unknown>;
  if ((!scope.resource.custom || scope.subresource === 'scale') && isObject(copy.metadata)) copy.metadata = inGoOrder(copy.metadata as Record<string, unknown>);
  return copy;
}

const META_ORDER = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers', 'managedFields'];
const ENTRY_ORDER = ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource'];

function inGoOrder(metadata: Record<string, unknown>): object {
  const pick = (from: Record<string, unknown>, order: readonly string[]): Record<string, unknown> =>
    Object.fromEntries([...order.filter((key) => key in from), ...Object.keys(from).filter((key) => !order.includes(key))].map((key) => [key, from[key]]));
  const copy = pick(metadata, META_ORDER);
  if (Array.isArray(copy.managedFields)) copy.managedFields = copy.managedFields.map((entry: Record<string, unknown>) => pick(entry, ENTRY_ORDER));
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
