import type { KubeObject, TypedSchema } from '@kubewright/api';
import { goJson } from '@kubewright/api';

import { compareTyped } from './compare.js';
import type { FieldSet } from './field-set.js';
import { objectType } from './field-type.js';
import { fieldsOf } from './owned-fields.js';
import { isFields, TypeMismatch } from './typed-value.js';
import { checkTypes } from './validate.js';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Fields that kubectl's client-side apply wrote and that still have the value it gave them: a server-side apply of kubectl may take them over.
 * Undefined when the object has no such annotation, or one that can not be used.
 */
export function allowedByLastApplied(live: KubeObject, apiVersion: string, schema: TypedSchema | undefined): FieldSet | undefined {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  try {
    const type = objectType(schema);
    checkTypes(live, type, { allowDuplicates: false });
    const applied: unknown = JSON.parse(text);
    if (!isFields(applied) || applied.apiVersion !== apiVersion) return undefined;
    checkTypes(applied, type, { allowDuplicates: false });
    const { removed, modified, added } = compareTyped(applied, live, type);
    return fieldsOf(applied, type).difference(modified).difference(added).difference(removed);
  } catch (error) {
    if (error instanceof TypeMismatch || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** Keeps the annotation of an object that was once applied by the client up to date, so that kubectl can go back. Changes `object`. */
export function refreshLastApplied(object: KubeObject, applied: KubeObject): void {
  const { annotations } = object.metadata;
  if (!annotations?.[LAST_APPLIED]) return;
  const updated = { ...annotations, [LAST_APPLIED]: `${goJson(withoutAnnotation(applied))}\n` };
  const size = Object.entries(updated).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (size > MAX_ANNOTATIONS_BYTES) delete (updated as Record<string, string>)[LAST_APPLIED];
  object.metadata.annotations = updated;
}

function withoutAnnotation(applied: KubeObject): KubeObject {
  if (!isFields(applied.metadata) || !isFields(applied.metadata.annotations)) return applied;
  const { [LAST_APPLIED]: _last, ...annotations } = applied.metadata.annotations as Record<string, string>;
  return { ...applied, metadata: { ...applied.metadata, annotations } };
}
