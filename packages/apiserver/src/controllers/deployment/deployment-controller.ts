import { deepEqual, isAlreadyExists, isControlledBy, isNotFound } from '@kubewright/api';
import { Deployment, ReplicaSet, type DeploymentStatus } from '@kubewright/api/apps/v1';
import { Pod } from '@kubewright/api/core/v1';

import { bySelector, claim, controllerReference } from '../claims.js';
import type { ControllerContext } from '../controller.js';
import { enqueueChanges, enqueueOwners, splitKey } from '../object-key.js';
import type { ObjectWatch } from '../object-watch.js';
import { ownersOf } from '../owners.js';
import { isFinished } from '../pod-state.js';
import { templateHash } from '../template-hash.js';
import {
  currentAnnotations, isActiveSet, newReplicaSet, replicasOf, REVISION, revisionOf, scaleAnnotations, splitReplicaSets, withoutHash, type ReplicaSets,
} from './replica-sets.js';
import { currentSize, isScaled, proportionalSizes, rollingStep, type Resize } from './scaling.js';
import { deadlineIn, deploymentStatus, findCondition, hasDeadline, isComplete, newCondition, rolloutStatus, withCondition } from './status.js';

/** Rolls Deployments out over ReplicaSets. */
export function deploymentController(context: ControllerContext): void {
  const controller = new DeploymentController(context);
  const loop = context.loop((key) => controller.sync(key));
  enqueueChanges(controller.deployments, loop);
  const deploymentsOf = ownersOf(controller.deployments, 'Deployment', ({ spec }) => spec?.selector);
  enqueueOwners(controller.sets, loop, deploymentsOf);
  // Recreate waits for the last of the old pods to go.
  controller.pods.onChange(({ old, object }) => {
    const owner = !object && old?.metadata.ownerReferences?.find(({ kind, controller: isController }) => isController && kind === 'ReplicaSet');
    const set = owner && controller.sets.get(old!.metadata.namespace ?? '', owner.name);
    if (set) for (const key of deploymentsOf(set)) loop.add(key);
  });
}

class DeploymentController {
  readonly deployments: ObjectWatch<Deployment>;
  readonly sets: ObjectWatch<ReplicaSet>;
  readonly pods: ObjectWatch<Pod>;

  constructor(private readonly context: ControllerContext) {
    this.deployments = context.watch(Deployment);
    this.sets = context.watch(ReplicaSet);
    this.pods = context.watch(Pod);
  }

  async sync(key: string): Promise<number | void> {
    const { namespace, name } = splitKey(key);
    let deployment = this.deployments.get(namespace, name);
    if (!deployment?.spec) return undefined;
    const matches = bySelector(deployment.spec.selector);
    await claim({
      client: this.context.client, watch: this.sets, owner: deployment, ownerResource: Deployment, matches,
      controllerReference: controllerReference(deployment, 'apps/v1', 'Deployment'),
    });
    const sets = (): ReplicaSets => splitReplicaSets(deployment!, this.#setsOf(deployment!));
    if (deployment.metadata.deletionTimestamp) {
      await this.#writeStatus(deployment, deploymentStatus(deployment, sets(), deployment.status?.collisionCount, this.context.clock.now()));
      return undefined;
    }
    deployment = await this.#notePause(deployment);
    if (deployment.spec.paused || isScaled(deployment, sets())) {
      if (sets().current) deployment = await this.#maintainCurrent(deployment, sets());
      await this.#resize(deployment, proportionalSizes(deployment, sets()), true);
      await this.#writeStatus(deployment, deploymentStatus(deployment, sets(), deployment.status?.collisionCount, this.context.clock.now()));
      return undefined;
    }
    deployment = deployment.spec.strategy?.type === 'Recreate' ? await this.#recreate(deployment, sets) : await this.#roll(deployment, sets);
    if (isComplete(deployment, deployment.status)) await this.#cleanUp(deployment, sets().old);
    const now = this.context.clock.now();
    const status = rolloutStatus(deployment, sets(), deploymentStatus(deployment, sets(), deployment.status?.collisionCount, now), now);
    await this.#writeStatus(deployment, status);
    return deadlineIn(deployment, status, now);
  }

  #setsOf(deployment: Deployment): ReplicaSet[] {
    return [...this.sets.list(deployment.metadata.namespace ?? '')].filter((set) => isControlledBy(set, deployment));
  }

