import { badRequest, formatApiVersion, GoDecodeError, parseApiVersion, type KubeObject } from '@kubewright/api';

import { readTyped } from '../registry/typed-reader.js';
import { headerOf } from '../request/server-request.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import type { ApiContext, ApiRequest } from './api-context.js';
import { checkTypeMeta, decodeDocument, report } from './decode-body.js';
import { isRegisteredIn } from './known-kinds.js';

/**
 * Reads the body of a subresource or a review, which is of a kind of its own. @throws ApiError BadRequest
 * @param kind e.g. `TokenRequest`; its group and version are those of the subresource
 */
export async function readConnectionBody<T extends KubeObject>(context: ApiContext, { http, scope }: ApiRequest): Promise<T> {
  const { resource, subresourceInfo } = scope;
  const group = subresourceInfo?.group ?? resource.group;
  const version = subresourceInfo?.version ?? resource.version;
  const kind = subresourceInfo?.kind ?? resource.kind;
  const expected = { apiVersion: formatApiVersion(group, version), kind };
  const bytes = await http.body();
  const { value, problems } = await decodeDocument(bytes, headerOf(http, 'content-type'), expected, scope.fieldValidation !== 'Ignore');
  // Evictions of the version before are still understood.
  if (isOlderVersion(value, group, kind)) (value as KubeObject).apiVersion = expected.apiVersion;
  const object = checkTypeMeta(value, bytes, expected, false, isRegisteredIn(context.registry));
  const refuse = (problem: string): ReturnType<typeof badRequest> => badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${problem}`);
  const schema = builtinSchema(group, version, kind);
  try {
    const unknown = schema ? readTyped(object as unknown as Record<string, unknown>, schema, kind, expected.apiVersion) : [];
    report(scope, [...problems, ...unknown.map((path) => `unknown field ${JSON.stringify(path)}`)], refuse);
  } catch (error) {
    throw error instanceof GoDecodeError ? refuse(error.message) : error;
  }
  object.metadata ??= {};
  return object as T;
}

function isOlderVersion(value: unknown, group: string, kind: string): boolean {
  if (kind !== 'Eviction' || typeof value !== 'object' || value === null || !('apiVersion' in value)) return false;
  const given = parseApiVersion(String(value.apiVersion));
  return given.group === group && given.version === 'v1beta1';
}
