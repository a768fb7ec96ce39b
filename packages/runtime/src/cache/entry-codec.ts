import { decodeJson, formatApiVersion, type KubeObject, type ResourceKind } from '@kubewright/api';

import { withMetadataOnly } from '../client/metadata-only.js';
import { withType } from '../client/response.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Entry } from '../event/entry.js';
import { BytesEntry, bytesEntryOf, readEntry, type ParsedObjects } from './bytes-entry.js';
import { cutManagedFields } from './cut-managed-fields.js';
import { entryOf, type EntryOptions } from './entry.js';
import type { SlabSpace } from './slab.js';
import type { Transform } from './transforms.js';

/** How the objects of a kind are kept. */
export interface EntryCodecOptions extends EntryOptions {
  /**
   * `objects`: parsed. `bytes`: as they came, parsed when they are read; for kinds of which there are many and few are read. Lists by label
   * parse the metadata of all; an index is better there.
   * @default 'objects'
   */
  readonly store?: 'objects' | 'bytes';
  /** Changes each object before it is stored. @default none */
  readonly transform?: Transform | undefined;
}

/** Makes entries of what comes. In two steps, so that what passes between them can be looked at. */
export interface EntryCodec {
  /** The object in bytes that will be reused. */
  decode(bytes: Uint8Array): KubeObject;
  /** The entry of a decoded object, or of one that nobody else keeps. @throws KubewrightError KW_TRANSFORM */
  toEntry(object: KubeObject): Entry;
}

/** What all kinds of a cache that are kept as bytes share. */
export interface BytesMemory {
  readonly parsed: ParsedObjects;
  readonly space: SlabSpace;
}

/** The codec of one kind. */
export function entryCodec(kind: ResourceKind<never>, options: EntryCodecOptions, memory: BytesMemory): EntryCodec {
  const { freeze = true, keepManagedFields = false, store = 'objects', transform } = options;
  const parse = (bytes: Uint8Array): KubeObject => decodeJson(keepManagedFields ? bytes : cutManagedFields(bytes)) as KubeObject;
  const shaped = (object: KubeObject): KubeObject => transformed(kind, withType(kind, withMetadataOnly(kind, object)), transform);
  if (store === 'objects') return { decode: parse, toEntry: (object) => entryOf(shaped(object), options) };
  const shape = { kind, apiVersion: formatApiVersion(kind.group, kind.version), ...memory, freeze, keepManagedFields };
  return {
    // What is changed on the way must be parsed anyway.
    decode: transform ? parse : (bytes) => readEntry(shape, bytes),
    toEntry: (object) => (object instanceof BytesEntry ? object : bytesEntryOf(shape, shaped(object))),
  };
}

function transformed(kind: ResourceKind<never>, object: KubeObject, transform: Transform | undefined): KubeObject {
  if (!transform) return object;
  const { name, namespace } = object.metadata;
  try {
    const result = transform(object);
    if (result.metadata.name === name && result.metadata.namespace === namespace) return result;
    throw new TypeError('it changed the name');
  } catch (cause) {
    throw new KubewrightError('KW_TRANSFORM', `the transform of ${kind.plural} failed on ${namespace ? `${namespace}/` : ''}${name}: ${(cause as Error).message}`, { cause });
  }
}
