import { deepEqual, isAlreadyExists, isControlledBy, isNotFound } from '@kubewright/api';
import { ControllerRevision, StatefulSet } from '@kubewright/api/apps/v1';
import { PersistentVolumeClaim, Pod } from '@kubewright/api/core/v1';

import { bySelector, claim, controllerReference } from '../claims.js';
import type { ControllerContext } from '../controller.js';
import { enqueueChanges, enqueueOwners, splitKey } from '../object-key.js';
import type { ObjectWatch } from '../object-watch.js';
import { ownersOf } from '../owners.js';
import { claimOwners, claimsOf, giveIdentity, ordinalOf, statefulPod } from './identity.js';
import { planStatefulSet, revisionOf, type PlanInput, type StatefulSetAction } from './plan.js';
import { newRevision, planRevision, sortRevisions, surplusRevisions, templateOf } from './revisions.js';
import { statefulSetStatus } from './status.js';

/** Keeps the pods, claims and history of StatefulSets. */
export function statefulSetController(context: ControllerContext): void {
  const controller = new StatefulSetController(context);
  const loop = context.loop((key) => controller.sync(key));
  enqueueChanges(controller.sets, loop);
  enqueueOwners(controller.pods, loop, ownersOf(controller.sets, 'StatefulSet', ({ spec }) => spec.selector));
}

interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
  readonly collisions: number;
}

class StatefulSetController {
  readonly sets: ObjectWatch<StatefulSet>;
  readonly pods: ObjectWatch<Pod>;
  readonly #revisions: ObjectWatch<ControllerRevision>;
  readonly #claims: ObjectWatch<PersistentVolumeClaim>;

  constructor(private readonly context: ControllerContext) {
    this.sets = context.watch(StatefulSet);
    this.pods = context.watch(Pod);
    this.#revisions = context.watch(ControllerRevision);
    this.#claims = context.watch(PersistentVolumeClaim);
  }

  async sync(key: string): Promise<number | void> {
    const { namespace, name } = splitKey(key);
    const set = this.sets.get(namespace, name);
    if (!set) return undefined;
    const matches = bySelector(set.spec.selector);
    const isMember = (pod: Pod): boolean => matches(pod) && ordinalOf(set, pod) !== undefined;
    const reference = controllerReference(set, 'apps/v1', 'StatefulSet');
    const claiming = { client: this.context.client, owner: set, ownerResource: StatefulSet, controllerReference: reference };
    await claim({ ...claiming, watch: this.#revisions, matches });
    await claim({ ...claiming, watch: this.pods, matches: isMember });
    const revisions = await this.#syncRevisions(set);
    const input = (): PlanInput => ({
      set,
      currentRevision: revisions.current.metadata.name ?? '',
      updateRevision: revisions.update.metadata.name ?? '',
      pods: this.#podsOf(set, isMember),
      now: this.context.clock.now(),
    });
    const plan = planStatefulSet(input());
    try {
      for (const action of plan.actions) await this.#perform(set, revisions, action);
    } finally {
      await this.#writeStatus(set, input(), revisions.collisions);
    }
    await this.#truncateHistory(set, input());
    return plan.lookAgainIn;
  }

  #podsOf(set: StatefulSet, isMember: (pod: Pod) => boolean): Pod[] {
    return [...this.pods.list(set.metadata.namespace ?? '')].filter((pod) => isControlledBy(pod, set) && isMember(pod));
  }

  /** Sees to it that the newest revision is the set's template, and finds the one that the set comes from. */
  async #syncRevisions(set: StatefulSet): Promise<Revisions> {
    const { client } = this.context;
    const history = this.#history(set);
    const plan = planRevision(set, history);
    let collisions = set.status?.collisionCount ?? 0;
    let update: ControllerRevision;
    if (plan.kind === 'keep') update = plan.update;
    else if (plan.kind === 'renumber') update = this.#revisions.learn(await client.update(ControllerRevision, { ...plan.update, revision: plan.revision }));
    else {
      for (;;) {
        const revision = newRevision(set, plan, collisions, controllerReference(set, 'apps/v1', 'StatefulSet'));
        try {
          update = this.#revisions.learn(await client.create(ControllerRevision, set.metadata.namespace ?? '', revision));
          break;
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
          const present = await client.get<ControllerRevision>(ControllerRevision, set.metadata.namespace ?? '', revision.metadata.name ?? '');
          if (deepEqual(present.data, revision.data)) {
            update = this.#revisions.learn(present);
            break;
          }
          collisions++;
        }
      }
    }
    const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    return { current, update, collisions };
  }

