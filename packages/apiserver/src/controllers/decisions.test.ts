import type { ReplicaSet } from '@kubewright/api/apps/v1';
import type { Node, Pod, Service } from '@kubewright/api/core/v1';
import { describe, expect, it } from 'vitest';

import { aggregatedRules } from './aggregation-controller.js';
import { selectControllers } from './builtin-controllers.js';
import { bySelector, planClaims } from './claims.js';
import { endpointSubsets } from './endpoints/endpoints-controller.js';
import { planSlices, serviceSlices } from './endpoints/endpointslice-controller.js';
import { namespaceConditions } from './namespace-controller.js';
import { planReplicas, replicaSetStatus } from './replicaset-decisions.js';
import { templateHash } from './template-hash.js';

const NOW = Date.UTC(2026, 0, 1);

describe('selectControllers', () => {
  it('knows all, none, names and short names', () => {
    expect(selectControllers('none')).toEqual([]);
    expect(selectControllers('all').length).toBeGreaterThan(8);
    expect(selectControllers(['statefulset', 'garbagecollector', 'namespace-controller']).map(({ name }) => name)).toEqual(['namespace-controller', 'garbage-collector-controller', 'statefulset-controller']);
    expect(selectControllers(['statefulset'])[0]!.user).toEqual({ name: 'system:serviceaccount:kube-system:statefulset-controller', groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] });
  });
  it('names those that there are when one is not', () => expect(() => selectControllers(['statefulset', 'cron'])).toThrow(/unknown controllers: cron; known are namespace-controller, .*statefulset-controller/));
});

describe('planClaims', () => {
  const owner = { metadata: { name: 'o', uid: 'o' } };
  const object = (name: string, uid: string | undefined, label: string, rest: object = {}) => ({ metadata: { name, labels: { app: label }, ...(uid && { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid, controller: true }] }), ...rest } });
  const objects = [object('mine', 'o', 'x'), object('strayed', 'o', 'y'), object('free', undefined, 'x'), object('going', undefined, 'x', { deletionTimestamp: 'x' }), object('other', 'z', 'x'), object('unlike', undefined, 'y')];
  const names = (list: readonly { metadata: { name: string } }[]) => list.map(({ metadata }) => metadata.name);
  it('keeps, adopts and releases', () => {
    const plan = planClaims(owner, bySelector({ matchLabels: { app: 'x' } }), objects);
    expect([names(plan.owned), names(plan.adopt), names(plan.release)]).toEqual([['mine'], ['free'], ['strayed']]);
  });
  it('does neither for an owner that is going', () => {
    const plan = planClaims({ metadata: { ...owner.metadata, deletionTimestamp: 'x' } }, bySelector({ matchLabels: { app: 'x' } }), objects);
    expect([names(plan.owned), names(plan.adopt), names(plan.release)]).toEqual([['mine'], [], []]);
  });
  it('takes nothing by an empty selector', () => expect(planClaims(owner, bySelector({}), objects).adopt).toEqual([]));
});

