/**
 * @module protobuf: built-in types in protobuf's wire format, both ways, byte for byte as the Go types write it. message.ts turns the packed
 * table of field numbers into one plan a message; write-message.ts and read-message.ts follow it; envelope.ts is what goes over the network.
 * Nothing in here knows of requests: which type may be had in protobuf is for handlers/ to say.
 */
import { parseApiVersion } from '@kubewright/api';

import { loadDocument } from '../schemas/load.js';

/** How one value of a field is written. Kinds in the second line are messages on the wire and something plainer in JSON. */
export type FieldKind =
  | 'string' | 'bool' | 'int32' | 'int64' | 'double' | 'bytes' | 'message'
  | 'time' | 'microTime' | 'quantity' | 'intOrString' | 'anyJson' | 'strings' | 'schemaOrBool' | 'schemaOrArray' | 'schemaOrStrings';

/** A built-in type: its fields, ordered by number. */
export class Message {
  /** Holes where a number is not in use. */
  readonly byNumber: readonly (Field | undefined)[];
  /** What a struct of only zero values is on the wire; the writer fills it in. */
  emptyBytes: Uint8Array | undefined;

  constructor(readonly name: string, readonly fields: readonly Field[]) {
    const byNumber: (Field | undefined)[] = [];
    for (const field of fields) byNumber[field.number] = field;
    this.byNumber = byNumber;
  }
}

/** One field of a message, with what the Go type says of it. */
export class Field {
  readonly kind: FieldKind;
  readonly shape: 'one' | 'list' | 'map';
  /** The key before a value: number and wire type. */
  readonly tag: number;
  /** Nil is told from a zero value. */
  readonly isPointer: boolean;
  /** JSON has the fields of this message beside those of the message around it. */
  readonly isInline: boolean;
  /** JSON has the field even when it is zero. */
  readonly isKept: boolean;
  /** JSON leaves out a zero struct too. */
  readonly omitsZero: boolean;
  readonly #type: string;
  #message: Message | undefined;

  constructor(readonly number: number, readonly name: string, type: string, flags: string) {
    this.shape = type.startsWith('[]') ? 'list' : type.startsWith('map<') ? 'map' : 'one';
    this.#type = this.shape === 'list' ? type.slice(2) : this.shape === 'map' ? type.slice(type.indexOf(',') + 1, -1) : type;
    this.kind = kindOf(this.#type);
    this.tag = (number << 3) | (this.shape === 'map' ? LENGTH_DELIMITED : wireTypeOf(this.kind));
    this.isPointer = flags.includes('p');
    this.isInline = flags.includes('i');
    this.isKept = flags.includes('k');
    this.omitsZero = flags.includes('z');
  }

  /** The type of the value, for fields of kind message, and of the schema inside of the unions with one. */
  get message(): Message {
    return (this.#message ??= findMessage(this.kind === 'message' ? this.#type : this.#type.replace(/Or\w+$/, ''))!);
  }
}

export const VARINT = 0;
export const FIXED_64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED_32 = 5;

/** The protobuf message of a built-in kind, kinds that every group has (DeleteOptions) included; undefined where there is none. */
export function messageOf(apiVersion: string, kind: string): Message | undefined {
  const { group, version } = parseApiVersion(apiVersion);
  const path = Object.hasOwn(PACKAGES, group) ? PACKAGES[group] : undefined;
  return (path === undefined ? undefined : findMessage(`${path}.${version}.${kind}`)) ?? (SHARED_KINDS.has(kind) ? findMessage(`${META}.v1.${kind}`) : undefined);
}

/** A message by its full name; compiled on first use and kept for the life of the process. */
export function findMessage(name: string): Message | undefined {
  let message = compiled.get(name);
  if (message === undefined) {
    const table = loadDocument<Readonly<Record<string, readonly FieldRow[]>>>('protobuf');
    if (!Object.hasOwn(table, name)) return undefined;
    message = new Message(name, table[name]!.map((row) => new Field(...row)));
    compiled.set(name, message);
  }
  return message;
}

type FieldRow = readonly [number: number, name: string, type: string, flags: string];

const compiled = new Map<string, Message>();

const META = 'k8s.io.apimachinery.pkg.apis.meta';

/** Where the types of a group live; groups that are not in here are not built in. */
const PACKAGES: Readonly<Record<string, string>> = {
  '': 'k8s.io.api.core',
  'meta.k8s.io': META,
  'apiextensions.k8s.io': 'k8s.io.apiextensions_apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'k8s.io.kube_aggregator.pkg.apis.apiregistration',
  'internal.apiserver.k8s.io': 'k8s.io.api.apiserverinternal',
  ...Object.fromEntries([
    'admission.k8s.io', 'admissionregistration.k8s.io', 'apidiscovery.k8s.io', 'apps', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch',
    'certificates.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'extensions', 'flowcontrol.apiserver.k8s.io', 'imagepolicy.k8s.io', 'networking.k8s.io',
    'node.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'resource.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io', 'storagemigration.k8s.io',
  ].map((group) => [group, `k8s.io.api.${group.split('.')[0]!}`])),
};

/** Go registers them into every group version. */
const SHARED_KINDS = new Set([
  'Status', 'WatchEvent', 'CreateOptions', 'DeleteOptions', 'GetOptions', 'ListOptions', 'PatchOptions', 'UpdateOptions', 'PartialObjectMetadata', 'PartialObjectMetadataList',
  'APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions',
]);

const SPECIAL: Readonly<Record<string, FieldKind>> = {
  [`${META}.v1.Time`]: 'time',
  [`${META}.v1.MicroTime`]: 'microTime',
  [`${META}.v1.FieldsV1`]: 'anyJson',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'anyJson',
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
};

const SPECIAL_BY_END: readonly (readonly [end: string, kind: FieldKind])[] = [
  ['.JSON', 'anyJson'], ['.ExtraValue', 'strings'], [`${META}.v1.Verbs`, 'strings'],
  ['.JSONSchemaPropsOrBool', 'schemaOrBool'], ['.JSONSchemaPropsOrArray', 'schemaOrArray'], ['.JSONSchemaPropsOrStringArray', 'schemaOrStrings'],
];

function kindOf(type: string): FieldKind {
  switch (type) {
    case 'string':
    case 'bool':
    case 'int32':
    case 'int64':
    case 'double':
    case 'bytes':
      return type;
    default:
      if (!type.includes('.')) throw new Error(`data/protobuf.json.gz has the type ${type}, which this version does not know: install the package again`);
      return SPECIAL[type] ?? SPECIAL_BY_END.find(([end]) => type.endsWith(end))?.[1] ?? 'message';
  }
}

function wireTypeOf(kind: FieldKind): number {
  if (kind === 'bool' || kind === 'int32' || kind === 'int64') return VARINT;
  return kind === 'double' ? FIXED_64 : LENGTH_DELIMITED;
}
