import { keyOf, parseKey, type KubeObject, type ObjectMeta, type OwnerReference } from '@kubewright/api';

import type { DeepReadonly, Entry } from '../event/entry.js';
import { deepFreeze } from './entry.js';
import type { RawObject } from './raw-object.js';
import { Recent } from './recent.js';

/** What entries of one cache parsed last: what is read again soon is not parsed again. */
export interface ParsedObjects {
  readonly metadata: Recent<BytesEntry, ObjectMeta>;
  readonly objects: Recent<BytesEntry, DeepReadonly<KubeObject>>;
}

/** Keeps up to this many parsed; a reconciler reads an object a few times in a row, handlers read the metadata of what has just come. */
export function parsedObjects(size = 256): ParsedObjects {
  return { metadata: new Recent(size * 4), objects: new Recent(size) };
}

/**
 * An entry that holds its object as bytes and parses it when it is read: a quarter of the memory, all of it outside of the heap. Key, uid,
 * version and generation are at hand; the rest of the metadata is parsed on demand as well.
 */
export class BytesEntry implements Entry {
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation: number;

  constructor(private readonly raw: RawObject, private readonly parsed: ParsedObjects, private readonly freeze: boolean) {
    const metadata = raw.metadata;
    const { name = '', namespace, uid = '', resourceVersion = '', generation = 0 } = metadata;
    this.key = keyOf({ namespace, name });
    this.uid = uid;
    this.resourceVersion = resourceVersion;
    this.generation = Number(generation);
    raw.forget();
    parsed.metadata.set(this, freeze ? deepFreeze(metadata) : metadata);
  }

  get name(): string {
    return parseKey(this.key).name;
  }

  get namespace(): string | undefined {
    return parseKey(this.key).namespace;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#metadata.labels ?? {};
  }

  get annotations(): Readonly<Record<string, string>> {
    return this.#metadata.annotations ?? {};
  }

  get ownerReferences(): readonly OwnerReference[] {
    return this.#metadata.ownerReferences ?? [];
  }

  get finalizers(): readonly string[] {
    return this.#metadata.finalizers ?? [];
  }

  get deletionTimestamp(): string | undefined {
    return this.#metadata.deletionTimestamp;
  }

  object(): DeepReadonly<KubeObject> {
    return this.parsed.objects.get(this, () => (this.freeze ? deepFreeze(this.raw.parse()) : this.raw.parse()) as DeepReadonly<KubeObject>);
  }

  get #metadata(): ObjectMeta {
    return this.parsed.metadata.get(this, () => (this.freeze ? deepFreeze(this.raw.readMetadata()) : this.raw.readMetadata()));
  }
}