const readyPod = (name: string, rest: { node?: string; ready?: boolean; phase?: string; cost?: string; since?: string; ip?: string; going?: boolean; hostname?: string; ports?: object[] } = {}): Pod => ({
  metadata: {
    name, namespace: 'a', uid: name, labels: { app: 'x' }, creationTimestamp: '2025-12-31T00:00:00Z',
    ...(rest.cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': rest.cost } }), ...(rest.going && { deletionTimestamp: 'x' }),
  },
  spec: { nodeName: rest.node ?? 'n', containers: [{ name: 'c', ports: rest.ports ?? [] }], ...(rest.hostname && { hostname: rest.hostname, subdomain: 'svc' }) },
  status: { phase: rest.phase ?? 'Running', podIP: rest.ip ?? '10.0.0.1', conditions: [{ type: 'Ready', status: rest.ready === false ? 'False' : 'True', lastTransitionTime: rest.since ?? '2025-12-31T12:00:00Z' }] },
}) as Pod;

describe('planReplicas', () => {
  const set = (replicas: number): ReplicaSet => ({ metadata: { name: 'r' }, spec: { replicas, selector: {} } });
  it('makes what is missing; ended and going pods do not count', () => {
    expect(planReplicas(set(3), [readyPod('a'), readyPod('b', { phase: 'Failed' }), readyPod('c', { going: true })]).create).toBe(2);
  });
  it.each<[string, Pod[], string]>([
    ['without a node', [readyPod('a'), { ...readyPod('b'), spec: { containers: [] } }], 'b'],
    ['pending', [readyPod('a'), readyPod('b', { phase: 'Pending' })], 'b'],
    ['not ready', [readyPod('a'), readyPod('b', { ready: false })], 'b'],
    ['of low cost', [readyPod('a', { cost: '5' }), readyPod('b', { cost: '-1' })], 'b'],
    ['among siblings on its node', [readyPod('a', { node: 'lonely' }), readyPod('b'), readyPod('c')], 'b'],
    ['ready for a shorter time', [readyPod('a'), readyPod('b', { since: '2025-12-31T13:00:00Z' })], 'b'],
  ])('removes the one that is %s first', (_case, pods, name) => expect(planReplicas(set(pods.length - 1), pods).remove.map(({ metadata }) => metadata.name)).toEqual([name]));
  it('leaves a set that is going alone', () => expect(planReplicas({ ...set(3), metadata: { deletionTimestamp: 'x' } }, []).create).toBe(0));
  it('tells counts and failures', () => {
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'no' };
    expect(replicaSetStatus({ ...set(2), metadata: { generation: 4 } }, [readyPod('a'), readyPod('b', { ready: false }), readyPod('c', { going: true })], NOW, failure)).toEqual({
      replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 1, availableReplicas: 1, terminatingReplicas: 1, observedGeneration: 4, conditions: [failure],
    });
  });
});

