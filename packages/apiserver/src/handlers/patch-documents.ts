import { ApiError, applyJsonPatch, badRequest, applyMergePatch, applyStrategicMergePatch, JsonPatchError, StrategicMergePatchError, structuralSchema, type JsonPatchOperation, type KubeObject } from '@kubewright/api';

import type { RequestScope } from '../registry/request-scope.js';
import { copyJson } from '../storage/immutable.js';

/** A patch as it was sent. */
export interface PatchDocument {
  readonly kind: 'json' | 'merge' | 'strategic';
  readonly value: unknown;
  /** Duplicate fields of the document. */
  readonly problems: readonly string[];
}

/** The patched object, the caller's own. @throws ApiError for a patch that does not fit the object */
export function changeOf(patch: PatchDocument, current: KubeObject, scope: RequestScope): unknown {
  switch (patch.kind) {
    case 'json':
      return copyJson(rejecting(() => applyJsonPatch(current, patch.value as JsonPatchOperation[])));
    case 'merge':
      return copyJson(applyMergePatch(current, patch.value));
    case 'strategic':
      return copyJson(rejecting(() => applyStrategicMergePatch(current, patch.value, scope.resource.schema ?? structuralSchema({}))));
  }
}

/** How the refusal of a strategic merge patch quotes the patch: as Go prints a map. */
export function shownPatch(patch: PatchDocument): string {
  return goMap(patch.value);
}

function goMap(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  return `map[${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}:${goMap(item)}`).join(' ')}]`;
}

function rejecting<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (error instanceof JsonPatchError) throw ApiError.of(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    if (error instanceof StrategicMergePatchError && BAD_FORMATS.test(error.message)) throw badRequest(error.message);
    if (error instanceof StrategicMergePatchError) throw new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: error.message, code: 500 });
    throw error;
  }
}

/** What the real server tells as a mistake of the request (interpretStrategicMergePatchError); the rest it lets through as it comes. */
const BAD_FORMATS = /^(?:invalid patch format of (?:primitive list|retainKeys|setElementOrder list)|invalid JSON document|unsupported strategic merge patch format)$/;
