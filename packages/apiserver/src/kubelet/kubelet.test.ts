import type { Node, Pod } from '@kubewright/api/core/v1';
import { FakeClock, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { AddressPool } from './address-pool.js';
import type { ContainerProcess } from './container-runtime.js';
import { newRecord, type ContainerPhase, type ContainerRecord } from './container-state.js';
import { environmentProblem, mountProblem, type ReferenceLookup } from './pod-references.js';
import { podStatus } from './pod-status.js';
import { place } from './scheduling.js';
import { SimulatedRuntime } from './simulated-runtime.js';

const NOW = Date.UTC(2026, 0, 1);
const pod = (spec: object = {}, rest: object = {}): Pod => ({ metadata: { name: 'p', namespace: 'a', uid: 'u' }, spec: { containers: [{ name: 'app', image: 'i' }], ...spec }, ...rest });

describe('AddressPool', () => {
  it('hands out free addresses, those free for long first, until there are none', () => {
    const pool = new AddressPool('10.244.1', 2, 4);
    expect([pool.take(), pool.take()]).toEqual(['10.244.1.2', '10.244.1.3']);
    pool.free('10.244.1.2');
    expect([pool.take(), pool.take()]).toEqual(['10.244.1.4', '10.244.1.2']);
    expect(() => pool.take()).toThrow('no address is free in 10.244.1.0/24: the node runs 3 pods');
  });
});

describe('references', () => {
  const find: ReferenceLookup = (kind, name) => (name === 'there' ? ({ metadata: {}, data: { k: kind } }) : undefined);
  it.each<[string, object, string | undefined]>([
    ['nothing', {}, undefined],
    ['what is there', { secret: { secretName: 'there' } }, undefined],
    ['a missing secret', { secret: { secretName: 'gone' } }, 'MountVolume.SetUp failed for volume "v" : secret "gone" not found'],
    ['a missing config map', { configMap: { name: 'gone' } }, 'MountVolume.SetUp failed for volume "v" : configmap "gone" not found'],
    ['a missing key', { secret: { secretName: 'there', items: [{ key: 'x', path: 'x' }] } }, 'MountVolume.SetUp failed for volume "v" : references non-existent secret key: x'],
    ['what may be missing', { secret: { secretName: 'gone', optional: true } }, undefined],
    ['a projected source', { projected: { sources: [{ serviceAccountToken: { path: 't' } }, { configMap: { name: 'gone' } }] } }, 'MountVolume.SetUp failed for volume "v" : configmap "gone" not found'],
  ])('volumes with %s', (_case, volume, problem) => expect(mountProblem(pod({ volumes: [{ name: 'v', ...volume }] }), find)).toBe(problem));
  it.each<[string, object, string | undefined]>([
    ['a value', { env: [{ name: 'A', value: 'b' }] }, undefined],
    ['a key', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'there', key: 'k' } } }] }, undefined],
    ['a missing key', { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'there', key: 'x' } } }] }, "couldn't find key x in Secret a/there"],
    ['a missing object', { envFrom: [{ configMapRef: { name: 'gone' } }] }, 'configmap "gone" not found'],
    ['an optional one', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'gone', key: 'k', optional: true } } }] }, undefined],
  ])('environment with %s', (_case, container, problem) => expect(environmentProblem(pod(), { name: 'app', ...container }, find)).toBe(problem));
});