describe('endpoints', () => {
  const service = (ports: object[], spec: object = {}): Service => ({ metadata: { name: 'svc', namespace: 'a', uid: 's', labels: { tier: 'x' } }, spec: { selector: { app: 'x' }, ports, ...spec } }) as Service;
  const node = { metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z' } } } as Node;

  it('group addresses by their ports and readiness', () => {
    const named = [{ name: 'http', port: 80, targetPort: 'web' }, { name: 'no', port: 1, targetPort: 'nowhere' }];
    const pods = [readyPod('a', { ip: '10.0.0.9', ports: [{ name: 'web', containerPort: 8080 }] }), readyPod('b', { ip: '10.0.0.2', ports: [{ name: 'web', containerPort: 8080 }], ready: false }), readyPod('c', { ip: '10.0.0.3', ports: [{ name: 'web', containerPort: 7070 }], hostname: 'c' }), readyPod('d', { going: true })];
    expect(endpointSubsets(service(named), pods)).toEqual([
      { addresses: [{ ip: '10.0.0.3', hostname: 'c', nodeName: 'n', targetRef: { kind: 'Pod', namespace: 'a', name: 'c', uid: 'c' } }], ports: [{ name: 'http', port: 7070, protocol: 'TCP' }] },
      {
        addresses: [{ ip: '10.0.0.9', nodeName: 'n', targetRef: { kind: 'Pod', namespace: 'a', name: 'a', uid: 'a' } }],
        notReadyAddresses: [{ ip: '10.0.0.2', nodeName: 'n', targetRef: { kind: 'Pod', namespace: 'a', name: 'b', uid: 'b' } }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ]);
  });

  it.each<[string, object, object, object]>([
    ['ready', {}, {}, { ready: true, serving: true, terminating: false }],
    ['not ready', { ready: false }, {}, { ready: false, serving: false, terminating: false }],
    ['not ready but published', { ready: false }, { publishNotReadyAddresses: true }, { ready: true, serving: false, terminating: false }],
    ['going', { going: true }, {}, { ready: false, serving: true, terminating: true }],
  ])('slices tell that a pod is %s', (_case, pod, spec, conditions) => {
    expect(serviceSlices(service([{ port: 80 }], spec), [readyPod('a', pod)], () => node).slices[0]!.endpoints).toMatchObject([{ conditions, zone: 'z', nodeName: 'n' }]);
  });

  it('slices leave pods on unknown nodes out and say so; there is always one slice, and never more than 100 endpoints in one', () => {
    const lost = serviceSlices(service([{ port: 80 }]), [readyPod('a')], () => undefined);
    expect(lost.slices).toHaveLength(1);
    expect(lost.problems).toEqual(['skipping Pod a for Service a/svc: Node n Not Found']);
    const many = serviceSlices(service([{ port: 80 }]), Array.from({ length: 250 }, (_none, index) => readyPod(`p${index}`)), () => node);
    expect(many.slices.map(({ endpoints }) => endpoints!.length)).toEqual([100, 100, 50]);
  });

  it('slices are kept and changed rather than made anew', () => {
    const [wanted] = serviceSlices(service([{ port: 80 }]), [readyPod('a')], () => node).slices;
    const stored = { ...wanted!, metadata: { ...wanted!.metadata, name: 'svc-1', uid: 'u' } };
    expect(planSlices([stored], [wanted!])).toEqual({ create: [], update: [], remove: [] });
    const [changed] = serviceSlices(service([{ port: 81 }]), [readyPod('a')], () => node).slices;
    expect(planSlices([stored, { ...stored, metadata: { ...stored.metadata, name: 'svc-2' } }], [changed!])).toMatchObject({ create: [], update: [{ metadata: { name: 'svc-1' }, ports: [{ port: 81 }] }], remove: [{ metadata: { name: 'svc-2' } }] });
  });
});

describe('the rest', () => {
  it('namespace conditions count what is left and who holds it', () => {
    const remains = [
      { resource: { group: '', plural: 'secrets' }, objects: [{ metadata: { finalizers: ['e/two'] } }] },
      { resource: { group: '', plural: 'configmaps' }, objects: [{ metadata: { finalizers: ['e/one'] } }, { metadata: { finalizers: ['e/one', 'e/two'] } }] },
    ];
    const conditions = Object.fromEntries(namespaceConditions([], remains, [], NOW).map(({ type, status, message }) => [type, `${status}: ${message}`]));
    expect(conditions.NamespaceContentRemaining).toBe('True: Some resources are remaining: configmaps. has 2 resource instances, secrets. has 1 resource instances');
    expect(conditions.NamespaceFinalizersRemaining).toBe('True: Some content in the namespace has finalizers remaining: e/one in 2 resource instances, e/two in 2 resource instances');
    expect(conditions.NamespaceDeletionContentFailure).toBe('False: All content successfully deleted, may be waiting on finalization');
  });
  it('hashes are the same for equal templates and another after a collision', () => {
    expect(templateHash({ a: 1, b: [2] })).toBe(templateHash({ b: [2], a: 1 }));
    expect(templateHash({ a: 1 })).not.toBe(templateHash({ a: 1 }, 1));
    expect(templateHash({})).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
  });
  it('aggregated rules come from selected roles, once each', () => {
    const role = (name: string, label: string, rules: object[]) => ({ metadata: { name, labels: { to: label } }, rules }) as never;
    const get = { verbs: ['get'] };
    const target = { metadata: { name: 'all' }, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'all' } }] } } as never;
    expect(aggregatedRules(target, [target, role('b', 'all', [get]), role('a', 'all', [{ verbs: ['list'] }, get]), role('c', 'none', [{ verbs: ['x'] }])])).toEqual([{ verbs: ['list'] }, get]);
  });
});
