import { describe, expect, it } from 'vitest';

import type { KubeObject } from '@kubewright/api';
import { FakeClock, SeededRandom, SeededScheduler, noopLogger } from '@kubewright/platform';

import { ResourceRegistry } from '../registry/resource-registry.js';
import { CustomResourceDefinitions, type DefinitionStore } from './custom-resource-definitions.js';
import { CLEANUP_FINALIZER, findCondition, type Definition } from './definition.js';

/** Definitions and instances in memory, with resourceVersions as the only rule. */
class MemoryDefinitions implements DefinitionStore {
  readonly definitions = new Map<string, Definition>();
  readonly instances: KubeObject[] = [];
  readonly #listeners = new Set<(name: string) => void>();
  #revision = 0;

  put(definition: Definition): void {
    const name = definition.metadata.name!;
    const isGone = definition.metadata.deletionTimestamp !== undefined && (definition.metadata.finalizers ?? []).length === 0;
    if (isGone) this.definitions.delete(name);
    else this.definitions.set(name, { ...definition, metadata: { ...definition.metadata, resourceVersion: String(++this.#revision) } });
    for (const listener of this.#listeners) listener(name);
  }

  get(name: string): Definition | undefined {
    return this.definitions.get(name);
  }

  list(): Iterable<Definition> {
    return this.definitions.values();
  }

  onWrite(listener: (name: string) => void): { cancel(): void } {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  writeStatus(definition: Definition): Promise<boolean> {
    const isCurrent = this.get(definition.metadata.name!)?.metadata.resourceVersion === definition.metadata.resourceVersion;
    if (isCurrent) this.put(definition);
    return Promise.resolve(isCurrent);
  }

  listInstances(): Iterable<KubeObject> {
    return this.instances;
  }

  deleteInstance(_resource: unknown, object: KubeObject): Promise<void> {
    const index = this.instances.findIndex(({ metadata }) => metadata.name === object.metadata.name);
    if ((object.metadata.finalizers ?? []).length === 0) this.instances.splice(index, 1);
    else this.instances[index] = { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    return Promise.resolve();
  }
}

function definition(plural: string, names: object = {}): Definition {
  const kind = plural[0]!.toUpperCase() + plural.slice(1, -1);
  return {
    metadata: { name: `${plural}.example.com`, uid: plural, generation: 1 },
    spec: {
      group: 'example.com', scope: 'Namespaced', names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List`, ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status: { storedVersions: ['v1'] },
  };
}

function setUp() {
  const store = new MemoryDefinitions();
  const registry = new ResourceRegistry();
  const clock = new FakeClock();
  const scheduler = new SeededScheduler(new SeededRandom(1));
  const ended: string[] = [];
  const definitions = new CustomResourceDefinitions({ store, registry, clock, scheduler, logger: noopLogger, endWatches: ({ plural, version }) => ended.push(`${plural}/${version}`) });
  const abort = new AbortController();
  const running = definitions.start(abort.signal);
  const settle = (): Promise<void> => scheduler.drain();
  const conditions = (plural: string): string[] => (store.get(`${plural}.example.com`)?.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
  const stop = async (): Promise<void> => {
    abort.abort();
    await running;
    expect(clock.pending).toBe(0);
  };
  return { store, registry, clock, ended, settle, conditions, stop };
}

describe('CustomResourceDefinitions', () => {
  it('establishes a definition in two writes and serves it before it says so', async () => {
    const { store, registry, settle, conditions, stop } = setUp();
    const seen: string[] = [];
    store.onWrite((name) => seen.push(`${findCondition(store.get(name)!, 'Established')?.status} ${registry.lookup('example.com', 'v1', 'widgets') !== undefined}`));
    store.put(definition('widgets'));
    expect(registry.lookup('example.com', 'v1', 'widgets')).toBeUndefined();
    await settle();
    expect(seen).toEqual(['undefined false', 'False false', 'True true']);
    expect(conditions('widgets')).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
    expect(store.get('widgets.example.com')?.status?.acceptedNames).toEqual({ plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' });
    await stop();
  });

  it('serves what is stored already when it starts', async () => {
    const { store, settle, stop } = setUp();
    store.put(definition('widgets'));
    await settle();
    const registry = new ResourceRegistry();
    const abort = new AbortController();
    const again = new CustomResourceDefinitions({ store, registry, clock: new FakeClock(), scheduler: new SeededScheduler(new SeededRandom(1)), logger: noopLogger }).start(abort.signal);
    expect(registry.lookup('example.com', 'v1', 'widgets')).toBeDefined();
    abort.abort();
    await again;
    await stop();
  });

  it.each<[reason: string, names: object]>([
    ['KindConflict', { kind: 'Widget' }], ['ListKindConflict', { listKind: 'WidgetList' }], ['SingularConflict', { singular: 'widget' }], ['ShortNamesConflict', { shortNames: ['widgets'] }],
  ])('refuses names that another definition has: %s', async (reason, names) => {
    const { store, registry, settle, conditions, stop } = setUp();
    store.put(definition('widgets'));
    await settle();
    store.put(definition('gadgets', names));
    await settle();
    expect(conditions('gadgets')).toEqual([`NamesAccepted=False ${reason}`, 'Established=False NotAccepted']);
    expect(registry.lookup('example.com', 'v1', 'gadgets')).toBeUndefined();
    await stop();
  });

  it('accepts names as soon as they are free', async () => {
    const { store, settle, conditions, stop } = setUp();
    store.put(definition('widgets'));
    store.put(definition('gadgets', { kind: 'Widget', listKind: 'WidgetList' }));
    await settle();
    const first = store.get('widgets.example.com')!;
    const [winner, loser] = findCondition(first, 'Established')?.status === 'True' ? ['widgets', 'gadgets'] : ['gadgets', 'widgets'];
    expect(conditions(loser)).toContain('Established=False NotAccepted');
    store.put({ ...store.get(`${winner}.example.com`)!, metadata: { ...store.get(`${winner}.example.com`)!.metadata, deletionTimestamp: 'now', finalizers: [CLEANUP_FINALIZER] } });
    await settle();
    expect(store.get(`${winner}.example.com`)).toBeUndefined();
    expect(conditions(loser)).toContain('Established=True InitialNamesAccepted');
    await stop();
  });

  it('follows changes of names, versions and schema', async () => {
    const { store, registry, ended, settle, stop } = setUp();
    store.put(definition('widgets'));
    await settle();
    const old = store.get('widgets.example.com')!;
    const [v1] = old.spec.versions;
    store.put({ ...old, metadata: { ...old.metadata, generation: 2 }, spec: { ...old.spec, names: { ...old.spec.names, shortNames: ['w'] }, versions: [{ ...v1!, served: false }, { ...v1!, name: 'v2', storage: false }] } });
    await settle();
    expect(registry.lookup('example.com', 'v1', 'widgets')).toBeUndefined();
    expect(registry.lookup('example.com', 'v2', 'widgets')).toMatchObject({ shortNames: ['w'], storageVersion: 'v1' });
    expect(ended).toContain('widgets/v1');
    await stop();
  });

  it('deletes all instances before a definition goes, and waits for those that finalizers hold', async () => {
    const { store, registry, clock, ended, settle, conditions, stop } = setUp();
    store.put(definition('widgets'));
    await settle();
    store.instances.push({ metadata: { name: 'a' } }, { metadata: { name: 'held', finalizers: ['example.com/x'] } });
    const going = store.get('widgets.example.com')!;
    store.put({ ...going, metadata: { ...going.metadata, deletionTimestamp: 'now', finalizers: ['example.com/own', CLEANUP_FINALIZER] } });
    await settle();
    expect(store.instances.map(({ metadata }) => metadata.name)).toEqual(['held']);
    expect(conditions('widgets')).toContain('Terminating=True InstanceDeletionInProgress');
    expect(ended).toEqual([]);

    store.instances.length = 0;
    await clock.advance(1_000);
    await settle();
    expect(conditions('widgets')).toContain('Terminating=False InstanceDeletionCompleted');
    expect(store.get('widgets.example.com')?.metadata.finalizers).toEqual(['example.com/own']);
    expect(registry.lookup('example.com', 'v1', 'widgets')).toBeDefined();

    store.put({ ...store.get('widgets.example.com')!, metadata: { ...store.get('widgets.example.com')!.metadata, finalizers: [] } });
    await settle();
    expect(registry.lookup('example.com', 'v1', 'widgets')).toBeUndefined();
    expect(ended).toEqual(['widgets/v1']);
    await stop();
  });

  it('tells whether the API of a protected group was approved', async () => {
    const { store, settle, conditions, stop } = setUp();
    const base = definition('widgets');
    store.put({ ...base, metadata: { ...base.metadata, annotations: { 'api-approved.kubernetes.io': 'unapproved, experimental-only' } }, spec: { ...base.spec, group: 'x.k8s.io' } });
    await settle();
    expect(conditions('widgets')).toContain('KubernetesAPIApprovalPolicyConformant=False UnapprovedAnnotation');
    expect(conditions('widgets')).toContain('Established=True InitialNamesAccepted');
    await stop();
  });
});
