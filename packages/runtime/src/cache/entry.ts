import { keyOf, type KubeObject, type ObjectMeta, type OwnerReference } from '@kubewright/api';

import type { DeepReadonly, Entry } from '../event/entry.js';

/** How the cache keeps objects. */
export interface EntryOptions {
  /** Keeps `metadata.managedFields`, which is half of many an object and which operators hardly read. @default false */
  readonly keepManagedFields?: boolean;
  /** Freezes objects, so that a reconciler that changes one fails at once instead of misleading all others. @default true */
  readonly freeze?: boolean;
}

/** The entry of an object that nobody else keeps: it is frozen, and loses its managedFields, in place of being copied. */
export function entryOf<T extends KubeObject>(object: T, options: EntryOptions = {}): Entry<T> {
  const metadata = object.metadata;
  if (metadata.managedFields && !options.keepManagedFields) object.metadata = withoutManagedFields(metadata);
  return new ObjectEntry((options.freeze ?? true) ? deepFreeze(object) : object);
}

/** An entry that holds its object parsed. */
class ObjectEntry<T extends KubeObject> implements Entry<T> {
  readonly key: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly deletionTimestamp?: string;
  readonly #object: T;

  constructor(object: T) {
    const { name = '', namespace, uid = '', resourceVersion = '', generation = 0, deletionTimestamp } = object.metadata;
    const { labels = NONE, annotations = NONE, ownerReferences = NO_ITEMS, finalizers = NO_ITEMS } = object.metadata;
    this.key = keyOf({ namespace, name });
    this.name = name;
    if (namespace) this.namespace = namespace;
    this.uid = uid;
    this.resourceVersion = resourceVersion;
    this.generation = Number(generation);
    this.labels = labels;
    this.annotations = annotations;
    this.ownerReferences = ownerReferences;
    this.finalizers = finalizers;
    if (deletionTimestamp) this.deletionTimestamp = deletionTimestamp;
    this.#object = object;
  }

  object(): DeepReadonly<T> {
    return this.#object as DeepReadonly<T>;
  }
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});
const NO_ITEMS: readonly never[] = Object.freeze([]);

/** Built anew: deleting the field would turn the object into a dictionary, which is several times its size. */
function withoutManagedFields({ managedFields: _, ...metadata }: ObjectMeta): ObjectMeta {
  return metadata;
}

/** Makes a value of JSON readonly all the way down. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
