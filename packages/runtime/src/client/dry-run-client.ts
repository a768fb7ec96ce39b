import { keyOf, resourceKind, type KindRef, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind } from '@kubewright/api';
import { realClock, type Clock } from '@kubewright/platform';

import type { DeepReadonly } from '../event/entry.js';
import type { Client, SubresourceClient, SubresourceWriter } from './client.js';
import { isMetadataOnly } from './metadata-only.js';
import { diffObjects, type FieldChange } from './object-diff.js';
import type { ApplyOptions, DeleteOptions, ListOptions, WriteOptions } from './options.js';
import { encodePatch, type Patch } from './patch.js';
import { outcomeOfWrite, type Intent } from './plan-write.js';
import { PlannedObjects } from './planned-objects.js';

type AnyKind = KindRef<never> | KindRef;

/** A write that was asked for and not made. */
export interface PlannedWrite {
  /** The cluster beside the manager's own that it is for; see `addClusters`. */
  readonly cluster?: string;
  readonly verb: 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'deleteAllOf';
  readonly kind: ResourceKind<never>;
  /** Empty for deleteAllOf. */
  readonly key: string;
  readonly subresource?: string;
  /** Whether there is no such object yet. */
  readonly isNew: boolean;
  /** What would change; empty for a write that would change nothing. Of deleteAllOf the keys of the objects. */
  readonly changes: readonly FieldChange[];
}

/** What a {@link dryRunClient} does with the writes. */
export interface DryRunOptions {
  /** Told each write, in order. @default kept in `writes` only */
  readonly onWrite?: (write: PlannedWrite) => void;
  /**
   * Lets the server try each write (`dryRun=All`: admission, defaults, validation) and compares with its answer. Exact, but it needs the rights to write. A
   * write to what was only planned is worked out here all the same. @default false: nothing is sent
   */
  readonly server?: boolean;
  /** For the times of planned objects. @default the real one */
  readonly clock?: Clock;
  /** The field owner of writes that name none, as far as applies depend on it. @default unknown */
  readonly fieldOwner?: string;
}

/** A client whose writes are recorded. */
export interface DryRunClient extends Client {
  readonly writes: readonly PlannedWrite[];
}

/**
 * A client that stores nothing and sends no write: each one is worked out from what there is, recorded with its difference, and seen by the reads that come
 * after it. So a reconciler runs as if its writes had been made, and its plan can be printed. What only the server knows (defaults, admission, what
 * a controller would do next) is not in the plan; `server: true` asks it. Bodies of subresources other than `status` are recorded and given back.
 *
 * @example
 * const client = dryRunClient(real, { onWrite: (write) => console.log(renderWrite(write)) });
 */
export function dryRunClient(client: Client, options: DryRunOptions = {}): DryRunClient {
  return new Planner(client, options);
}

/** The verb's way to the server, for a dry run there. */
type Send = () => Promise<KubeObject>;

class Planner implements DryRunClient {
  readonly writes: PlannedWrite[] = [];
  readonly status: SubresourceWriter;
  readonly #objects: PlannedObjects;
  readonly #bodies = new Map<string, object>();
  #made = 0;

  constructor(private readonly client: Client, private readonly options: DryRunOptions) {
    this.#objects = new PlannedObjects(client);
    this.status = this.#writer(client.status, 'status');
  }

  get: Client['get'] = (ref, name, options) => this.#objects.get(ref, name, options);
  list: Client['list'] = (ref, options) => this.#objects.list(ref, options);

  async create<K extends AnyKind>(ref: K, given: object, options?: WriteOptions): Promise<ObjectOf<K>> {
    const object = given as KubeObject;
    const { namespace, generateName, name = `${generateName ?? ''}${String(++this.#made).padStart(5, '0')}` } = object.metadata;
    return this.#write(ref, { ...(namespace && { namespace }), name }, { verb: 'create', object }, options, () => this.client.create(ref, given as never, dry(options)));
  }

  update: Client['update'] = (ref, object, options) => this.#writer(this.client).update(ref, object, options);
  patch: Client['patch'] = (ref, name, patch, options) => this.#writer(this.client).patch(ref, name, patch, options);
  apply: Client['apply'] = (ref, object, options) => this.#writer(this.client).apply(ref, object, options);

  async delete<K extends AnyKind>(ref: K, name: NamespacedName, options: DeleteOptions = {}): Promise<void> {
    const send = async (): Promise<KubeObject> => (await this.client.delete(ref, name, { ...options, dryRun: true }), { metadata: {} });
    await this.#write(ref, name, { verb: 'delete', options }, options, send);
  }

  async deleteAllOf<K extends AnyKind>(ref: K, selection: ListOptions, options: DeleteOptions = {}): Promise<void> {
    const kind = wholeOf(ref);
    const { items } = await this.#objects.list(ref, selection);
    if (this.options.server) await this.client.deleteAllOf(ref, selection, { ...options, dryRun: true });
    const changes: FieldChange[] = [];
    for (const item of items as readonly DeepReadonly<KubeObject>[]) {
      const name = nameOf(item);
      const { base, object } = await this.#objects.look(kind, name);
      changes.push({ path: keyOf(name), before: object, after: undefined });
      if (object && !options.dryRun) this.#objects.plan(kind, name, base, outcomeOfWrite({ verb: 'delete', options: {} }, { kind, name, live: object, fresh: this.#fresh() }));
    }
    this.#record({ verb: 'deleteAllOf', kind, key: '', isNew: false, changes });
  }