  #history(set: StatefulSet): ControllerRevision[] {
    return sortRevisions([...this.#revisions.list(set.metadata.namespace ?? '')].filter((revision) => isControlledBy(revision, set)));
  }

  async #perform(set: StatefulSet, revisions: Revisions, action: StatefulSetAction): Promise<void> {
    switch (action.kind) {
      case 'create': {
        const revision = action.revision === 'current' ? revisions.current : revisions.update;
        return this.#createPod(set, revision, action.ordinal);
      }
      case 'delete':
        return this.#deletePod(set, action.pod);
      case 'maintain':
        return this.#maintain(set, action.pod, action.ordinal);
      case 'maintain-surplus':
        return this.#ownClaims(set, action.pod, true);
    }
  }

  async #createPod(set: StatefulSet, revision: ControllerRevision, ordinal: number): Promise<void> {
    const { client, events } = this.context;
    const pod = statefulPod(set, templateOf(revision), revision.metadata.name ?? '', ordinal, controllerReference(set, 'apps/v1', 'StatefulSet'));
    const where = `in StatefulSet ${set.metadata.name}`;
    await this.#createClaims(set, pod, ordinal);
    try {
      this.pods.learn(await client.create(Pod, pod.metadata.namespace ?? '', pod));
      events.record(set, 'Normal', 'SuccessfulCreate', `Create Pod ${pod.metadata.name} ${where} successful`);
    } catch (error) {
      // Someone else's pod of this name: it has to go first, and its end wakes us.
      if (!isAlreadyExists(error)) {
        events.record(set, 'Warning', 'FailedCreate', `Create Pod ${pod.metadata.name} ${where} failed error: ${(error as Error).message}`);
      }
      throw error;
    }
  }

  async #createClaims(set: StatefulSet, pod: Pod, ordinal: number): Promise<void> {
    const { client, events } = this.context;
    for (const wanted of claimsOf(set, ordinal)) {
      const { namespace = '', name = '' } = wanted.metadata;
      const present = this.#claims.get(namespace, name);
      if (present) {
        // A pod must not start on a claim that is going: the next one is made when it has gone.
        if (present.metadata.deletionTimestamp) throw new Error(`claim ${namespace}/${name} is being deleted`);
        continue;
      }
      try {
        this.#claims.learn(await client.create(PersistentVolumeClaim, namespace, wanted));
        events.record(set, 'Normal', 'SuccessfulCreate', `Create Claim ${name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} success`);
      } catch (error) {
        if (isAlreadyExists(error)) continue;
        const what = `Create Claim ${name} for Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
        events.record(set, 'Warning', 'FailedCreate', `${what} failed error: ${(error as Error).message}`);
        throw error;
      }
    }
  }

  async #deletePod(set: StatefulSet, pod: Pod): Promise<void> {
    const { client, events } = this.context;
    const { namespace = '', name = '', uid } = pod.metadata;
    const where = `Pod ${name} in StatefulSet ${set.metadata.name}`;
    try {
      const answer = await client.delete(Pod, namespace, name, { ...(uid && { preconditions: { uid } }) });
      if (answer.kind === 'Pod') this.pods.learn(answer as Pod);
      events.record(set, 'Normal', 'SuccessfulDelete', `Delete ${where} successful`);
    } catch (error) {
      if (isNotFound(error)) return this.pods.forget(pod);
      events.record(set, 'Warning', 'FailedDelete', `Delete ${where} failed error: ${(error as Error).message}`);
      throw error;
    }
  }

  async #maintain(set: StatefulSet, pod: Pod, ordinal: number): Promise<void> {
    if (pod.status?.phase === 'Pending') await this.#createClaims(set, pod, ordinal);
    await this.#ownClaims(set, pod, false);
    const copy = structuredClone(pod);
    if (!giveIdentity(set, copy, ordinal)) return;
    await this.#createClaims(set, pod, ordinal);
    this.pods.learn(await this.context.client.update(Pod, copy));
  }

  async #ownClaims(set: StatefulSet, pod: Pod, isSurplus: boolean): Promise<void> {
    for (const { metadata } of claimsOf(set, ordinalOf(set, pod) ?? 0)) {
      const present = this.#claims.get(metadata.namespace ?? '', metadata.name ?? '');
      const ownerReferences = present && claimOwners(set, pod, present, isSurplus);
      if (!present || !ownerReferences) continue;
      this.#claims.learn(await this.context.client.update(PersistentVolumeClaim, { ...present, metadata: { ...present.metadata, ownerReferences } }));
    }
  }

  async #writeStatus(set: StatefulSet, input: PlanInput, collisions: number): Promise<void> {
    const status = statefulSetStatus(input, collisions);
    if (deepEqual(status, set.status)) return;
    this.sets.learn(await this.context.client.update(StatefulSet, { ...set, status }, 'status'));
  }

  async #truncateHistory(set: StatefulSet, { currentRevision, updateRevision, pods }: PlanInput): Promise<void> {
    const inUse = new Set([currentRevision, updateRevision, ...pods.map(revisionOf)]);
    for (const revision of surplusRevisions(set, this.#history(set), inUse)) {
      const { namespace = '', name = '' } = revision.metadata;
      await this.context.client.delete(ControllerRevision, namespace, name).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      this.#revisions.forget(revision);
    }
  }
}
