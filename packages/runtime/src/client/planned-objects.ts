import { keyOf, matchesLabels, notFound, parseLabelSelector, requirementsOf, resourceKind, isNotFound, type KindRef, type KubeObject, type NamespacedName, type ObjectOf, type ResourceKind } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { Reader } from './client.js';
import { isMetadataOnly } from './metadata-only.js';
import type { GetOptions, ListOptions, ListResult } from './options.js';

type AnyKind = KindRef<never> | KindRef;
type Live = DeepReadonly<KubeObject> | undefined;

interface Plan {
  readonly kind: ResourceKind<never>;
  readonly name: NamespacedName;
  /** The version of the live object from which it was planned; undefined where there was none. */
  readonly base: string | undefined;
  /** Undefined for a deletion. */
  readonly object: KubeObject | undefined;
}

/**
 * What reads would find if the writes so far had been made: objects as they were planned, laid over what there is. A plan holds as long as the object
 * that it was made from is the newest one; after that the plan is dropped, and what there is counts again.
 */
export class PlannedObjects implements Reader {
  readonly #plans = new Map<string, Plan>();

  constructor(private readonly live: Reader) {}

  async get<K extends AnyKind>(ref: K, name: NamespacedName, options: GetOptions = {}): Promise<DeepReadonly<ObjectOf<K>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const { object } = await this.look(kind, name, options);
    if (!object) throw notFound({ group: kind.group, resource: kind.plural }, name.name);
    return object as DeepReadonly<ObjectOf<K>>;
  }

  async list<K extends AnyKind>(ref: K, options: ListOptions = {}): Promise<ListResult<DeepReadonly<ObjectOf<K>>>> {
    const kind = resourceKind(ref as KindRef<never>);
    const list = (await this.live.list(ref, options)) as ListResult<DeepReadonly<KubeObject>>;
    const listed = new Map(list.items.map((item) => [idOf(kind, item.metadata as NamespacedName), item]));
    const items: DeepReadonly<KubeObject>[] = [];
    for (const [id, item] of listed) {
      const object = this.#overlaid(kind, id, item);
      if (object && isSelected(object, options, kind)) items.push(object);
    }
    // What the live list does not show may be new, or be selected only now.
    for (const [id, plan] of options.continue ? [] : [...this.#plans]) {
      if (listed.has(id) || !plan.object || !isOfKind(plan.kind, kind) || !isSelected(plan.object, options, kind)) continue;
      const { object } = await this.look(kind, plan.name, options.signal ? { signal: options.signal } : {});
      if (object && isSelected(object, options, kind)) items.push(object);
    }
    return { ...list, items: items as unknown as DeepReadonly<ObjectOf<K>>[] };
  }

  /** The object as reads find it, and the version of the live one. */
  async look(kind: ResourceKind<never>, name: NamespacedName, options: GetOptions = {}): Promise<{ readonly object: Live; readonly base: string | undefined; readonly isPlanned: boolean }> {
    const live = (await this.live.get(kind, name, options).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    })) as Live;
    const id = idOf(kind, name);
    const object = this.#overlaid(kind, id, live);
    return { object, base: live?.metadata.resourceVersion, isPlanned: this.#plans.has(id) };
  }

  /** Lays an object, or its absence, over what there is. */
  plan(kind: ResourceKind<never>, name: NamespacedName, base: string | undefined, object: KubeObject | undefined): void {
    const id = idOf(kind, name);
    if (object === undefined && base === undefined) this.#plans.delete(id);
    else this.#plans.set(id, { kind, name, base, object });
  }

  #overlaid(kind: ResourceKind<never>, id: string, live: Live): Live {
    const plan = this.#plans.get(id);
    if (!plan) return live;
    if (plan.base !== live?.metadata.resourceVersion) {
      this.#plans.delete(id);
      return live;
    }
    return plan.object && isMetadataOnly(kind) ? (({ apiVersion, kind: name, metadata }) => ({ apiVersion, kind: name, metadata }) as KubeObject)(plan.object) : plan.object;
  }
}

function isOfKind(one: ResourceKind<never>, other: ResourceKind<never>): boolean {
  return one.group === other.group && one.version === other.version && one.plural === other.plural;
}

function idOf(kind: ResourceKind<never>, { namespace, name }: NamespacedName): string {
  return `${kind.group}/${kind.version}/${kind.plural} ${keyOf(kind.scope === 'Namespaced' && namespace ? { namespace, name } : { name })}`;
}

/** Servers select by simple paths only. */
function isSelected(object: DeepReadonly<KubeObject>, { namespace, labels, fields = {} }: ListOptions, { scope }: ResourceKind<never>): boolean {
  const requirements = labels === undefined ? [] : typeof labels === 'string' ? parseLabelSelector(labels) : requirementsOf({ matchLabels: { ...labels } });
  const valueOf = (field: string): unknown => field.split('.').reduce<unknown>((at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined), object);
  const isIndexed = (field: string): boolean => valueOf(field) !== undefined || field.startsWith('metadata.');
  return (
    (namespace === undefined || scope === 'Cluster' || object.metadata.namespace === namespace) &&
    matchesLabels(requirements, object.metadata.labels ?? {}) &&
    // An index of a cache may have any name: whether a planned object is in it can not be told, and a listed one is.
    Object.entries(fields).every(([field, value]) => !isIndexed(field) || String(valueOf(field) ?? '') === value)
  );
}
