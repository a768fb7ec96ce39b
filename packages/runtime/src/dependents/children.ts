import { createHash } from 'node:crypto';

import {
  AlreadyOwnedError, controllerOf, encodeJson, formatApiVersion, isConflict, isControlledBy, isNotFound, keyOf, nameOf, parseApiVersion, resourceKind, setControllerReference,
  type KindRef, type KubeObject, type NamespacedName,
} from '@kubewright/api';

import { OWNER_INDEX } from '../cache/indexer.js';
import type { Client } from '../client/client.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { DeepReadonly } from '../event/entry.js';
import { DEPENDENT_LABEL, type AnyKind, type Dependent, type Desired } from './dependent.js';
import { fieldDrift } from './field-drift.js';

type Child = DeepReadonly<KubeObject>;

/** How many children are remembered; one that is forgotten is applied once more, which changes nothing. */
const MEMORY = 100_000;

/** What {@link Children} works with. */
export interface ChildrenOptions {
  readonly primaryKind: AnyKind;
  /** Under which name children are applied: theirs alone, so that nothing else that the operator applies takes fields away. */
  readonly fieldOwner: string;
}

/** The children of a controller's objects: finds, applies and deletes them. */
export class Children {
  /** Child by key: what was applied last, and the version that this led to. Where managedFields are not in the cache it is all we know. */
  readonly #applied = new Map<string, { readonly hash: string; readonly resourceVersion: string }>();

  constructor(private readonly options: ChildrenOptions) {}

  /** The children of a kind that are marked as some dependent's, from the cache. */
  async list(client: Client, kind: AnyKind, primary: Child): Promise<readonly Child[]> {
    const { namespace, uid } = primary.metadata;
    const { items } = await client.list(kind, { ...(namespace && { namespace }), fields: { [OWNER_INDEX]: uid ?? '' } });
    return (items as readonly Child[]).filter((child) => isControlledBy(child, primary) && child.metadata.labels?.[DEPENDENT_LABEL] !== undefined);
  }

  /**
   * What `desired` asks for as it is sent: with names, type, mark and owner.
   *
   * @throws KubewrightError KW_INVALID_ARGUMENT for a child without a name; OwnerReferenceError where the object can not own it
   */
  complete(dependent: Dependent, desired: Desired<AnyKind>, primary: Child): KubeObject[] {
    const { kind, version, group, scope } = resourceKind(dependent.kind as KindRef<never>);
    const given = (desired === undefined ? [] : Array.isArray(desired) ? desired : [desired]) as readonly KubeObject[];
    return given.map((each) => {
      if (!each.metadata?.name) throw new KubewrightError('KW_INVALID_ARGUMENT', `dependent ${dependent.name}: desired() gave a ${kind} without metadata.name`);
      const namespace = scope === 'Namespaced' ? (each.metadata.namespace ?? primary.metadata.namespace) : undefined;
      const labels = { ...each.metadata.labels, [DEPENDENT_LABEL]: dependent.name };
      const object = { ...each, apiVersion: formatApiVersion(group, version), kind, metadata: { ...each.metadata, labels, ...(namespace && { namespace }) } };
      setControllerReference(primary, this.options.primaryKind, object);
      return object;
    });
  }

  /** Writes a child if it is not as it should be. @throws AlreadyOwnedError for an object of that name that another one controls; ApiError */
  async apply(client: Client, kind: AnyKind, desired: KubeObject, live: Child | undefined): Promise<Child> {
    const key = `${desired.apiVersion} ${desired.kind} ${keyOf(nameOf(desired))}`;
    const hash = createHash('sha256').update(encodeJson(desired)).digest('base64');
    if (live) {
      refuseForeign(live, desired);
      if (live.metadata.deletionTimestamp !== undefined) return live; // it can not be brought back; its end is an event
      const last = this.#applied.get(key);
      if (last?.hash === hash && last.resourceVersion === live.metadata.resourceVersion) return live;
      if (fieldDrift(live, desired, this.options.fieldOwner) === 'none') {
        this.#remember(key, hash, live);
        return live;
      }
    }
    const stored = (await client.apply(kind, desired as never, { force: true, fieldOwner: this.options.fieldOwner })) as Child;
    this.#remember(key, hash, stored);
    return stored;
  }

  /** The object of that name, whoever has it; undefined when there is none. */
  async find(client: Client, kind: AnyKind, name: NamespacedName): Promise<Child | undefined> {
    try {
      return (await client.get(kind, name)) as Child;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Asks for the end of a child, of this one and not of a successor. */
  async delete(client: Client, kind: AnyKind, child: Child): Promise<void> {
    if (child.metadata.deletionTimestamp !== undefined) return;
    const { uid } = child.metadata;
    try {
      await client.delete(kind, nameOf(child as KubeObject), { propagationPolicy: 'Background', ...(uid && { preconditions: { uid } }) });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  #remember(key: string, hash: string, child: Child): void {
    this.#applied.delete(key);
    this.#applied.set(key, { hash, resourceVersion: child.metadata.resourceVersion ?? '' });
    if (this.#applied.size > MEMORY) for (const oldest of this.#applied.keys()) return void this.#applied.delete(oldest);
  }
}

/** An object of the same kind and name as the owner, made anew, takes the children of the one before. */
function refuseForeign(live: Child, desired: KubeObject): void {
  const [has, wants] = [controllerOf(live), controllerOf(desired)!];
  if (!has || (has.kind === wants.kind && has.name === wants.name && parseApiVersion(has.apiVersion).group === parseApiVersion(wants.apiVersion).group)) return;
  throw new AlreadyOwnedError(live as KubeObject, has);
}