  async #roll(deployment: Deployment, sets: () => ReplicaSets): Promise<Deployment> {
    const updated = await this.#ensureCurrent(deployment, sets());
    await this.#resize(updated, rollingStep(updated, sets()), false);
    return updated;
  }

  async #recreate(deployment: Deployment, sets: () => ReplicaSets): Promise<Deployment> {
    let updated = sets().current ? await this.#maintainCurrent(deployment, sets()) : deployment;
    const active = sets().old.filter(isActiveSet);
    if (active.length > 0) {
      await this.#resize(updated, active.map((set) => ({ set, replicas: 0 })), false);
      return updated;
    }
    const { current } = sets();
    const isOldRunning = [...this.pods.list(deployment.metadata.namespace ?? '')].some((pod) => {
      const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
      return owner !== undefined && owner.uid !== current?.metadata.uid && sets().old.some(({ metadata }) => metadata.uid === owner.uid) && !isFinished(pod);
    });
    if (isOldRunning) return updated;
    updated = await this.#ensureCurrent(updated, sets());
    const fresh = sets().current;
    if (fresh) await this.#resize(updated, [{ set: fresh, replicas: updated.spec?.replicas ?? 1 }], false);
    return updated;
  }

  async #ensureCurrent(deployment: Deployment, sets: ReplicaSets): Promise<Deployment> {
    return sets.current ? this.#maintainCurrent(deployment, sets) : this.#createCurrent(deployment, sets);
  }

  /** The current ReplicaSet has the highest revision, also after a rollback has made an old one current. */
  async #maintainCurrent(deployment: Deployment, { current, old }: ReplicaSets): Promise<Deployment> {
    const { client } = this.context;
    const set = current!;
    const revision = Math.max(0, ...old.map(revisionOf)) + 1;
    const annotations = currentAnnotations(deployment, set, revision);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    if (!deepEqual(annotations, set.metadata.annotations ?? {}) || (set.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
      this.sets.learn(await client.update(ReplicaSet, { ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, minReadySeconds } }));
    }
    const marked = await this.#markRevision(deployment, annotations[REVISION] ?? String(revision));
    if (!hasDeadline(marked) || findCondition(marked.status?.conditions, 'Progressing')) return marked;
    const condition = newCondition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set ${JSON.stringify(set.metadata.name)}`, this.context.clock.now());
    return this.#writeStatus(marked, { ...marked.status, conditions: withCondition(marked.status?.conditions ?? [], condition) });
  }

  async #createCurrent(deployment: Deployment, sets: ReplicaSets): Promise<Deployment> {
    const { client, clock, events } = this.context;
    const { namespace = '' } = deployment.metadata;
    const revision = Math.max(0, ...sets.old.map(revisionOf)) + 1;
    const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount ?? 0);
    const replicas = currentSize(deployment, sets);
    const wanted = newReplicaSet(deployment, hash, replicas, revision, controllerReference(deployment, 'apps/v1', 'Deployment'));
    let conditions = deployment.status?.conditions ?? [];
    try {
      const made = this.sets.learn(await client.create(ReplicaSet, namespace, wanted));
      if (replicas > 0) events.record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${made.metadata.name} from 0 to ${replicas}`);
    } catch (error) {
      if (isAlreadyExists(error)) await this.#resolveCollision(deployment, wanted);
      else if (hasDeadline(deployment)) {
        const message = `Failed to create new replica set ${JSON.stringify(wanted.metadata.name)}: ${(error as Error).message}`;
        conditions = withCondition(conditions, newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, clock.now()));
        await this.#writeStatus(deployment, { ...deployment.status, conditions });
        throw error;
      } else throw error;
    }
    const marked = await this.#markRevision(deployment, String(revision));
    if (!hasDeadline(marked)) return marked;
    const condition = newCondition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set ${JSON.stringify(wanted.metadata.name)}`, clock.now());
    return this.#writeStatus(marked, { ...marked.status, conditions: withCondition(conditions, condition) });
  }

  /** Ours from a try whose answer was lost, or someone else's: then the next try uses another hash. */
  async #resolveCollision(deployment: Deployment, wanted: ReplicaSet): Promise<void> {
    const { namespace = '', name = '' } = wanted.metadata;
    const present = await this.context.client.get<ReplicaSet>(ReplicaSet, namespace, name);
    if (isControlledBy(present, deployment) && present.spec?.template && deepEqual(withoutHash(present.spec.template), withoutHash(deployment.spec.template))) {
      this.sets.learn(present);
      return;
    }
    await this.#writeStatus(deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
    throw new Error(`the name ${name} is taken by another ReplicaSet`);
  }

  async #markRevision(deployment: Deployment, revision: string): Promise<Deployment> {
    if (deployment.metadata.annotations?.[REVISION] === revision) return deployment;
    const annotations = { ...deployment.metadata.annotations, [REVISION]: revision };
    // Through the status: a revision is no new generation.
    return this.deployments.learn(await this.context.client.update(Deployment, { ...deployment, metadata: { ...deployment.metadata, annotations } }, 'status'));
  }

  async #notePause(deployment: Deployment): Promise<Deployment> {
    if (!hasDeadline(deployment)) return deployment;
    const progressing = findCondition(deployment.status?.conditions, 'Progressing');
    if (progressing?.reason === 'ProgressDeadlineExceeded') return deployment;
    const isNoted = progressing?.reason === 'DeploymentPaused';
    const isPaused = deployment.spec?.paused ?? false;
    if (isPaused === isNoted) return deployment;
    const condition = isPaused
      ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.context.clock.now())
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.context.clock.now());
    return this.#writeStatus(deployment, { ...deployment.status, conditions: withCondition(deployment.status?.conditions ?? [], condition) });
  }

  /** @param always writes the annotations of those whose size stays, too */
  async #resize(deployment: Deployment, sizes: readonly Resize[], always: boolean): Promise<void> {
    const { client, events } = this.context;
    for (const { set, replicas } of sizes) {
      const latest = this.sets.get(set.metadata.namespace ?? '', set.metadata.name ?? '') ?? set;
      const before = replicasOf(latest);
      const annotations = { ...latest.metadata.annotations, ...scaleAnnotations(deployment) };
      if (before === replicas && (!always || deepEqual(annotations, latest.metadata.annotations))) continue;
      this.sets.learn(await client.update(ReplicaSet, { ...latest, metadata: { ...latest.metadata, annotations }, spec: { ...latest.spec, replicas } }));
      if (before === replicas) continue;
      const direction = replicas > before ? 'up' : 'down';
      events.record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${direction} replica set ${latest.metadata.name} from ${before} to ${replicas}`);
    }
  }

  async #cleanUp(deployment: Deployment, old: readonly ReplicaSet[]): Promise<void> {
    const limit = deployment.spec?.revisionHistoryLimit ?? 10;
    const candidates = old.filter(({ metadata }) => !metadata.deletionTimestamp).sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const set of candidates.slice(0, Math.max(candidates.length - limit, 0))) {
      const isIdle = replicasOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
      if (!isIdle) continue;
      const { namespace = '', name = '' } = set.metadata;
      await this.context.client.delete(ReplicaSet, namespace, name).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      this.sets.forget(set);
    }
  }

  async #writeStatus(deployment: Deployment, status: DeploymentStatus): Promise<Deployment> {
    if (deepEqual(status, deployment.status)) return deployment;
    return this.deployments.learn(await this.context.client.update(Deployment, { ...deployment, status }, 'status'));
  }
}