  subresource(subresource: string): SubresourceClient {
    const to = this.client.subresource(subresource);
    const idOf = (ref: AnyKind, name: NamespacedName): string => `${resourceKind(ref as KindRef<never>).plural} ${keyOf(name)} ${subresource}`;
    const note = (verb: PlannedWrite['verb'], ref: AnyKind, name: NamespacedName, before: unknown, after: object): void =>
      this.#record({ verb, kind: wholeOf(ref), key: keyOf(name), subresource, isNew: before === undefined, changes: diffObjects(before, after) });
    const get = async (ref: AnyKind, name: NamespacedName): Promise<object> => this.#bodies.get(idOf(ref, name)) ?? (await to.get(ref, name));
    const replace = async (verb: PlannedWrite['verb'], ref: AnyKind, name: NamespacedName, change: (before: KubeObject) => object, send: Send): Promise<object> => {
      const before = await get(ref, name);
      const after = this.options.server ? await send() : change(before as KubeObject);
      note(verb, ref, name, before, after);
      this.#bodies.set(idOf(ref, name), after);
      return after;
    };
    if (subresource === 'status') return { ...this.#writer(to, subresource), get: (ref, name) => this.get(ref, name) as never, create: () => Promise.reject(new TypeError('a status is not created')) };
    return {
      get: (async (ref: AnyKind, name: NamespacedName) => get(ref, name)) as SubresourceClient['get'],
      create: (async (ref: AnyKind, name: NamespacedName, body: object, given?: WriteOptions) => {
        const answer = this.options.server ? await to.create(ref, name, body, dry(given)) : structuredClone(body);
        note('create', ref, name, undefined, body);
        return answer;
      }) as SubresourceClient['create'],
      update: (async (ref: AnyKind, object: object, given?: WriteOptions) => replace('update', ref, nameOf(object as KubeObject), () => structuredClone(object), () => to.update(ref, object as never, dry(given)))) as SubresourceClient['update'],
      patch: (async (ref: AnyKind, name: NamespacedName, patch: Patch, given?: WriteOptions) =>
        replace('patch', ref, name, (live) => this.#outcome({ verb: 'patch', patch }, wholeOf(ref), name, live)!, () => to.patch(ref, name, patch, dry(given)))) as SubresourceClient['patch'],
      apply: (async (ref: AnyKind, object: object, given?: ApplyOptions) =>
        replace('apply', ref, nameOf(object as KubeObject), (live) => this.#outcome({ verb: 'apply', object: object as KubeObject }, wholeOf(ref), nameOf(live), live)!, () => to.apply(ref, object as never, dry(given)))) as SubresourceClient['apply'],
    };
  }

  #writer(to: SubresourceWriter, subresource?: string): SubresourceWriter {
    return {
      update: (ref, object, given) => this.#write(ref, nameOf(object as KubeObject), { verb: 'update', object: object as KubeObject }, given, () => to.update(ref, object, dry(given)), subresource),
      patch: async (ref, name, patch, given) => {
        // As the real client: what changes nothing is no write.
        if (patch.type === 'merge-from' && !encodePatch(patch)) return structuredClone(patch.base) as never;
        return this.#write(ref, name, { verb: 'patch', patch }, given, () => to.patch(ref, name, patch, dry(given)), subresource);
      },
      apply: (ref, object, given) => {
        const fieldOwner = given?.fieldOwner ?? this.options.fieldOwner;
        const intent: Intent = { verb: 'apply', object: object as KubeObject, ...(fieldOwner !== undefined && { fieldOwner }) };
        return this.#write(ref, nameOf(object as KubeObject), intent, given, () => to.apply(ref, object, dry(given)), subresource);
      },
    };
  }

  async #write<K extends AnyKind>(ref: K, name: NamespacedName, intent: Intent, given: WriteOptions | DeleteOptions | undefined, send: Send, subresource?: string): Promise<ObjectOf<K>> {
    const kind = wholeOf(ref);
    const { object: live, base, isPlanned } = await this.#objects.look(kind, name, given?.signal ? { signal: given.signal } : {});
    const sent = this.options.server && !isPlanned ? await send() : undefined;
    const after = sent && intent.verb !== 'delete' ? sent : this.#outcome(intent, kind, name, live, subresource);
    this.#record({ verb: intent.verb, kind, key: keyOf(name), ...(subresource && { subresource }), isNew: live === undefined, changes: diffObjects(live, after) });
    if (!given?.dryRun) this.#objects.plan(kind, name, base, after && structuredClone(after));
    return (after ?? live) as ObjectOf<K>;
  }

  #outcome(intent: Intent, kind: ResourceKind<never>, name: NamespacedName, live: DeepReadonly<KubeObject> | undefined, subresource?: string): KubeObject | undefined {
    return outcomeOfWrite(intent, { kind, name, live, fresh: this.#fresh(), ...(subresource && { subresource }) });
  }

  #fresh(): { readonly uid: string; readonly time: string } {
    const now = (this.options.clock ?? realClock).now();
    return { uid: `dry-run-${this.writes.length + 1}`, time: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z') };
  }

  #record(write: PlannedWrite): void {
    this.writes.push(write);
    this.options.onWrite?.(write);
  }
}

function dry<T extends WriteOptions>(given: T | undefined): T {
  return { ...(given ?? ({} as T)), dryRun: true };
}

/** A patch by metadata alone changes the whole object. */
function wholeOf(ref: AnyKind): ResourceKind<never> {
  const kind = resourceKind(ref as KindRef<never>);
  if (!isMetadataOnly(kind)) return kind;
  const { group, version, kind: name, plural, scope } = kind as ResourceKind<never>;
  return { group, version, kind: name, plural, scope };
}

function nameOf({ metadata }: DeepReadonly<KubeObject>): NamespacedName {
  return { ...(metadata.namespace && { namespace: metadata.namespace }), name: metadata.name ?? '' };
}
