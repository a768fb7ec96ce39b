import { deepEqual, formatTime, isControlledBy, isNotFound } from '@kubewright/api';
import { ReplicaSet, type ReplicaSetCondition } from '@kubewright/api/apps/v1';
import { Pod } from '@kubewright/api/core/v1';

import { bySelector, claim, controllerReference } from './claims.js';
import type { ControllerContext } from './controller.js';
import { enqueueChanges, enqueueOwners, splitKey } from './object-key.js';
import type { ObjectWatch } from './object-watch.js';
import { ownersOf } from './owners.js';
import { availableIn, isActive } from './pod-state.js';
import { podFromTemplate } from './pod-template.js';
import { planReplicas, replicaSetStatus } from './replicaset-decisions.js';

/** Keeps as many pods of a template as a ReplicaSet asks for. */
export function replicaSetController(context: ControllerContext): void {
  const controller = new ReplicaSetController(context);
  const loop = context.loop((key) => controller.sync(key));
  enqueueChanges(controller.sets, loop);
  enqueueOwners(controller.pods, loop, ownersOf(controller.sets, 'ReplicaSet', ({ spec }) => spec?.selector));
}

class ReplicaSetController {
  readonly sets: ObjectWatch<ReplicaSet>;
  readonly pods: ObjectWatch<Pod>;

  constructor(private readonly context: ControllerContext) {
    this.sets = context.watch(ReplicaSet);
    this.pods = context.watch(Pod);
  }

  async sync(key: string): Promise<number | void> {
    const { client, clock } = this.context;
    const { namespace, name } = splitKey(key);
    const set = this.sets.get(namespace, name);
    if (!set) return undefined;
    const matches = bySelector(set.spec?.selector);
    // A pod that has ended is neither adopted nor counted.
    const own = await claim({
      client, watch: this.pods, owner: set, ownerResource: ReplicaSet, controllerReference: controllerReference(set, 'apps/v1', 'ReplicaSet'),
      matches: (pod) => matches(pod) && (isActive(pod) || pod.metadata.deletionTimestamp !== undefined || isControlledBy(pod, set)),
    });
    const plan = planReplicas(set, own);
    let failure: { reason: string; error: unknown } | undefined;
    try {
      await this.#create(set, plan.create);
    } catch (error) {
      failure = { reason: 'FailedCreate', error };
    }
    try {
      for (const pod of plan.remove) await this.#delete(set, pod);
    } catch (error) {
      failure = { reason: 'FailedDelete', error };
    }
    const condition: ReplicaSetCondition | undefined = failure && {
      type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: (failure.error as Error).message, lastTransitionTime: formatTime(new Date(clock.now())),
    };
    const pods = [...this.pods.list(namespace)].filter((pod) => isControlledBy(pod, set) && matches(pod));
    const status = replicaSetStatus(set, pods, clock.now(), condition);
    if (!deepEqual(status, set.status)) this.sets.learn(await client.update(ReplicaSet, { ...set, status }, 'status'));
    if (failure) throw failure.error;
    const waits = pods.map((pod) => availableIn(pod, set.spec?.minReadySeconds ?? 0, clock.now())).filter((wait): wait is number => wait !== undefined && wait > 0);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  /** One, two, four, … at a time: a template that the server refuses is refused once, not a hundred times. */
  async #create(set: ReplicaSet, count: number): Promise<void> {
    for (let made = 0, size = 1; made < count; size *= 2) {
      const batch = Math.min(size, count - made);
      const results = await Promise.allSettled(Array.from({ length: batch }, () => this.#createOne(set)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      made += batch;
    }
  }

  async #createOne(set: ReplicaSet): Promise<void> {
    const { client, events } = this.context;
    const namespace = set.metadata.namespace ?? '';
    if (!set.spec?.template) throw new Error(`ReplicaSet ${namespace}/${set.metadata.name} has no template`);
    try {
      const wanted = podFromTemplate(set.spec.template, namespace, controllerReference(set, 'apps/v1', 'ReplicaSet'));
      const pod = this.pods.learn(await client.create(Pod, namespace, wanted));
      events.record(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      events.record(set, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`);
      throw error;
    }
  }

  async #delete(set: ReplicaSet, pod: Pod): Promise<void> {
    const { client, events } = this.context;
    const { namespace = '', name = '', uid } = pod.metadata;
    try {
      const answer = await client.delete(Pod, namespace, name, { ...(uid && { preconditions: { uid } }) });
      if (answer.kind === 'Pod') this.pods.learn(answer as Pod);
      events.record(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (error) {
      if (isNotFound(error)) return this.pods.forget(pod);
      events.record(set, 'Warning', 'FailedDelete', `Error deleting: ${(error as Error).message}`);
      throw error;
    }
  }
}
