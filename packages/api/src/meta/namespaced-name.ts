/** Names an object within its kind. A cluster-scoped object has no namespace. */
export interface NamespacedName {
  readonly namespace?: string;
  readonly name: string;
}

/** `namespace/name`, or `name` alone for a cluster-scoped object: the key of caches, queues and logs. */
export function keyOf(name: NamespacedName): string {
  return name.namespace ? `${name.namespace}/${name.name}` : name.name;
}

/** The inverse of {@link keyOf}. */
export function parseKey(key: string): NamespacedName {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The name of an object. @throws TypeError when it has none yet (generateName). */
export function nameOf(object: { readonly metadata: { readonly name?: string; readonly namespace?: string } }): NamespacedName {
  const { name, namespace } = object.metadata;
  if (!name) throw new TypeError('the object has no metadata.name');
  return namespace ? { namespace, name } : { name };
}
