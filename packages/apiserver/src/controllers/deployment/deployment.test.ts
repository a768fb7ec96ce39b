import type { Deployment, DeploymentCondition, ReplicaSet } from '@kubewright/api/apps/v1';
import { describe, expect, it } from 'vitest';

import { currentAnnotations, fenceposts, splitReplicaSets } from './replica-sets.js';
import { currentSize, isScaled, proportionalSizes, rollingStep, type Resize } from './scaling.js';
import { deploymentStatus, rolloutStatus } from './status.js';

const NOW = Date.UTC(2026, 0, 1);
const deployment = (replicas: number, spec: object = {}, rest: object = {}): Deployment => ({
  metadata: { name: 'web', generation: 1 },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } }, progressDeadlineSeconds: 600, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, ...spec },
  ...rest,
});
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } });
let made = 0;
/** Size, of which available; and what the Deployment wanted at that time. */
const replicaSet = (name: string, replicas: number, available = replicas, desired = 4, maximum = 5): ReplicaSet => ({
  metadata: {
    name, creationTimestamp: new Date(NOW + made++ * 1000).toISOString(),
    annotations: { 'deployment.kubernetes.io/desired-replicas': String(desired), 'deployment.kubernetes.io/max-replicas': String(maximum) },
  },
  spec: { replicas, selector: {}, template: { spec: { containers: [] } } },
  status: { replicas, readyReplicas: available, availableReplicas: available },
});
const sizes = (resizes: readonly Resize[]): Record<string, number> => Object.fromEntries(resizes.map(({ set, replicas }) => [set.metadata.name!, replicas]));

describe('fenceposts', () => {
  it.each<[string, number, object, object]>([
    ['surge rounds up, unavailable down', 10, rolling('25%', '25%'), { maxSurge: 3, maxUnavailable: 2 }],
    ['never both nothing', 1, rolling(0, '25%'), { maxSurge: 0, maxUnavailable: 1 }],
    ['numbers are taken as they are', 10, rolling(2, 3), { maxSurge: 2, maxUnavailable: 3 }],
    ['no more unavailable than there are', 2, rolling(1, 5), { maxSurge: 1, maxUnavailable: 2 }],
    ['Recreate has neither', 10, { strategy: { type: 'Recreate' } }, { maxSurge: 0, maxUnavailable: 0 }],
  ])('%s', (_case, replicas, spec, expected) => expect(fenceposts(deployment(replicas, spec))).toEqual(expected));
});

describe('a rolling update', () => {
  const step = (old: ReplicaSet[], current: ReplicaSet, spec: object = {}, replicas = 4) => sizes(rollingStep(deployment(replicas, spec), { current, old }));
  it.each<[string, object, object]>([
    ['grows the new one by the surge', step([replicaSet('old', 4)], replicaSet('new', 0)), { new: 1 }],
    ['then shrinks the old one', step([replicaSet('old', 4)], replicaSet('new', 1, 0)), { old: 3 }],
    ['then grows again', step([replicaSet('old', 3)], replicaSet('new', 1, 0)), { new: 2 }],
    ['then waits for the new pods', step([replicaSet('old', 3)], replicaSet('new', 2, 0)), {}],
    ['and goes on as they become available', step([replicaSet('old', 3)], replicaSet('new', 2, 1)), { old: 2 }],
    ['takes unhealthy old pods first', step([replicaSet('a', 2, 0), replicaSet('b', 2, 2)], replicaSet('new', 1, 0)), { a: 1 }],
    ['without surge shrinks first', step([replicaSet('old', 4)], replicaSet('new', 0), rolling(0, 1)), { old: 3 }],
    ['without unavailable waits for each', step([replicaSet('old', 4)], replicaSet('new', 1, 0), rolling(1, 0)), {}],
    ['and replaces each', step([replicaSet('old', 4)], replicaSet('new', 1, 1), rolling(1, 0)), { old: 3 }],
    ['ends with the last old pod', step([replicaSet('old', 1)], replicaSet('new', 4, 4)), { old: 0 }],
    ['shrinks a new one that is too large', step([], replicaSet('new', 6)), { new: 4 }],
    ['does nothing when it is done', step([replicaSet('old', 0)], replicaSet('new', 4)), {}],
  ])('%s', (_case, seen, expected) => expect(seen).toEqual(expected));

  it('starts a new one at the surge, and a first one at full size', () => {
    expect(currentSize(deployment(4), { current: undefined, old: [replicaSet('old', 4)] })).toBe(1);
    expect(currentSize(deployment(4), { current: undefined, old: [] })).toBe(4);
  });
});

