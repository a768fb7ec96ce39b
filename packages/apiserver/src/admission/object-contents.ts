import type { KubeObject } from '@kubewright/api';

/** Makes an object, which stays the same to those who hold it, one with other contents. */
export function replaceContents(object: KubeObject, contents: KubeObject): void {
  const fields = object as unknown as Record<string, unknown>;
  for (const key of Object.keys(fields)) delete fields[key];
  Object.assign(fields, contents);
  object.metadata ??= {};
}
