import { decodeJson, encodeJson, keyOf, type KubeObject, type ObjectMeta, type OwnerReference, type ResourceKind } from '@kubewright/api';

import type { DeepReadonly, Entry } from '../event/entry.js';
import { deepFreeze } from './entry.js';
import { layoutOf, type ObjectLayout } from './object-layout.js';
import { Recent } from './recent.js';
import type { Placed, Slab, SlabSpace } from './slab.js';

/** What entries of one cache parsed last: what is read again soon is not parsed again. */
export interface ParsedObjects {
  readonly metadata: Recent<BytesEntry, ObjectMeta>;
  readonly objects: Recent<BytesEntry, DeepReadonly<KubeObject>>;
}

/** Keeps up to this many parsed; a reconciler reads an object a few times in a row, handlers read the metadata of what has just come. */
export function parsedObjects(size = 256): ParsedObjects {
  return { metadata: new Recent(size * 4), objects: new Recent(size) };
}

/** What the entries of one kind have in common. */
export interface BytesEntryShape {
  readonly kind: ResourceKind<never>;
  /** Of the kind; asked for with each object that comes. */
  readonly apiVersion: string;
  readonly space: SlabSpace;
  readonly parsed: ParsedObjects;
  readonly freeze: boolean;
  readonly keepManagedFields: boolean;
}

/**
 * An entry that holds its object as bytes and parses it when it is read: a quarter of the memory, all of it outside of the heap. Key,
 * version and generation are at hand, uid and owners are found without the rest, other metadata is parsed on demand. It is an object, too,
 * so that it can pass where objects do on their way into the cache.
 */
export class BytesEntry implements Entry, KubeObject, Placed {
  isHeld = false;

  /** Made by {@link readEntry} and {@link bytesEntryOf}. */
  constructor(
    private readonly shape: BytesEntryShape,
    public slab: Slab,
    public start: number,
    readonly length: number,
    readonly key: string,
    readonly resourceVersion: string,
    readonly generation: number,
    // Places in the bytes, counted from their start.
    private readonly metadataStart: number,
    private readonly metadataEnd: number,
    private readonly uidStart: number,
    private readonly uidEnd: number,
    private readonly ownersStart: number,
    private readonly ownersEnd: number,
  ) {}

  get apiVersion(): string {
    return this.shape.apiVersion;
  }

  get kind(): string {
    return this.shape.kind.kind;
  }

  get name(): string {
    return this.key.slice(this.key.indexOf('/') + 1);
  }

  get namespace(): string | undefined {
    const slash = this.key.indexOf('/');
    return slash < 0 ? undefined : this.key.slice(0, slash);
  }

  get uid(): string {
    return this.#text(this.uidStart, this.uidEnd);
  }

  get labels(): Readonly<Record<string, string>> {
    return this.metadata.labels ?? {};
  }

  get annotations(): Readonly<Record<string, string>> {
    return this.metadata.annotations ?? {};
  }

