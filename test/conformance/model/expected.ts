import { applyConfiguration, shareKey, updateShares, type Conflict, type Rules, type Share, type Shares, type Writer } from './ownership.js';
import { jsonPatched, mergePatched, strategicallyPatched, type JsonStep } from './patch-rules.js';
import { isMap, same, withDefaults, type Json, type JsonMap, type Shape } from './shape.js';

/** A kind of object, as far as the rules need it. */
export interface ModelKind {
  readonly name: string;
  readonly group: string;
  readonly plural: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Of the whole object, metadata included. */
  readonly shape: Shape;
  /** Whether the status is written through its own door; sequences use that of custom resources only. */
  readonly hasStatus: boolean;
  readonly hasGeneration: boolean;
  /** Whether new annotations are a new generation. */
  readonly countsAnnotations?: boolean;
  /** Whether a PUT may leave the resourceVersion out. */
  readonly unconditional: boolean;
  /** What an object that nobody wrote says already. */
  readonly zero: JsonMap;
  /** Defaults beside those of the shape, on whole objects. */
  readonly complete?: (object: JsonMap) => JsonMap;
  /** What is filled in when all else, owners included, is settled. */
  readonly settle?: (object: JsonMap) => JsonMap;
  /** Whether a PUT makes an object where there is none. */
  readonly createsOnUpdate?: boolean;
  /** Fields of the spec that JSON patches leave alone. */
  readonly fixed?: readonly string[];
  /** What every body of this kind has beside what a sequence puts in. */
  readonly fill?: (content: JsonMap) => JsonMap;
  /** Whether the server stores such an object. */
  readonly isValid?: (object: JsonMap) => boolean;
  /** The merge key of a list in a strategic merge patch; without this function there are no such patches. */
  readonly patchKey?: (list: Shape) => string | undefined;
}

/** An object as it is stored. `incarnation` and `revision` stand for uid and resourceVersion: they change when those do. */
export interface Stored {
  readonly object: JsonMap;
  readonly shares: Shares;
  readonly generation: number;
  readonly incarnation: number;
  readonly revision: number;
}

/** What a write says about which object it means. */
export type Claim = 'none' | 'live' | 'other';

interface Write {
  readonly manager: string;
  readonly subresource: '' | 'status';
  readonly uid: Claim;
  readonly version: Claim;
  readonly dryRun: boolean;
}

/** One request. Contents are without identity: `{ metadata: { labels }, spec, status }`. */
export type ModelRequest =
  | (Write & { readonly verb: 'apply'; readonly content: JsonMap; readonly force: boolean })
  | (Write & { readonly verb: 'create' | 'update'; readonly content: JsonMap })
  | (Write & { readonly verb: 'merge' | 'strategic'; readonly content: JsonMap })
  | (Write & { readonly verb: 'json'; readonly steps: readonly JsonStep[] })
  | (Write & { readonly verb: 'forget' })
  | (Write & { readonly verb: 'delete' });

/** What has to come of a request. */
export interface Expected {
  readonly status: number;
  /** The object afterwards; for a dry run what the answer shows. */
  readonly stored: Stored | undefined;
  readonly conflicts?: readonly Conflict[];
  /** A part of the message of a refusal. */
  readonly says?: string;
}

/** The name of every object in the rules; a sequence has its own on the server. */
export const NAME = 'w';

const OPTIMISTIC_LOCK = 'the object has been modified; please apply your changes to the latest version and try again';

export function expected(kind: ModelKind, live: Stored | undefined, request: ModelRequest, now: string): Expected {
  const refuse = (status: number, says = ''): Expected => ({ status, stored: live, says });
  const writer: Writer = { manager: request.manager, operation: request.verb === 'apply' ? 'Apply' : 'Update', subresource: request.subresource };
  const rules: Rules = { shape: kind.shape, ignored: ignoredFields(kind, request.subresource), now };
  const finish = (object: JsonMap) => complete(kind, object);

  if (request.verb === 'create') {
    const object = finish(identified(kind, request.content));
    const result = created(kind, object, updateShares(new Map(), kind.zero, object, writer, rules), refuse);
    if (result.status >= 400) return result;
    if (request.version !== 'none' && !request.dryRun) return refuse(500, 'resourceVersion should not be set on objects to be created');
    return live ? refuse(409, 'already exists') : result;
  }
  if (!live) {
    if (request.verb === 'update' && kind.createsOnUpdate === true) {
      if (request.uid !== 'none') return refuse(409, 'Precondition failed: UID in precondition');
      const object = finish(identified(kind, request.content));
      return created(kind, object, updateShares(new Map(), kind.zero, object, writer, rules), refuse);
    }
    if (request.verb !== 'apply' || request.subresource !== '') return refuse(404, 'not found');
    if (request.uid !== 'none') return refuse(409, 'uid mismatch: the provided object specified uid');
    const applied = applyConfiguration(new Map(), kind.zero, identified(kind, request.content), writer, request.force, rules);
    if (applied.conflicts) return { status: 409, stored: live, conflicts: applied.conflicts };
    return created(kind, finish(applied.object as JsonMap), applied.shares, refuse);
  }
  if (request.verb === 'delete') {
    if (request.uid === 'other') return refuse(409, 'the UID in the precondition');
    if (request.version === 'other') return refuse(409, 'the ResourceVersion in the precondition');
    return { status: 200, stored: undefined };
  }
  if (request.verb === 'update' && request.uid === 'other') return refuse(409, 'Precondition failed: UID in precondition');

  let object: JsonMap;
  let shares: Shares;
  if (request.verb === 'apply') {
    const before = live.shares.size > 0 ? live.shares : updateShares(new Map(), kind.zero, live.object, { ...writer, operation: 'Update', manager: 'before-first-apply' }, rules);
    const applied = applyConfiguration(before, live.object, identified(kind, request.content, request.uid), writer, request.force, rules);
    if (applied.conflicts) return { status: 409, stored: live, conflicts: applied.conflicts };
    object = finish(applied.object as JsonMap);
    shares = applied.shares;
  } else {
    const produced = produce(kind, live.object, request);
    if (produced === undefined) return refuse(422);
    object = finish(produced);
    const known = request.verb === 'forget' && request.subresource === '' ? new Map() : live.shares;
    // Who forgot the owners, or never knew any, does not begin to count them on an update.
    shares = known.size === 0 ? known : updateShares(known, live.object, object, writer, rules);
  }
  if (request.verb === 'update' && request.version === 'none' && !kind.unconditional) return refuse(422, 'must be specified for an update');
  if (request.version === 'other') return refuse(409, OPTIMISTIC_LOCK);

  object = throughDoor(kind, live.object, object, request.subresource);
  if (kind.settle) object = kind.settle(object);
  if (request.uid === 'other' && (request.subresource === '' || !kind.hasStatus)) return refuse(422, 'field is immutable');
  if (kind.isValid?.(object) === false) return refuse(422);
  return { status: 200, stored: stored(kind, live, object, shares) };
}

