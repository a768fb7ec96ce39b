import type { StatefulSet } from '@kubewright/api/apps/v1';
import type { PersistentVolumeClaim, Pod } from '@kubewright/api/core/v1';
import { describe, expect, it } from 'vitest';

import { claimOwners, claimsOf, giveIdentity, statefulPod } from './identity.js';
import { planStatefulSet } from './plan.js';
import { planRevision, surplusRevisions, templateOf } from './revisions.js';
import { statefulSetStatus } from './status.js';

const NOW = Date.UTC(2026, 0, 1);
const set = (spec: object = {}, rest: object = {}): StatefulSet => ({
  metadata: { name: 'db', namespace: 'a', uid: 'set', generation: 3 },
  spec: { replicas: 3, selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [] } }, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, ...spec },
  ...rest,
});

/** `0` ready, `0-` not ready, `0!` terminating, `0?` pending, `0x` failed, `0o` of the old revision; letters add up. */
const pod = (code: string): Pod => {
  const ordinal = /^\d+/.exec(code)![0];
  const has = (mark: string): boolean => code.includes(mark);
  return {
    metadata: { name: `db-${ordinal}`, uid: `p${ordinal}`, labels: { 'controller-revision-hash': has('o') ? 'old' : 'new' }, ...(has('!') && { deletionTimestamp: '2026-01-01T00:00:30Z' }) },
    spec: { containers: [] },
    status: {
      phase: has('x') ? 'Failed' : has('?') ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: /[-?x]/.test(code) ? 'False' : 'True', lastTransitionTime: '2025-12-31T23:59:50Z' }],
    },
  };
};
const plan = (spec: object, pods: string, current = 'new'): string => {
  const { actions, lookAgainIn } = planStatefulSet({ set: set(spec), currentRevision: current, updateRevision: 'new', pods: pods.split(' ').filter(Boolean).map(pod), now: NOW });
  const visible = actions.filter(({ kind }) => !kind.startsWith('maintain'));
  const words = visible.map((action) => (action.kind === 'create' ? `+${action.ordinal}${action.revision === 'current' ? 'o' : ''}` : action.kind === 'delete' ? `-${action.pod.metadata.name!.slice(3)}` : ''));
  return [...words, ...(lookAgainIn ? [`in ${lookAgainIn}`] : [])].join(' ');
};

describe('planStatefulSet', () => {
  const parallel = { podManagementPolicy: 'Parallel' };
  it.each<[string, object, string, string, string?]>([
    ['makes the first pod', {}, '', '+0'],
    ['waits for it', {}, '0?', ''],
    ['waits until it is ready', {}, '0-', ''],
    ['makes the next', {}, '0', '+1'],
    ['fills a gap before going on', {}, '1 2', '+0'],
    ['does nothing when all is well', {}, '0 1 2', ''],
    ['does not go on past an unready pod', {}, '0- 1', ''],
    ['makes all at once', parallel, '', '+0 +1 +2'],
    ['makes the missing ones', parallel, '1?', '+0 +2'],
    ['replaces a failed pod', {}, '0 1x 2', '-1'],
    ['waits for a failed pod to go', {}, '0 1x! 2', ''],
    ['replaces a failed pod and goes on', parallel, '0x 2', '-0 +1'],
    ['scales down from the highest', { replicas: 1 }, '0 1 2', '-2'],
    ['one after the other', { replicas: 1 }, '0 1 2!', ''],
    ['all at once', { replicas: 1, ...parallel }, '0 1 2', '-2 -1'],
    ['not while another pod is unhealthy', { replicas: 1 }, '0 1- 2', '-2'],
    ['not an unhealthy one that is not the first', { replicas: 1 }, '0 1- 2-', ''],
    ['the unhealthy one if it is the first', { replicas: 2 }, '0 1 2-', '-2'],
    ['to nothing', { replicas: 0 }, '0', '-0'],
    ['updates from the highest', {}, '0o 1o 2o', '-2', 'old'],
    ['waits for the updated pod', {}, '0o 1o 2-', '', 'old'],
    ['goes on when it is ready', {}, '0o 1o 2', '-1', 'old'],
    ['in order even when parallel', parallel, '0o 1o 2-', '', 'old'],
    ['not below the partition', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, '0o 1o 2', '', 'old'],
    ['brings pods below the partition back as they were', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } }, '1o 2', '+0o', 'old'],
    ['brings others back updated', {}, '1o 2', '+0', 'old'],
    ['leaves updates to who deletes', { updateStrategy: { type: 'OnDelete' } }, '0o 1o 2o', '', 'old'],
    ['and makes them from the new template', { updateStrategy: { type: 'OnDelete' } }, '0o 1o', '+2', 'old'],
    ['a broken update is not rolled back by itself', {}, '0o 1o 2-', '', 'old'],
    ['starts at an ordinal', { replicas: 2, ordinals: { start: 5 } }, '5', '+6'],
    ['moves to other ordinals', { replicas: 1, ordinals: { start: 1 } }, '0 1', '-0'],
    ['waits for minReadySeconds', { minReadySeconds: 30 }, '0', 'in 20000'],
    ['and goes on then', { minReadySeconds: 10 }, '0', '+1'],
  ])('%s', (_case, spec, pods, expected, current) => expect(plan(spec, pods, current)).toBe(expected));

  it('does nothing for a set that is going', () => {
    const going = set({}, { metadata: { name: 'db', deletionTimestamp: 'x' } });
    expect(planStatefulSet({ set: going, currentRevision: 'new', updateRevision: 'new', pods: [], now: NOW }).actions).toEqual([]);
  });
});