  get ownerReferences(): readonly OwnerReference[] {
    return this.ownersStart === this.ownersEnd ? NO_OWNERS : ((JSON.parse(this.#text(this.ownersStart, this.ownersEnd)) as OwnerReference[] | null) ?? NO_OWNERS);
  }

  get finalizers(): readonly string[] {
    return this.metadata.finalizers ?? [];
  }

  get deletionTimestamp(): string | undefined {
    return this.metadata.deletionTimestamp;
  }

  get metadata(): ObjectMeta {
    return this.shape.parsed.metadata.get(this, () => this.#frozen(decodeJson(this.#bytes(this.metadataStart, this.metadataEnd)) as ObjectMeta));
  }

  object(): DeepReadonly<KubeObject> {
    return this.shape.parsed.objects.get(this, () => this.#frozen(this.#parse()) as DeepReadonly<KubeObject>);
  }

  /** A store holds it. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.shape.space.hold(this);
  }

  /** No store holds it any more. */
  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.shape.space.release(this);
  }

  #parse(): KubeObject {
    const object = decodeJson(this.#bytes(0, this.length)) as KubeObject;
    return object.apiVersion && object.kind ? object : { apiVersion: this.apiVersion, kind: this.kind, ...object };
  }

  #frozen<T>(value: T): T {
    return this.shape.freeze ? deepFreeze(value) : value;
  }

  #bytes(from: number, to: number): Uint8Array {
    return this.slab.bytes.subarray(this.start + from, this.start + to);
  }

  #text(from: number, to: number): string {
    return this.slab.bytes.toString('utf8', this.start + from, this.start + to);
  }
}

const NO_OWNERS: readonly OwnerReference[] = Object.freeze([]);

/** @param bytes of one object; they may be reused afterwards */
export function readEntry(shape: BytesEntryShape, bytes: Uint8Array): BytesEntry {
  const layout = layoutOf(bytes);
  return layout?.isPlain ? placed(shape, bytes, layout) : bytesEntryOf(shape, decodeJson(bytes) as KubeObject);
}

/** The entry of an object that has been parsed already. */
export function bytesEntryOf(shape: BytesEntryShape, object: KubeObject): BytesEntry {
  const { managedFields, ...metadata } = object.metadata;
  const bytes = Buffer.from(encodeJson({ ...object, metadata: managedFields && shape.keepManagedFields ? object.metadata : metadata }));
  return placed(shape, bytes, layoutOf(bytes)!, metadata);
}

/** Copies the bytes into a slab, without managedFields. `metadata`: where it can not be read from the bytes as they are. */
function placed(shape: BytesEntryShape, bytes: Uint8Array, layout: Readonly<ObjectLayout>, metadata?: ObjectMeta): BytesEntry {
  const { managedStart: cut } = layout;
  const cutEnd = shape.keepManagedFields ? cut : layout.managedEnd;
  const gone = cutEnd - cut;
  const { slab, start } = shape.space.allocate(bytes.length - gone);
  if (gone > 0) {
    slab.bytes.set(bytes.subarray(0, cut), start);
    slab.bytes.set(bytes.subarray(cutEnd), start + cut);
  } else slab.bytes.set(bytes, start);
  const key = metadata ? keyOf({ namespace: metadata.namespace, name: metadata.name ?? '' }) : keyIn(bytes, layout);
  const { versionStart, versionEnd, uidStart, uidEnd, ownersStart, ownersEnd } = layout;
  // Places in the slab, counted from the entry's start: what stood behind the cut has moved.
  return new BytesEntry(
    shape, slab, start, bytes.length - gone, key, metadata ? (metadata.resourceVersion ?? '') : bytesOf(bytes).toString('latin1', versionStart, versionEnd),
    layout.generation, layout.metadataStart, layout.metadataEnd - gone,
    uidStart < cutEnd ? uidStart : uidStart - gone, uidEnd < cutEnd ? uidEnd : uidEnd - gone,
    ownersStart < cutEnd ? ownersStart : ownersStart - gone, ownersEnd < cutEnd ? ownersEnd : ownersEnd - gone,
  );
}

/** Put together as bytes: one text instead of three and a rope. */
const keyBytes = Buffer.allocUnsafeSlow(1024); // names of roles have no limit of their own

function keyIn(bytes: Uint8Array, { nameStart, nameEnd, namespaceStart, namespaceEnd }: Readonly<ObjectLayout>): string {
  if (namespaceStart === namespaceEnd) return bytesOf(bytes).toString('latin1', nameStart, nameEnd);
  if (nameEnd - nameStart + namespaceEnd - namespaceStart >= keyBytes.length) {
    const all = bytesOf(bytes);
    return keyOf({ namespace: all.toString('latin1', namespaceStart, namespaceEnd), name: all.toString('latin1', nameStart, nameEnd) });
  }
  let length = 0;
  for (let at = namespaceStart; at < namespaceEnd; at++) keyBytes[length++] = bytes[at]!;
  keyBytes[length++] = SLASH;
  for (let at = nameStart; at < nameEnd; at++) keyBytes[length++] = bytes[at]!;
  return keyBytes.toString('latin1', 0, length);
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const SLASH = 0x2f;
