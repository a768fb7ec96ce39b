import { keyOf, notFound, type KindRef, type KubeObject, type NamespacedName, type OwnerReference, type ResourceKind } from '@kubewright/api';
import { ConfigMap, Namespace, Secret, Service } from '@kubewright/api/core/v1';
import { noopLogger } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import type { Client } from '../client/client.js';
import type { DeepReadonly } from '../event/entry.js';
import { dependent, DEPENDENT_LABEL, type Dependent } from './dependent.js';
import { inOrder } from './dependent-graph.js';
import { Workflow } from './workflow.js';

const Widget: ResourceKind = { group: 'demo', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' };
const Fleet: ResourceKind = { ...Widget, kind: 'Fleet', plural: 'fleets', scope: 'Cluster' };
const primary: KubeObject = { apiVersion: 'demo/v1', kind: 'Widget', metadata: { namespace: 'default', name: 'w', uid: 'w-uid' } };

/** A server of applied objects without managedFields, as a cache shows it. */
class FakeServer {
  readonly objects = new Map<string, KubeObject>();
  readonly calls: string[] = [];
  failing = '';
  #version = 0;

  readonly client = {
    get: async (kind: KindRef, name: NamespacedName) => {
      const found = this.objects.get(`${kindOf(kind)} ${keyOf(name)}`);
      if (!found) throw notFound({ group: '', resource: kindOf(kind) }, name.name);
      return found;
    },
    list: async (kind: KindRef) => ({ items: [...this.objects].filter(([key]) => key.startsWith(`${kindOf(kind)} `)).map(([, object]) => object), metadata: {} }),
    apply: async (kind: KindRef, object: KubeObject, options: object) => {
      const key = `${kindOf(kind)} ${keyOf(object.metadata as NamespacedName)}`;
      if (key.includes(this.failing) && this.failing) throw new Error(`no ${key}`);
      expect(options).toEqual({ force: true, fieldOwner: 'op/widget' });
      this.calls.push(`apply ${key}`);
      const stored = { ...object, metadata: { ...object.metadata, uid: `uid of ${key}`, resourceVersion: String(++this.#version) } };
      this.objects.set(key, stored);
      return stored;
    },
    delete: async (kind: KindRef, name: NamespacedName) => {
      this.calls.push(`delete ${kindOf(kind)} ${keyOf(name)}`);
      this.objects.delete(`${kindOf(kind)} ${keyOf(name)}`);
    },
  } as unknown as Client;

  /** What was called since the last look. */
  get news(): string[] {
    return this.calls.splice(0);
  }
}

const kindOf = (kind: KindRef): string => (kind as unknown as ResourceKind).kind;
const one = (name: string) => () => ({ metadata: { name } });

function setUp(dependents: readonly Dependent[], primaryKind: ResourceKind = Widget) {
  const server = new FakeServer();
  const activated: string[] = [];
  const workflow = new Workflow({ controller: 'widget', primaryKind, dependents, fieldOwner: 'op/widget', activate: async ({ name }) => void activated.push(name) });
  const context = { client: server.client, log: noopLogger };
  const run = async (object: DeepReadonly<KubeObject> = primary) => {
    const { byName, isReady } = await workflow.reconcile(object, context);
    return { states: [...byName.values()].map(({ name, state }) => `${name} ${state}`).join(', '), isReady, byName };
  };
  return { server, activated, workflow, context, run };
}

describe('Workflow', () => {
  it('waits for what is needed, and writes a child once', async () => {
    let ready = false;
    const { server, run } = setUp([
      dependent(Service, { dependsOn: ['configmap'], desired: one('web') }),
      dependent(ConfigMap, { desired: one('settings'), readyWhen: () => ready }),
    ]);
    expect((await run()).states).toBe('configmap applied, service waiting');
    expect(server.news).toEqual(['apply ConfigMap default/settings']);
    ready = true;
    expect(await run()).toMatchObject({ states: 'configmap ready, service ready', isReady: true });
    expect(server.news).toEqual(['apply Service default/web']);
    await run();
    expect(server.news).toEqual([]);
  });

  it('gives later dependents what earlier ones became', async () => {
    const { server, run } = setUp([
      dependent(Secret, { desired: one('password') }),
      dependent(ConfigMap, { dependsOn: ['secret'], desired: (_primary: KubeObject, { childrenOf }) => ({ metadata: { name: 'settings' }, data: { uid: childrenOf('secret')[0]!.metadata.uid! } }) }),
    ]);
    await run();
    expect(server.objects.get('ConfigMap default/settings')).toMatchObject({ data: { uid: 'uid of Secret default/password' } });
  });

  it('prunes in reverse what is not wanted, with what depends on it', async () => {
    let wanted = true;
    const { server, run } = setUp([
      dependent(ConfigMap, { desired: one('settings'), wantedWhen: () => wanted }),
      dependent(Service, { dependsOn: ['configmap'], desired: one('web') }),
      dependent(Secret, { desired: one('password') }),
    ]);
    await run();
    expect(server.news.sort()).toEqual(['apply ConfigMap default/settings', 'apply Secret default/password', 'apply Service default/web']);
    wanted = false;
    expect(await run()).toMatchObject({ states: 'configmap deleting, service deleting, secret ready', isReady: false });
    expect(server.news).toEqual(['delete Service default/web']);
    await run();
    expect(server.news).toEqual(['delete ConfigMap default/settings']);
    expect(await run()).toMatchObject({ states: 'configmap unwanted, service unwanted, secret ready', isReady: true });
  });

  it('prunes single children, those of dependents that are declared no more, and nobody else\'s', async () => {
    let names = ['a', 'b'];
    const { server, run } = setUp([dependent(ConfigMap, { desired: () => names.map((name) => ({ metadata: { name } })) })]);
    await run();
    const own = server.objects.get('ConfigMap default/a')!;
    const put = (name: string, labels: Record<string, string>, ownerReferences?: OwnerReference[]) =>
      server.objects.set(`ConfigMap default/${name}`, { ...own, metadata: { ...own.metadata, name, labels, ...(ownerReferences && { ownerReferences }) } });
    put('of-old', { [DEPENDENT_LABEL]: 'gone' });
    put('by-hand', {});
    put('of-other', { [DEPENDENT_LABEL]: 'configmap' }, [{ ...own.metadata.ownerReferences![0]!, uid: 'other' }]);
    names = ['b'];
    server.calls.length = 0;
    await run();
    expect(server.news.sort()).toEqual(['delete ConfigMap default/a', 'delete ConfigMap default/of-old']);
  });

  it('leaves what is not active alone, with what depends on it, and begins to watch it when it becomes active', async () => {
    let active = false;
    const { server, run, activated } = setUp([
      dependent(ConfigMap, { desired: one('settings'), activeWhen: () => active }),
      dependent(Service, { dependsOn: ['configmap'], desired: one('web') }),
    ]);
    expect(await run()).toMatchObject({ states: 'configmap inactive, service inactive', isReady: true });
    expect([server.news, activated]).toEqual([[], []]);
    active = true;
    await run();
    await run();
    expect([(await run()).states, activated]).toEqual(['configmap ready, service ready', ['configmap']]);
  });

  it('lets one failure hold up what depends on it and nothing else', async () => {
    const { server, run } = setUp([
      dependent(ConfigMap, { desired: one('settings') }),
      dependent(Service, { dependsOn: ['configmap'], desired: one('web') }),
      dependent(Secret, { desired: one('password') }),
    ]);
    server.failing = 'ConfigMap';
    const { states, byName, isReady } = await run();
    expect([states, isReady]).toEqual(['configmap failed, service waiting, secret ready', false]);
    expect(byName.get('configmap')?.error).toMatchObject({ message: 'no ConfigMap default/settings' });
  });

  it('takes all down in reverse', async () => {
    const { server, run, workflow, context } = setUp([dependent(ConfigMap, { desired: one('settings') }), dependent(Service, { dependsOn: ['configmap'], desired: one('web') })]);
    await run();
    server.calls.length = 0;
    expect((await workflow.cleanUp(primary, context)).isReady).toBe(false);
    expect(server.news).toEqual(['delete Service default/web']);
    expect((await workflow.cleanUp(primary, context)).isReady).toBe(false);
    expect((await workflow.cleanUp(primary, context)).isReady).toBe(true);
    expect(server.news).toEqual(['delete ConfigMap default/settings']);
  });
});

describe('ownership of children', () => {
  const foreign = (ownerReferences: OwnerReference[]): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'x', uid: 'x', resourceVersion: '1', ownerReferences } });
  const controller = (more: Partial<OwnerReference>): OwnerReference => ({ apiVersion: 'demo/v1', kind: 'Widget', name: 'w', uid: 'w-uid', controller: true, ...more });

  it.each<[string, () => ReturnType<typeof setUp>, KubeObject, string | undefined]>([
    ['has one controller, which holds up its deletion', () => setUp([dependent(ConfigMap, { desired: one('x') })]), primary, undefined],
    ['is refused when another object controls it', () => {
      const test = setUp([dependent(ConfigMap, { desired: one('x') })]);
      test.server.objects.set('ConfigMap default/x', foreign([controller({ name: 'other', uid: 'o' })]));
      return test;
    }, primary, 'ConfigMap default/x is already owned by another Widget controller other'],
    ['is taken over from an owner of the same group, kind and name that is no more, whatever its version', () => {
      const test = setUp([dependent(ConfigMap, { desired: one('x') })]);
      test.server.objects.set('ConfigMap default/x', foreign([controller({ apiVersion: 'demo/v1beta1', uid: 'the one before' })]));
      return test;
    }, primary, undefined],
    ['is adopted when nobody controls it', () => {
      const test = setUp([dependent(ConfigMap, { desired: one('x') })]);
      test.server.objects.set('ConfigMap default/x', foreign([]));
      return test;
    }, primary, undefined],
    ['is refused in another namespace', () => setUp([dependent(ConfigMap, { desired: () => ({ metadata: { namespace: 'elsewhere', name: 'x' } }) })]), primary, 'ConfigMap elsewhere/x must not have an owner in another namespace: Widget default/w'],
    ['is refused without a namespace, when its owner has one', () => setUp([dependent(Namespace, { desired: one('x') })]), primary, 'cluster-scoped Namespace x must not have the namespace-scoped owner Widget default/w'],
    ['may be anywhere when its owner is cluster-scoped', () => setUp([dependent(ConfigMap, { desired: () => ({ metadata: { namespace: 'elsewhere', name: 'x' } }) })], Fleet), { ...primary, kind: 'Fleet', metadata: { name: 'w', uid: 'w-uid' } }, undefined],
  ])('#108 a child %s', async (_what, make, owner, problem) => {
    const { run, server } = make();
    const [child] = [...(await run(owner)).byName.values()];
    if (problem !== undefined) return expect([(child?.error as Error | undefined)?.message, server.news]).toEqual([problem, []]);
    expect(child?.error).toBeUndefined();
    const { kind, uid, name } = { kind: owner.kind!, uid: owner.metadata.uid!, name: owner.metadata.name! };
    expect(child?.objects[0]?.metadata.ownerReferences).toEqual([{ apiVersion: 'demo/v1', kind, name, uid, controller: true, blockOwnerDeletion: true }]);
  });
});

describe('inOrder', () => {
  it('puts each behind what it needs', () => {
    const of = (name: string, ...dependsOn: string[]) => dependent(ConfigMap, { name, dependsOn, desired: one(name) }) as Dependent;
    expect(inOrder('x', [of('c', 'b', 'a'), of('b', 'a'), of('a')]).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('tells every problem at once', () => {
    const of = (name: string, ...dependsOn: string[]) => dependent(ConfigMap, { name, dependsOn, desired: one(name) }) as Dependent;
    expect(() => inOrder('x', [of('a', 'b'), of('b', 'a'), of('c', 'd'), of('c'), of('no good')])).toThrow(
      /controller x: dependents: "c" depends on "d", which is not there; two are named "c".*"no good" must fit.*in a circle: a -> b -> a/,
    );
  });
});
