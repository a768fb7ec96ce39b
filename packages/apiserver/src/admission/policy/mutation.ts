import { applyJsonPatch, internalError, JsonPatchError, type JsonPatchOperation, type KubeObject, type TypedSchema } from '@kubewright/api';
import { MapValue, misplacedTypes, StructValue, toJson, type ListValue, type Value } from '@kubewright/cel';

import { applyConfiguration } from '../../apply/index.js';
import { copyJson } from '../../storage/immutable.js';

/** What an expression of a mutation has built can not be applied. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}

/** The object with what `Object{…}` says laid over it; a new one. @throws MutationError */
export function withConfiguration(object: KubeObject, value: Value, schema: TypedSchema | undefined): KubeObject {
  checkTypes(value, 'Object');
  const patch = { ...(toJson(value) as object), apiVersion: object.apiVersion, kind: object.kind };
  try {
    return copyJson(applyConfiguration(object, patch as KubeObject, schema));
  } catch (error) {
    throw new MutationError(`error applying patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The object changed by a list of `JSONPatch{…}`, a new one; the same one where a test in it fails. @throws MutationError, ApiError */
export function withPatch(object: KubeObject, value: Value): KubeObject {
  const operations = [...(value as ListValue)].map(operationOf);
  try {
    return asObject(copyJson(applyJsonPatch(object, operations)));
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    if (error.message.endsWith('test failed')) return object;
    throw new MutationError(`JSON Patch: ${error.message}`);
  }
}

/** A patch may put anything in the place of the whole object. */
function asObject(patched: unknown): KubeObject {
  if (typeof patched === 'object' && patched !== null && !Array.isArray(patched)) return { metadata: {}, ...patched };
  throw internalError(`couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(patched) ? 'array' : typeof patched} into Go value of type map[string]interface {}`);
}

function operationOf(value: Value): JsonPatchOperation {
  const operation: Record<string, unknown> = {};
  if (!(value instanceof MapValue)) throw new MutationError('type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch');
  for (const key of ['op', 'path', 'from', 'value']) {
    const field = value.find(key);
    if (field === undefined) continue;
    // A value may be an object of any path; those within it have to fit.
    if (key === 'value' && field instanceof StructValue) checkTypes(field, field.typeName);
    operation[key] = toJson(field);
  }
  return { op: '', path: '', ...operation } as unknown as JsonPatchOperation;
}

function checkTypes(value: Value, path: string): void {
  const problems = misplacedTypes(value, path);
  if (problems.length > 0) throw new MutationError(`type mismatch: ${problems.join('\n')}`);
}
