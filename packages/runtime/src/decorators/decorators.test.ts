import { Deployment } from '@kubewright/api/apps/v1';
import { ConfigMap, Secret } from '@kubewright/api/core/v1';
import { CustomResource } from '@kubewright/api';
import { FakeClock, noopLogger, ScriptedTransport, SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { controllerFor } from '../builder/controller-builder.js';
import { defineController, watch } from '../builder/define-controller.js';
import { Cache } from '../cache/cache.js';
import { setControllerDefaults } from '../builder/controller-defaults.js';
import { typedController } from '../builder/typed-controller.js';
import { dependent } from '../dependents/dependent.js';
import { enqueueObject } from '../handler/enqueue-object.js';
import { createManager } from '../manager/create-manager.js';
import { Manager } from '../manager/manager.js';
import { generationChanged } from '../predicate/generation-changed.js';
import type { Predicate } from '../predicate/predicate.js';
import type { Request } from '../reconcile/request.js';
import { ChannelSource } from '../source/channel-source.js';
import type { Source } from '../source/source.js';
import { Controller } from './controller.decorator.js';
import { Dependent } from './dependent.decorator.js';
import { containerOf } from './container.js';
import { inject } from './inject.decorator.js';
import { Lifecycle, rootContainer } from './injection.js';
import type { AnyClass } from './metadata.js';
import { Owns } from './owns.decorator.js';
import { addControllers, builderOf } from './scanner.js';
import { ApiReader, Client, Clock, EventRecorder, Logger, Random } from './tokens.js';
import { Watches } from './watches.decorator.js';
import { WatchesSource } from './watches-source.decorator.js';

// After the polyfill, which injection.ts brings.
const { scoped, singleton } = await import('tsyringe');

@CustomResource({ group: 'demo.example.com', version: 'v1' })
class Widget {
  spec!: { size: number };
}

const newManager = (): Promise<Manager> =>
  createManager({ name: 'test', transport: new ScriptedTransport(() => new Error('no server')), clock: new FakeClock(), random: new SeededRandom(), log: noopLogger });

const toNothing = (): Request[] => [];

describe('decorators', () => {
  it('lead to the builder calls that one would write by hand', async () => {
    @Controller({ for: Widget, name: 'gadget', predicates: [generationChanged], maxConcurrentReconciles: 3 })
    @Owns(Deployment, { predicates: [generationChanged] })
    @Owns(ConfigMap)
    @Watches(Secret, toNothing, { selection: { labels: { app: 'x' } } })
    class WidgetController {
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    const byHand = controllerFor(manager)
      .withOptions({ maxConcurrentReconciles: 3 })
      .for(Widget, { predicates: [generationChanged] })
      .named('gadget')
      .owns(Deployment, { predicates: [generationChanged] })
      .owns(ConfigMap)
      .watches(Secret, toNothing, { selection: { labels: { app: 'x' } } });
    expect(builderOf(manager, WidgetController).spec).toEqual(byHand.spec);
  });

  it('say everything that the builder can', async () => {
    const everyone: Predicate = () => undefined;
    const shared = new ChannelSource<Request>({ handler: enqueueObject() });
    class OwnSource extends ChannelSource<Request> {
      constructor(@inject(Logger) log: Logger) {
        super({ handler: enqueueObject(), log });
      }
    }
    const made: Source<Request>[] = [];
    const settings = { desired: () => ({ metadata: { name: 'settings' } }), dependsOn: ['secret'] };
    const password = { desired: () => ({ metadata: { name: 'password' } }), name: 'secret' };
    const shardKeyOf = (request: Request): string => request.namespace ?? '';
    const selection = { labels: { app: 'x' } };
    @Controller({ for: Widget, selection, allPredicates: [everyone], finalizer: 'demo.example.com/gadget', orderedDeletion: true, sharded: shardKeyOf, fairness: 'namespace' })
    @Dependent(ConfigMap, settings)
    @Dependent(Secret, password)
    @WatchesSource(shared)
    @WatchesSource(OwnSource)
    @WatchesSource('queue')
    @WatchesSource({ use: (container) => made[made.push(new ChannelSource<Request>({ handler: enqueueObject(), log: container.resolve(Logger) })) - 1]! })
    class WidgetController {
      async reconcileObject(): Promise<void> {}
      async cleanup(): Promise<void> {}
    }
    const manager = await newManager();
    const queue = new ChannelSource<Request>({ handler: enqueueObject() });
    containerOf(manager).register('queue', { useValue: queue });
    const { spec } = builderOf(manager, WidgetController);
    const byHand = controllerFor(manager)
      .withOptions({ fairness: 'namespace' })
      .withPredicates(everyone)
      .dependent(ConfigMap, settings)
      .dependent(Secret, password)
      .for(Widget, { selection })
      .withFinalizer('demo.example.com/gadget')
      .withOrderedDeletion()
      .sharded(shardKeyOf);
    expect({ ...spec, sources: [] }).toEqual(byHand.spec);
    expect(spec.sources).toEqual([shared, containerOf(manager).resolve(OwnSource), queue, made[0]]);
    const definition = defineController({
      for: Widget, selection, allPredicates: [everyone], finalizer: 'demo.example.com/gadget', orderedDeletion: true, dependents: [dependent(ConfigMap, settings), dependent(Secret, password)],
      reconcileObject: async () => {}, cleanup: async () => {},
    });
    expect(definition.addTo(manager).name).toBe('controller widget');
  });

  it('let dependents do all the work', async () => {
    @Controller(Widget)
    @Dependent(ConfigMap, { desired: () => ({ metadata: { name: 'settings' } }) })
    class WidgetController {}
    @Controller({ for: Widget, name: 'tidy' })
    @Dependent(ConfigMap, { desired: () => ({ metadata: { name: 'settings' } }) })
    class TidyController {
      constructor(@inject(Client) readonly client: Client) {}
      async cleanup(): Promise<void> {}
    }
    const controllers = addControllers(await newManager(), WidgetController, TidyController);
    expect(controllers.map(({ name }) => name)).toEqual(['controller widget', 'controller tidy']);
  });

  it('take typed requests with a function that tells them apart, and refuse there what is about objects', async () => {
    interface Region { readonly region: string }
    const source = new ChannelSource<Region>({ handler: { requestsFor: ({ entry }) => [{ region: entry.name }] } });
    @Controller({ name: 'regions', keyOf: ({ region }: Region) => region, fairness: ({ region }: Region) => region.split('-')[0]!, enableWarmup: true, needsLeaderElection: false })
    @WatchesSource({ use: () => source as never })
    class RegionController {
      static readonly seen: string[] = [];
      async reconcile({ region }: Region): Promise<void> {
        RegionController.seen.push(region);
      }
    }
    const manager = await newManager();
    addControllers(manager, RegionController);
    const stop = new AbortController();
    const running = manager.start(stop.signal);
    const clock = manager.clock as FakeClock;
    await clock.advance(10);
    for (const name of ['eu-1', 'eu-1', 'us-1']) source.send({ metadata: { name } });
    for (let turn = 0; turn < 10; turn++) await clock.advance(10);
    stop.abort();
    await clock.advance(1_000);
    await running;
    expect(RegionController.seen).toEqual(['eu-1', 'us-1']);

    @Controller({ keyOf: String, for: Widget } as never)
    @Owns(ConfigMap)
    class WrongController {
      async reconcile(): Promise<void> {}
    }
    expect(() => addControllers(manager, WrongController)).toThrow(/class WrongController: for, @Owns can not stand beside keyOf.*needs a name/);
  });

  it('refuse a cleanup that nobody would call', async () => {
    @Controller(Widget)
    class WidgetController {
      async reconcile(): Promise<void> {}
      async cleanup(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(/cleanup\(\) is called beside reconcileObject\(\) only/);
    expect(() => controllerFor(manager).for(Widget).withFinalizer('demo.example.com/x').complete({ reconcile: async () => {} })).toThrow(/who would take it off/);
    expect(() => defineController({ for: Widget, reconcile: async () => {}, cleanup: async () => {} }).addTo(manager)).toThrow(/nobody would call it/);
    expect(() => typedController(manager, { name: 'x', keyOf: String, sources: [new ChannelSource<string>({ handler: { requestsFor: () => [] } })], reconciler: { reconcile: async () => {}, cleanup: async () => {} } as never })).toThrow(/no object behind it/);
  });

  it('give each manager a rate limiter of its own', async () => {
    let made = 0;
    const rateLimiter = () => (made++, { when: () => 1, forget: () => {}, failures: () => 0 });
    @Controller({ for: Widget, rateLimiter })
    class WidgetController {
      async reconcile(): Promise<void> {}
    }
    addControllers(await newManager(), WidgetController);
    addControllers(await newManager(), WidgetController);
    expect(made).toBe(2);
  });

  it('take a kind alone, and name the controller after it', async () => {
    @Controller(Widget)
    class WidgetController {
      async reconcile(): Promise<void> {}
    }
    const [controller] = addControllers(await newManager(), WidgetController);
    expect(controller?.name).toBe('controller widget');
  });

  it('record nothing on classes that extend a decorated one', async () => {
    @Controller(Widget)
    class Base {
      async reconcile(): Promise<void> {}
    }
    class Derived extends Base {}
    const manager = await newManager();
    expect(() => addControllers(manager, Derived)).toThrow(/class Derived is not a controller/);
  });
});

describe('addControllers', () => {
  it('gives constructors what the manager has, by explicit tokens', async () => {
    const got: unknown[] = [];
    @Controller(Widget)
    class WidgetController {
      constructor(
        @inject(Client) client: Client,
        @inject(Cache) cache: Cache,
        @inject(Manager) manager: Manager,
        @inject(Logger) log: Logger,
        @inject(Clock) clock: Clock,
        @inject(Random) random: Random,
        @inject(ApiReader) reader: ApiReader,
        @inject(EventRecorder) recorder: EventRecorder,
      ) {
        got.push(client, cache, manager, log, clock, random, reader, typeof recorder.event);
      }
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    addControllers(manager, WidgetController);
    expect(got).toEqual([manager.client, manager.cache, manager, manager.log, manager.clock, manager.random, manager.apiReader, 'function']);
  });

  it('makes one instance of each class in each manager, shared by the controllers that ask for it', async () => {
    let made = 0;
    class Renderer {
      readonly id = ++made;
      constructor(@inject(Client) readonly client: Client) {}
    }
    const renderers: Renderer[] = [];
    @Controller(Widget)
    class One {
      constructor(@inject(Renderer) renderer: Renderer) {
        renderers.push(renderer);
      }
      async reconcile(): Promise<void> {}
    }
    @Controller({ for: Widget, name: 'other' })
    class Other {
      constructor(@inject(Renderer) renderer: Renderer) {
        renderers.push(renderer);
      }
      async reconcile(): Promise<void> {}
    }
    const [first, second] = [await newManager(), await newManager()];
    addControllers(first, One, Other);
    addControllers(second, One);
    expect(renderers.map(({ id }) => id)).toEqual([1, 1, 2]);
    expect(renderers[2]?.client).toBe(second.client);
    expect(rootContainer.isRegistered(One)).toBe(false);
  });

  it('gives values of the user', async () => {
    let got: unknown;
    @Controller(Widget)
    class WidgetController {
      constructor(@inject('settings') settings: { image: string }) {
        got = settings;
      }
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(/class WidgetController: constructor parameter 0 asks for settings, and nothing is registered/);
    containerOf(manager).register('settings', { useValue: { image: 'x' } });
    addControllers(manager, WidgetController);
    expect(got).toEqual({ image: 'x' });
  });

  it('gives a class that inherits its constructor what that one asks for', async () => {
    class Base {
      constructor(@inject(Client) readonly client: Client) {}
    }
    @Controller(Widget)
    class WidgetController extends Base {
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    addControllers(manager, WidgetController);
    expect(containerOf(manager).resolve(WidgetController).client).toBe(manager.client);
  });

  it('accepts services that are registered as scoped to a container', async () => {
    @scoped(Lifecycle.ContainerScoped)
    class Service {}
    let got: unknown;
    @Controller(Widget)
    class WidgetController {
      constructor(@inject(Service) service: Service) {
        got = service;
      }
      async reconcile(): Promise<void> {}
    }
    addControllers(await newManager(), WidgetController);
    expect(got).toBeInstanceOf(Service);
  });

  it('names class, parameter and cure when a parameter has no token', async () => {
    @Controller(Widget)
    class WidgetController {
      constructor(
        @inject(Client) readonly client: Client,
        readonly log: Logger,
      ) {}
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(
      expect.objectContaining({ code: 'KW_NO_PARAM_METADATA', message: expect.stringContaining('class WidgetController: constructor parameter 1'), hint: expect.stringContaining('@inject(Token)') }),
    );
  });

  it('looks at the classes behind a controller as well', async () => {
    class Renderer {
      constructor(readonly client: Client) {}
    }
    @Controller(Widget)
    class WidgetController {
      constructor(@inject(Renderer) readonly renderer: Renderer) {}
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(/class Renderer: constructor parameter 0/);
  });

  it('names the chain when classes need each other', async () => {
    class One {
      constructor(@inject('later') readonly other: unknown) {}
    }
    class Two {
      constructor(@inject(One) readonly one: One) {}
    }
    inject(Two)(One, undefined, 0);
    @Controller(Widget)
    class WidgetController {
      constructor(@inject(Two) readonly two: Two) {}
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(/Two -> One -> Two/);
  });

  it('refuses what is registered for the whole process, with the cure', async () => {
    @singleton()
    @Controller(Widget)
    class WidgetController {
      async reconcile(): Promise<void> {}
    }
    const manager = await newManager();
    expect(() => addControllers(manager, WidgetController)).toThrow(expect.objectContaining({ code: 'KW_GLOBAL_REGISTRATION', hint: expect.stringContaining('@singleton()') }));
  });

  it('refuses a class without a reconcile method, and adds none of the others', async () => {
    @Controller(Widget)
    class Fine {
      async reconcile(): Promise<void> {}
    }
    class Empty {}
    Controller(ConfigMap)(Empty as unknown as AnyClass<{ reconcile(): Promise<void> }>);
    const manager = await newManager();
    expect(() => addControllers(manager, Fine, Empty)).toThrow(/class Empty has neither a method reconcile/);
    expect(() => addControllers(manager, Fine)).not.toThrow();
    expect(() => addControllers(manager, Fine)).toThrow(/controller widget: there is one of that name/);
  });
});

describe('defineController', () => {
  it('leads to the same calls', async () => {
    const manager = await newManager();
    const definition = defineController({ for: Widget, name: 'gadget', owns: [ConfigMap, { kind: Deployment, allOwners: true }], watches: [watch(Secret, toNothing)], reconcile: async () => {} });
    const [controller] = addControllers(manager, definition);
    expect(controller?.name).toBe('controller gadget');
  });

  it.each([
    ['owns without for', { owns: [ConfigMap], name: 'x', reconcile: async () => {} }, /owns\(\) needs for\(\)/],
    ['nothing at all', { reconcile: async () => {} }, /nothing to watch.*needs a name/],
    ['no reconcile', { for: Widget }, /neither reconcile\(\) nor reconcileObject\(\)/],
    ['an object for a controller without kind', { name: 'x', watches: [watch(Secret, toNothing)], reconcileObject: async () => {} }, /reconcileObject\(\) needs for\(\)/],
    ['a finalizer without cleanup', { for: Widget, finalizer: 'demo.example.com/x', reconcileObject: async () => {} }, /a finalizer without cleanup\(\)/],
    ['a finalizer without a domain', { for: Widget, finalizer: 'x', reconcileObject: async () => {}, cleanup: async () => {} }, /must be a domain, a slash and a name/],
    ['dependents beside reconcile', { for: Widget, dependents: [dependent(ConfigMap, { desired: () => undefined })], reconcile: async () => {} }, /dependents need reconcileObject\(\)/],
    ['dependents without a kind', { name: 'x', dependents: [dependent(ConfigMap, { desired: () => undefined })], reconcile: async () => {} }, /dependents need for\(\)/],
    ['dependents that are not there', { for: Widget, dependents: [dependent(ConfigMap, { desired: () => undefined, dependsOn: ['x'] })] }, /"configmap" depends on "x"/],
    ['shards without a group', { for: Widget, sharded: true, reconcile: async () => {} }, /sharded\(\) needs the manager's option `sharding`/],
    ['fairness without priorities', { for: Widget, fairness: 'namespace', usePriorityQueue: false, reconcile: async () => {} }, /fairness needs the queue with priorities/],
    ['a name that can not be a label', { for: Widget, name: 'My Controller', reconcile: async () => {} }, /must be lower-case/],
  ])('says what is wrong with %s', async (_name, definition, problem) => {
    const manager = await newManager();
    expect(() => defineController(definition as never).addTo(manager)).toThrow(problem);
  });
});

describe('controller defaults', () => {
  it('hold where a controller says nothing, by kind before in general', async () => {
    const manager = await newManager();
    setControllerDefaults(manager, { maxConcurrentReconciles: 3, usePriorityQueue: false, groupKindConcurrency: { 'Deployment.apps': 7, Secret: 5 } });
    const workersOf = (kind: typeof Widget | typeof Deployment | typeof Secret, options = {}) => controllerFor(manager).for(kind).withOptions(options).complete({ reconcile: async () => {} }).options;
    expect(workersOf(Widget)).toMatchObject({ maxConcurrentReconciles: 3, usePriorityQueue: false });
    expect(workersOf(Deployment)).toMatchObject({ maxConcurrentReconciles: 7 });
    expect(workersOf(Secret, { maxConcurrentReconciles: 2, usePriorityQueue: true, reconcileTimeout: undefined })).toMatchObject({ maxConcurrentReconciles: 2, usePriorityQueue: true });
    expect(() => setControllerDefaults(manager, { groupKindConcurrency: { Pod: 0 } })).toThrow(/groupKindConcurrency of Pod \(0\)/);
  });
});

describe('typedController', () => {
  it('takes requests of any type, and warms up on every replica when asked to', async () => {
    const manager = await newManager();
    const names: string[] = [];
    const add = manager.add.bind(manager);
    manager.add = (runnable) => {
      names.push(`${runnable.name} ${runnable.needsLeaderElection}`);
      add(runnable);
    };
    const regions = new ChannelSource<{ region: string }>({ handler: { requestsFor: () => [] } });
    const controller = typedController<{ region: string }>(manager, { name: 'regions', keyOf: ({ region }) => region, sources: [regions], reconciler: { reconcile: async () => {} }, options: { enableWarmup: true } });
    expect([controller.name, names, typeof controller.standby]).toEqual(['controller regions', ['controller regions true'], 'function']);
    expect(() => typedController(manager, { name: 'x', keyOf: String, sources: [], reconciler: {} as never })).toThrow(/no reconcile\(\); there is nothing to watch/);
  });
});
