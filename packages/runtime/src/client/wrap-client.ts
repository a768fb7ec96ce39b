import { keyOf, resourceKind, type KindRef, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind } from '@kubewright/api';

import { KubewrightError } from '../errors/kubewright-error.js';
import type { Client, SubresourceClient, SubresourceWriter } from './client.js';
import type { DeleteOptions, ListOptions, WriteOptions } from './options.js';

type AnyKind = KindRef<never> | KindRef;

/** What a wrapper changes of each call; what is left out stays as it is. */
export interface ClientRules {
  name?(kind: ResourceKind<never>, name: NamespacedName): NamespacedName;
  object?<T extends KubeObject>(kind: ResourceKind<never>, object: T): T;
  list?(kind: ResourceKind<never>, options: ListOptions): ListOptions;
  /** `apply` is true for server-side apply. */
  write?<T extends WriteOptions>(options: T, apply: boolean): T;
  delete?(options: DeleteOptions): DeleteOptions;
}

/** A client that changes calls by rules and hands them on. */
export function wrapClient(inner: Client, rules: ClientRules): Client {
  const kindOf = (ref: AnyKind): ResourceKind<never> => resourceKind(ref as KindRef<never>);
  const named = (ref: AnyKind, name: NamespacedName): NamespacedName => rules.name?.(kindOf(ref), name) ?? name;
  const changed = <T extends object>(ref: AnyKind, object: T): T => (rules.object ? (rules.object(kindOf(ref), object as unknown as KubeObject) as unknown as T) : object);
  const listed = (ref: AnyKind, options: ListOptions = {}): ListOptions => rules.list?.(kindOf(ref), options) ?? options;
  const written = <T extends WriteOptions>(options: T | undefined, apply = false): T => rules.write?.(options ?? ({} as T), apply) ?? options ?? ({} as T);
  const deleted = (options: DeleteOptions = {}): DeleteOptions => rules.delete?.(options) ?? options;

  const writer = (to: SubresourceWriter): SubresourceWriter => ({
    update: (ref, object, options) => to.update(ref, changed(ref, object), written(options)),
    patch: (ref, name, patch, options) => to.patch(ref, named(ref, name), patch, written(options)),
    apply: (ref, object, options) => to.apply(ref, changed(ref, object), written(options, true)),
  });
  const below = (to: SubresourceClient): SubresourceClient => ({
    ...writer(to),
    get: (ref, name, options) => to.get(ref, named(ref, name), options),
    create: (ref, name, body, options) => to.create(ref, named(ref, name), body, written(options)),
  });
  return {
    ...writer(inner),
    get: (ref, name, options) => inner.get(ref, named(ref, name), options),
    list: (ref, options) => inner.list(ref, listed(ref, options)),
    create: (ref, object, options) => inner.create(ref, changed(ref, object), written(options)),
    delete: (ref, name, options) => inner.delete(ref, named(ref, name), deleted(options)),
    deleteAllOf: (ref, selection, options) => inner.deleteAllOf(ref, listed(ref, selection), deleted(options)),
    status: writer(inner.status),
    subresource: (name) => below(inner.subresource(name)),
  };
}

/**
 * Every call on a namespaced kind is about `namespace`; cluster-scoped kinds are left alone. An object or a call that names another
 * namespace is refused before anything is sent (controller-runtime pkg/client/namespaced_client.go).
 */
export function namespacedClient(client: Client, namespace: string): Client {
  const within = (kind: ResourceKind<never>, given: string | undefined, what: string): string => {
    if (given === undefined || given === '' || given === namespace) return namespace;
    throw new KubewrightError('KW_INVALID_ARGUMENT', `${kind.kind} ${what}: this client works in namespace ${namespace}`, { hint: 'Leave the namespace out, or use another client.' });
  };
  const isNamespaced = (kind: ResourceKind<never>): boolean => kind.scope === 'Namespaced';
  return wrapClient(client, {
    name: (kind, name) => (isNamespaced(kind) ? { ...name, namespace: within(kind, name.namespace, keyOf(name)) } : name),
    object: (kind, object) =>
      isNamespaced(kind) ? { ...object, metadata: { ...object.metadata, namespace: within(kind, object.metadata.namespace, `${object.metadata.namespace}/${object.metadata.name}`) } } : object,
    list: (kind, options) => (isNamespaced(kind) ? { ...options, namespace: within(kind, options.namespace, `in ${options.namespace}`) } : options),
  });
}

/** Writes are booked under `fieldOwner`, unless a call says otherwise. */
export function withFieldOwner(client: Client, fieldOwner: string): Client {
  return wrapClient(client, { write: (options) => ({ fieldOwner, ...options }) });
}

/** Writes ask for this validation, unless a call says otherwise; server-side apply is always strict and is left alone. */
export function withFieldValidation(client: Client, fieldValidation: NonNullable<WriteOptions['fieldValidation']>): Client {
  return wrapClient(client, { write: (options, apply) => (apply ? options : { fieldValidation, ...options }) });
}

/** The precondition "it is still the object that I read": a deletion by name would hit a successor, too. */
export function preconditionsOf(object: { readonly metadata: KubeObject['metadata'] | ObjectOf<never>['metadata'] }, options: { readonly version?: boolean } = {}): DeleteOptions['preconditions'] {
  const { uid, resourceVersion } = object.metadata;
  return { ...(uid && { uid }), ...(options.version && resourceVersion && { resourceVersion }) };
}