describe('podStatus', () => {
  const process: ContainerProcess = { id: 'x', imageID: 'i', exited: new Promise(() => {}) };
  const running = (isReady = true): ContainerPhase => ({ kind: 'running', process, since: NOW, isStarted: true, isReady, isStopping: false });
  const ended = (exitCode: number): ContainerPhase => ({ kind: 'terminated', process, since: NOW, until: NOW, exit: { exitCode, reason: 'Completed' } });
  const waiting: ContainerPhase = { kind: 'waiting', reason: 'ContainerCreating' };
  const record = (phase: ContainerPhase, role: 'app' | 'init' | 'sidecar' = 'app'): ContainerRecord => ({ ...newRecord({ name: role, image: 'i' }, role, ''), phase });
  const status = (given: Pod, app: ContainerPhase[], init: ContainerRecord[] = [], podIP: string | undefined = '10.0.0.1') =>
    podStatus(given, { init, app: app.map((phase) => record(phase)), startTime: NOW, podIP, hostIP: '172.20.0.3', runtime: 'simulated' }, NOW);
  const summary = ({ phase, conditions }: ReturnType<typeof status>): string => `${phase} ${(conditions ?? []).filter(({ status: value }) => value === 'True').map(({ type }) => type).join(' ')}`;

  it.each<[string, string, string]>([
    ['at the start', summary(podStatus(pod(), { init: [], app: [record(waiting)], startTime: NOW, podIP: undefined, hostIP: '', runtime: 's' }, NOW)), 'Pending Initialized PodScheduled'],
    ['while it starts', summary(status(pod(), [waiting])), 'Pending PodReadyToStartContainers Initialized PodScheduled'],
    ['while an init container runs', summary(status(pod(), [waiting], [record(running(), 'init')])), 'Pending PodReadyToStartContainers PodScheduled'],
    ['with a sidecar up', summary(status(pod(), [running()], [record(running(), 'sidecar')])), 'Running PodReadyToStartContainers Initialized Ready ContainersReady PodScheduled'],
    ['not ready yet', summary(status(pod(), [running(false)])), 'Running PodReadyToStartContainers Initialized PodScheduled'],
    ['ready', summary(status(pod(), [running()])), 'Running PodReadyToStartContainers Initialized Ready ContainersReady PodScheduled'],
    ['behind a gate', summary(status(pod({ readinessGates: [{ conditionType: 'x' }] }), [running()])), 'Running PodReadyToStartContainers Initialized ContainersReady PodScheduled'],
    ['with one of two ready', summary(status(pod(), [running(), running(false)])), 'Running PodReadyToStartContainers Initialized PodScheduled'],
    ['before a restart', summary(status(pod(), [ended(1)])), 'Running PodReadyToStartContainers Initialized PodScheduled'],
    ['done', summary(status(pod({ restartPolicy: 'Never' }), [ended(0)])), 'Succeeded Initialized PodScheduled'],
    ['failed', summary(status(pod({ restartPolicy: 'Never' }), [ended(0), ended(1)])), 'Failed Initialized PodScheduled'],
    ['tried again on failure', summary(status(pod({ restartPolicy: 'OnFailure' }), [ended(1)])), 'Running PodReadyToStartContainers Initialized PodScheduled'],
    ['failed before it began', summary(status(pod({ restartPolicy: 'Never' }), [waiting], [record(ended(1), 'init')])), 'Failed PodScheduled'],
    ['stopped', summary(status(pod({}, { metadata: { deletionTimestamp: 'x' } }), [ended(0)])), 'Succeeded Initialized PodScheduled'],
  ])('%s', (_case, seen, expected) => expect(seen).toBe(expected));

  it('names what is not ready and keeps times of what has not changed', () => {
    const since = '2025-01-01T00:00:00Z';
    const known = pod({}, { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: since }, { type: 'Initialized', status: 'False', lastTransitionTime: since }] } });
    const { conditions } = status(known, [running(false)]);
    expect(conditions!.find(({ type }) => type === 'Ready')).toMatchObject({ reason: 'ContainersNotReady', message: 'containers with unready status: [app]', lastTransitionTime: since });
    expect(conditions!.find(({ type }) => type === 'Initialized')).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' });
  });
});

describe('SimulatedRuntime', () => {
  it('starts, becomes ready, and ends on request within the grace period', async () => {
    const clock = new FakeClock();
    const runtime = new SimulatedRuntime(clock, new SeededRandom(), { exits: { crash: { after: 300, exitCode: 3 } } });
    const start = async (image: string): Promise<ContainerProcess> => {
      const starting = runtime.start(pod(), { name: 'app', image }, 'app');
      await clock.advance(50);
      return starting;
    };
    const process = await start('i');
    const healthy: number[] = [];
    runtime.probe(process, 'readiness', { initialDelaySeconds: 1 }, () => healthy.push(clock.monotonic()));
    await clock.advance(2000);
    expect(healthy).toEqual([1050]);
    const stopping = runtime.stop(process, 30);
    await clock.advance(1000);
    await stopping;
    expect(await process.exited).toEqual({ exitCode: 0, reason: 'Completed' });
    const killed = await start('i');
    void runtime.stop(killed, 0);
    await clock.advance(1);
    expect(await killed.exited).toEqual({ exitCode: 137, reason: 'Error' });
    const crashed = await start('crash');
    await clock.advance(300);
    expect(await crashed.exited).toEqual({ exitCode: 3, reason: 'Error' });
    expect(clock.pending).toBe(0);
  });
});

describe('place', () => {
  const node = (name: string, rest: { labels?: object; taints?: object[]; ready?: boolean; unschedulable?: boolean } = {}): Node => ({
    metadata: { name, labels: rest.labels ?? {} }, spec: { taints: rest.taints ?? [], unschedulable: rest.unschedulable ?? false },
    status: { conditions: [{ type: 'Ready', status: rest.ready === false ? 'False' : 'True' }], allocatable: { pods: '3' } },
  }) as Node;
  const affinity = (expression: object) => ({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } } });
  const run = (spec: object, nodes: Node[], counts: Record<string, number> = {}): string => {
    const placement = place(pod(spec), nodes, (name) => counts[name] ?? 0);
    return placement.kind === 'node' ? placement.name : placement.message;
  };
  it.each<[string, string, string]>([
    ['the emptiest node', run({}, [node('a'), node('b')], { a: 1 }), 'b'],
    ['the first of equals', run({}, [node('b'), node('a')]), 'a'],
    ['by selector', run({ nodeSelector: { x: 'y' } }, [node('a'), node('b', { labels: { x: 'y' } })]), 'b'],
    ['by affinity', run(affinity({ key: 'n', operator: 'Gt', values: ['3'] }), [node('a', { labels: { n: '3' } }), node('b', { labels: { n: '4' } })]), 'b'],
    ['past a taint', run({}, [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }), node('b')], { b: 1 }), 'b'],
    ['onto a tolerated taint', run({ tolerations: [{ key: 'k', operator: 'Exists' }] }, [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] })]), 'a'],
    ['nowhere', run({}, []), 'no nodes available to schedule pods'],
    ['nowhere, with reasons', run({}, [node('a', { ready: false }), node('b', { unschedulable: true }), node('c')], { c: 3 }), '0/3 nodes are available: 1 Too many pods, 1 node(s) were not ready, 1 node(s) were unschedulable.'],
  ])('%s', (_case, seen, expected) => expect(seen).toBe(expected));
});
