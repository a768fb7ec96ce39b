import { isNotFound, keyOf, resourceKind, type KindRef, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { Client, SubresourceClient, SubresourceWriter } from './client.js';
import { diffObjects, formatDiff, type FieldChange } from './object-diff.js';
import type { WriteOptions } from './options.js';

type AnyKind = KindRef<never> | KindRef;

/** A write that was asked for and not made. */
export interface PlannedWrite {
  readonly verb: 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'deleteAllOf';
  readonly kind: ResourceKind<never>;
  /** Empty for deleteAllOf. */
  readonly key: string;
  readonly subresource?: string;
  /** What would change; empty for a write that would change nothing. */
  readonly changes: readonly FieldChange[];
}

/** What a {@link dryRunClient} does with the writes. */
export interface DryRunOptions {
  /** Told each write, in order. @default kept in `writes` only */
  readonly onWrite?: (write: PlannedWrite) => void;
}

/** A client whose writes are recorded. */
export interface DryRunClient extends Client {
  readonly writes: readonly PlannedWrite[];
}

/**
 * A client that stores nothing: each write is tried by the server (`dryRun=All`: admission, defaults, validation), compared with what there is,
 * and recorded. Reads stay as they are, so that a reconciler runs one round and its plan can be printed. A second write to an object does not
 * see the first one.
 *
 * @example
 * const client = dryRunClient(real, { onWrite: (write) => console.log(renderWrite(write)) });
 */
export function dryRunClient(client: Client, options: DryRunOptions = {}): DryRunClient {
  const writes: PlannedWrite[] = [];
  const record = (write: PlannedWrite): void => {
    writes.push(write);
    options.onWrite?.(write);
  };
  const dry = <T extends WriteOptions>(given: T | undefined): T => ({ ...(given ?? ({} as T)), dryRun: true });

  async function compared<K extends AnyKind>(verb: PlannedWrite['verb'], ref: K, name: NamespacedName, subresource: string | undefined, send: () => Promise<ObjectOf<K>>): Promise<ObjectOf<K>> {
    const kind = resourceKind(ref as KindRef<never>);
    const before = verb === 'create' ? undefined : await existing(client, ref, name);
    const after = await send();
    // The answer of a subresource may be of another kind, which there is nothing to compare with.
    const isSame = ((after as KubeObject).kind ?? kind.kind) === kind.kind;
    record({ verb, kind, key: keyOf(nameIn(after as KubeObject, name)), ...(subresource && { subresource }), changes: diffObjects(isSame ? before : undefined, after) });
    return after;
  }

  const writer = (to: SubresourceWriter, subresource?: string): SubresourceWriter => ({
    update: (ref, object, given) => compared('update', ref, object.metadata as NamespacedName, subresource, () => to.update(ref, object, dry(given))),
    patch: (ref, name, patch, given) => compared('patch', ref, name, subresource, () => to.patch(ref, name, patch, dry(given))),
    apply: (ref, object, given) => compared('apply', ref, object.metadata, subresource, () => to.apply(ref, object, dry(given))),
  });
  const below = (to: SubresourceClient, subresource: string): SubresourceClient => ({
    ...writer(to, subresource),
    get: (ref, name, given) => to.get(ref, name, given),
    async create(ref, name, body, given) {
      const answer = await to.create(ref, name, body, dry(given));
      record({ verb: 'create', kind: resourceKind(ref as KindRef<never>), key: keyOf(name), subresource, changes: diffObjects(undefined, body) });
      return answer;
    },
  });
  return {
    ...writer(client),
    get writes() {
      return writes;
    },
    get: (ref, name, given) => client.get(ref, name, given),
    list: (ref, given) => client.list(ref, given),
    create: (ref, object, given) => compared('create', ref, object.metadata as NamespacedName, undefined, () => client.create(ref, object, dry(given))),
    async delete(ref, name, given) {
      const before = await existing(client, ref, name);
      await client.delete(ref, name, { ...given, dryRun: true });
      record({ verb: 'delete', kind: resourceKind(ref as KindRef<never>), key: keyOf(name), changes: diffObjects(before, undefined) });
    },
    async deleteAllOf(ref, selection, given) {
      const { items } = await client.list(ref, selection);
      await client.deleteAllOf(ref, selection, { ...given, dryRun: true });
      const kind = resourceKind(ref as KindRef<never>);
      record({ verb: 'deleteAllOf', kind, key: '', changes: items.map((item) => ({ path: keyOf((item as KubeObject).metadata as NamespacedName), before: item, after: undefined })) });
    },
    status: writer(client.status, 'status'),
    subresource: (name) => below(client.subresource(name), name),
  };
}

/** A recorded write as text: a heading and a line for each field; `(nothing)` for a write that would change nothing. */
export function renderWrite({ verb, kind, key, subresource, changes }: PlannedWrite): string {
  const heading = [verb, kind.kind, key, subresource && `(${subresource})`].filter((part) => !!part).join(' ');
  const lines = changes.length === 0 ? '(nothing)' : verb === 'deleteAllOf' ? changes.map(({ path }) => `- ${path}`).join('\n') : formatDiff(changes);
  return `${heading}\n${lines.replace(/^/gm, '  ')}`;
}

async function existing<K extends AnyKind>(client: Client, ref: K, name: NamespacedName): Promise<DeepReadonly<ObjectOf<K>> | undefined> {
  return client.get(ref, name).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** The name that a server made up is not to be counted on: a dry run has none to give. */
function nameIn({ metadata }: KubeObject, name: NamespacedName): NamespacedName {
  return name.name ? name : { ...(metadata.namespace && { namespace: metadata.namespace }), name: metadata.name ?? `${metadata.generateName ?? ''}*` };
}