/** The object that an update or a patch asks for. */
function produce(kind: ModelKind, live: JsonMap, request: Exclude<ModelRequest, { verb: 'apply' }>): JsonMap | undefined {
  switch (request.verb) {
    case 'update': return identified(kind, request.content);
    case 'merge': return mergePatched(live, request.content) as JsonMap;
    case 'json': return jsonPatched(live, request.steps) as JsonMap | undefined;
    case 'strategic': return strategicallyPatched(live, request.content, kind.shape, kind.patchKey!) as JsonMap;
    default: return live;
  }
}

function created(kind: ModelKind, object: JsonMap, shares: Shares, refuse: (status: number) => Expected): Expected {
  const stored: JsonMap = kind.settle ? kind.settle(object) : { ...object };
  if (kind.hasStatus) {
    delete stored['status'];
    if (kind.zero['status'] !== undefined) stored['status'] = kind.zero['status'];
  }
  if (kind.isValid?.(stored) === false) return refuse(422);
  return { status: 201, stored: { object: stored, shares, generation: 1, incarnation: 0, revision: 0 } };
}

/** A write that changes neither the object nor who owns what is none: even times stay. */
function stored(kind: ModelKind, live: Stored, object: JsonMap, shares: Shares): Stored {
  const untimed = (of: Shares): Json => ordered(of).map((share) => [shareKey(share), [...share.places].sort()]);
  const sameObject = same(object, live.object);
  // The order of the entries is of their times, and counts.
  if (sameObject && same(untimed(shares), untimed(live.shares))) return live;
  const contents = (of: JsonMap): Json => [
    Object.fromEntries(Object.entries(of).filter(([name]) => name !== 'metadata' && !(name === 'status' && kind.hasStatus))),
    (kind.countsAnnotations === true && (of['metadata'] as JsonMap)['annotations']) || null,
  ];
  const generation = live.generation + (kind.hasGeneration && !same(contents(object), contents(live.object)) ? 1 : 0);
  return { object, shares, generation, incarnation: live.incarnation, revision: live.revision + 1 };
}

/** The entries as the object shows them. */
export function ordered(shares: Shares): readonly Share[] {
  const key = ({ operation, time, manager, subresource }: Share): string => [operation, time ?? '', manager, subresource].join('\u0000');
  return [...shares.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function throughDoor(kind: ModelKind, live: JsonMap, object: JsonMap, subresource: '' | 'status'): JsonMap {
  if (!kind.hasStatus) return object;
  const [base, status] = subresource === 'status' ? [live, object['status']] : [object, live['status']];
  const result: JsonMap = { ...base };
  if (status === undefined) delete result['status'];
  else result['status'] = status;
  return result;
}

function ignoredFields(kind: ModelKind, subresource: '' | 'status'): readonly string[] {
  if (!kind.hasStatus) return [];
  return subresource === 'status' ? ['f:spec', 'f:metadata'] : ['f:status'];
}

/** Another uid than the live one is laid over it like any other field, before it is refused or, behind the door of the status, taken back. */
function identified(kind: ModelKind, content: JsonMap, uid: Claim = 'none'): JsonMap {
  const metadata = isMap(content['metadata']) ? content['metadata'] : {};
  return { ...content, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, name: NAME, namespace: 'default', ...(uid === 'other' && { uid }) } };
}

function complete(kind: ModelKind, object: JsonMap): JsonMap {
  const full = withDefaults(object, kind.shape) as JsonMap;
  const metadata = Object.entries(full['metadata'] as JsonMap).filter(([name, value]) => name !== 'uid' && (!isMap(value) || Object.keys(value).length > 0));
  const tidy = { ...full, metadata: Object.fromEntries(metadata) };
  return kind.complete ? kind.complete(tidy) : tidy;
}