describe('scaling', () => {
  it('is seen by what the ReplicaSets remember', () => {
    expect(isScaled(deployment(4), { current: replicaSet('new', 4), old: [] })).toBe(false);
    expect(isScaled(deployment(8), { current: replicaSet('new', 4), old: [] })).toBe(true);
    expect(isScaled(deployment(8), { current: replicaSet('new', 0), old: [] })).toBe(false);
  });
  it.each<[string, object, object]>([
    ['the only one gets all', sizes(proportionalSizes(deployment(8), { current: replicaSet('new', 4), old: [replicaSet('old', 0)] })), { new: 8 }],
    ['a rollout grows in proportion, what is left over goes to the largest', sizes(proportionalSizes(deployment(8), { current: replicaSet('new', 2, 0), old: [replicaSet('old', 3)] })), { old: 6, new: 4 }],
    ['and shrinks so', sizes(proportionalSizes(deployment(2), { current: replicaSet('new', 2, 0), old: [replicaSet('old', 3)] })), { old: 2, new: 1 }],
    ['to nothing', sizes(proportionalSizes(deployment(0), { current: replicaSet('new', 2, 0), old: [replicaSet('old', 3)] })), { old: 0, new: 0 }],
  ])('%s', (_case, seen, expected) => expect(seen).toEqual(expected));
});

describe('ReplicaSets of a Deployment', () => {
  it('are told apart by template, whatever the hash label', () => {
    const template = (image: string, hash?: string) => ({ metadata: { labels: { app: 'web', ...(hash && { 'pod-template-hash': hash }) } }, spec: { containers: [{ name: 'c', image }] } });
    const [a, b] = [replicaSet('a', 1), replicaSet('b', 1)];
    a.spec.template = template('i:1', 'x');
    b.spec.template = template('i:2', 'y');
    const { current, old } = splitReplicaSets(deployment(1, { template: template('i:2') }), [a, b]);
    expect([current?.metadata.name, old.map(({ metadata }) => metadata.name)]).toEqual(['b', ['a']]);
  });
  it('carry the revision, earlier ones, and the annotations of the Deployment', () => {
    const owner = deployment(4, {}, { metadata: { name: 'web', annotations: { note: 'x', 'deployment.kubernetes.io/revision': '9', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } } });
    expect(currentAnnotations(owner, undefined, 1)).toEqual({ note: 'x', 'deployment.kubernetes.io/revision': '1', 'deployment.kubernetes.io/desired-replicas': '4', 'deployment.kubernetes.io/max-replicas': '5' });
    const set = replicaSet('a', 1);
    set.metadata.annotations = { 'deployment.kubernetes.io/revision': '1' };
    expect(currentAnnotations(owner, set, 3)).toEqual({ note: 'x', 'deployment.kubernetes.io/revision': '3', 'deployment.kubernetes.io/revision-history': '1' });
  });
});

describe('status', () => {
  const status = (before: Deployment, current: ReplicaSet, now = NOW) => rolloutStatus(before, { current, old: [] }, deploymentStatus(before, { current, old: [] }, undefined, now), now);
  const reasons = (conditions: readonly DeploymentCondition[] | undefined) => Object.fromEntries((conditions ?? []).map(({ type, status: value, reason }) => [type, `${value} ${reason}`]));
  const started = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetCreated', lastUpdateTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' };

  it('counts, and tells what is unavailable', () => {
    expect(status(deployment(4), replicaSet('web-1', 4, 1))).toMatchObject({ observedGeneration: 1, replicas: 4, updatedReplicas: 4, readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 3, terminatingReplicas: 0 });
  });
  it.each<[string, object, object]>([
    ['progress', reasons(status(deployment(4, {}, { status: { conditions: [started] } }), replicaSet('r', 4, 1)).conditions), { Available: 'False MinimumReplicasUnavailable', Progressing: 'True ReplicaSetUpdated' }],
    ['completion', reasons(status(deployment(4, {}, { status: { conditions: [started] } }), replicaSet('r', 4)).conditions), { Available: 'True MinimumReplicasAvailable', Progressing: 'True NewReplicaSetAvailable' }],
    ['a deadline that has passed', reasons(status(deployment(4, {}, { status: { conditions: [started], replicas: 4, updatedReplicas: 4 } }), replicaSet('r', 4, 0), NOW + 601_000).conditions), { Available: 'False MinimumReplicasUnavailable', Progressing: 'False ProgressDeadlineExceeded' }],
    ['no deadline', reasons(status(deployment(4, { progressDeadlineSeconds: 0x7fffffff }), replicaSet('r', 4)).conditions), { Available: 'True MinimumReplicasAvailable' }],
  ])('%s', (_case, seen, expected) => expect(seen).toEqual(expected));
});