describe('statefulSetStatus', () => {
  const status = (pods: string, current = 'old', spec: object = {}) => statefulSetStatus({ set: set(spec), currentRevision: current, updateRevision: 'new', pods: pods.split(' ').filter(Boolean).map(pod), now: NOW }, 0);
  it.each<[string, object, object]>([
    ['nothing yet', status('', 'new'), { replicas: 0, availableReplicas: 0, currentRevision: 'new' }],
    ['in the middle of an update', status('0o 1o 2-'), { replicas: 3, readyReplicas: 2, currentReplicas: 2, updatedReplicas: 1, currentRevision: 'old' }],
    ['all updated, one not ready', status('0- 1 2'), { replicas: 3, readyReplicas: 2, updatedReplicas: 3, currentRevision: 'old' }],
    ['done', status('0 1 2'), { replicas: 3, currentReplicas: 3, updatedReplicas: 3, currentRevision: 'new', observedGeneration: 3 }],
    ['OnDelete is never done by itself', status('0 1 2', 'old', { updateStrategy: { type: 'OnDelete' } }), { currentRevision: 'old' }],
    ['going pods count, but not for a revision', status('0 1 2!', 'new'), { replicas: 3, readyReplicas: 3, updatedReplicas: 2 }],
    ['ready and not yet available', status('0', 'new', { minReadySeconds: 30 }), { readyReplicas: 1, availableReplicas: 0 }],
  ])('%s', (_case, seen, expected) => expect(seen).toMatchObject(expected));
});

describe('identity', () => {
  const withClaims = set({ serviceName: 'svc', volumeClaimTemplates: [{ metadata: { name: 'data', labels: { x: 'y' } }, spec: {} }] });
  const reference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'set', controller: true, blockOwnerDeletion: true };

  it('is name, hostname, labels and claims', () => {
    const template = { metadata: { labels: { app: 'db' } }, spec: { containers: [], volumes: [{ name: 'data', emptyDir: {} }, { name: 'tmp', emptyDir: {} }] } };
    expect(statefulPod(withClaims, template, 'db-abc', 1, reference)).toEqual({
      apiVersion: 'v1', kind: 'Pod',
      metadata: {
        name: 'db-1', namespace: 'a', generateName: 'db-', ownerReferences: [reference],
        labels: { app: 'db', 'controller-revision-hash': 'db-abc', 'statefulset.kubernetes.io/pod-name': 'db-1', 'apps.kubernetes.io/pod-index': '1' },
      },
      spec: { containers: [], hostname: 'db-1', subdomain: 'svc', volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-1' } }, { name: 'tmp', emptyDir: {} }] },
    });
    expect(claimsOf(withClaims, 1)).toMatchObject([{ metadata: { name: 'data-db-1', namespace: 'a', labels: { x: 'y', app: 'db' } } }]);
  });

  it('is put right where it was lost, and only there', () => {
    const made = statefulPod(withClaims, { spec: { containers: [] } }, 'r', 0, reference);
    expect(giveIdentity(withClaims, made, 0)).toBe(false);
    delete made.metadata.labels!['apps.kubernetes.io/pod-index'];
    expect(giveIdentity(withClaims, made, 0)).toBe(true);
    expect(made.metadata.labels).toMatchObject({ 'apps.kubernetes.io/pod-index': '0' });
  });

  it.each<[string, object, boolean, string[] | undefined]>([
    ['Retain keeps claims alone', {}, true, undefined],
    ['whenDeleted ties them to the set', { whenDeleted: 'Delete' }, false, ['StatefulSet']],
    ['whenScaled ties surplus ones to their pod', { whenScaled: 'Delete' }, true, ['Pod']],
    ['and others to nobody', { whenScaled: 'Delete' }, false, undefined],
    ['both, surplus', { whenDeleted: 'Delete', whenScaled: 'Delete' }, true, ['Pod']],
    ['both, wanted', { whenDeleted: 'Delete', whenScaled: 'Delete' }, false, ['StatefulSet']],
  ])('%s', (_case, persistentVolumeClaimRetentionPolicy, isSurplus, kinds) => {
    const claim = { metadata: { name: 'data-db-0' } } as PersistentVolumeClaim;
    expect(claimOwners(set({ persistentVolumeClaimRetentionPolicy }), pod('0'), claim, isSurplus)?.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('revisions', () => {
  const revision = (name: string, number: number, image: string) => ({
    metadata: { name }, revision: number, data: { spec: { template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] }, $patch: 'replace' } } },
  });
  const wanting = (image: string) => set({ template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image }] } } });
  const history = [revision('one', 1, 'i:1'), revision('two', 2, 'i:2')];
  it.each([
    ['the newest is it already', 'i:2', { kind: 'keep', update: { metadata: { name: 'two' } } }],
    ['a rollback moves the old one to the end', 'i:1', { kind: 'renumber', revision: 3, update: { metadata: { name: 'one' } } }],
    ['another template is a new entry', 'i:3', { kind: 'create', revision: 3 }],
  ])('%s', (_case, image, expected) => expect(planRevision(wanting(image), history)).toMatchObject(expected));
  it('gives its template back', () => expect(templateOf(history[0]!)).toEqual({ metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } }));
  it('goes when there are too many that nothing uses', () => {
    const many = [1, 2, 3, 4].map((number) => revision(`r${number}`, number, `i:${number}`));
    expect(surplusRevisions(set({ revisionHistoryLimit: 1 }), many, new Set(['r4', 'r1'])).map(({ metadata }) => metadata.name)).toEqual(['r2']);
  });
});
