import { keyOf, nameOf, resourceKind, type KindRef, type KubeObject } from '@kubewright/api';

import type { DeepReadonly } from '../event/entry.js';
import type { DependentReport, DependentsReport } from '../reconcile/dependents-report.js';
import type { ReconcileContext } from '../reconcile/reconciler.js';
import { Children } from './children.js';
import { DEPENDENT_LABEL, type AnyKind, type Dependent, type DependentContext } from './dependent.js';
import { inOrder } from './dependent-graph.js';

/** What a {@link Workflow} is made of. */
export interface WorkflowOptions {
  /** For errors. */
  readonly controller: string;
  readonly primaryKind: AnyKind;
  readonly dependents: readonly Dependent[];
  /** Under which name children are applied; not used for anything else. */
  readonly fieldOwner: string;
  /** Called before a dependent that has an activation condition is first looked at: begins to watch its kind. */
  readonly activate?: (dependent: Dependent) => Promise<void>;
}

type Primary = DeepReadonly<KubeObject>;
type Context = Pick<ReconcileContext, 'client' | 'log'>;

/**
 * Brings the children of one object into the state that the dependents of its controller declare: makes and updates in the order of `dependsOn`,
 * side by side where there is none, and prunes in reverse. One that fails holds up what depends on it and nothing else. Children of dependents
 * that are declared no more are pruned as long as something of their kind is.
 */
export class Workflow {
  readonly dependents: readonly Dependent[];
  readonly #children: Children;
  readonly #activated = new Set<Dependent>();

  /** @throws KubewrightError KW_INVALID_OPTIONS */
  constructor(private readonly options: WorkflowOptions) {
    this.dependents = inOrder(options.controller, options.dependents);
    this.#children = new Children(options);
  }

  /** One round. It never throws for what a dependent does: failures stand in the report. */
  async reconcile(primary: Primary, context: Context): Promise<DependentsReport> {
    const run = new Run(this.dependents, this.#children, (dependent) => this.#activate(dependent), primary, context);
    return run.bringAbout();
  }

  /** One round of taking all children down, in reverse order. The report is ready when nothing is left. */
  async cleanUp(primary: Primary, context: Context): Promise<DependentsReport> {
    const run = new Run(this.dependents, this.#children, (dependent) => this.#activate(dependent), primary, context);
    return run.takeDown();
  }

  async #activate(dependent: Dependent): Promise<void> {
    if (!dependent.activeWhen || this.#activated.has(dependent)) return;
    await this.options.activate?.(dependent);
    this.#activated.add(dependent);
  }
}

/** One round for one object. */
class Run {
  readonly #reports = new Map<string, DependentReport>();
  readonly #running = new Map<string, Promise<DependentReport>>();
  readonly #known = new Map<string, Promise<readonly Primary[]>>();
  readonly #byName: ReadonlyMap<string, Dependent>;

  constructor(
    private readonly dependents: readonly Dependent[],
    private readonly children: Children,
    private readonly activate: (dependent: Dependent) => Promise<void>,
    private readonly primary: Primary,
    private readonly context: Context,
  ) {
    this.#byName = new Map(dependents.map((each) => [each.name, each]));
  }

  async bringAbout(): Promise<DependentsReport> {
    await Promise.all(this.dependents.map((each) => this.#reportOf(each)));
    await this.#prune();
    return this.#result();
  }

  async takeDown(): Promise<DependentsReport> {
    for (const each of this.dependents) {
      const isActive = await this.#guarded(each, async () => report(each, (await this.#isActive(each)) ? 'unwanted' : 'inactive'));
      this.#reports.set(each.name, isActive);
    }
    await this.#prune();
    return this.#result();
  }

  #reportOf(dependent: Dependent): Promise<DependentReport> {
    const running = this.#running.get(dependent.name) ?? this.#settle(dependent);
    this.#running.set(dependent.name, running);
    return running;
  }

  async #settle(dependent: Dependent): Promise<DependentReport> {
    const settled = await this.#guarded(dependent, () => this.#bring(dependent));
    this.#reports.set(dependent.name, settled);
    return settled;
  }

  async #bring(dependent: Dependent): Promise<DependentReport> {
    const needed = await Promise.all((dependent.dependsOn ?? []).map((name) => this.#reportOf(this.#byName.get(name)!)));
    if (needed.some(({ state }) => state === 'inactive') || !(await this.#isActive(dependent))) return report(dependent, 'inactive');
    const isWanted = (await dependent.wantedWhen?.(this.primary as never, this.#contextOf(dependent))) ?? true;
    if (!isWanted || needed.some(({ state }) => state === 'unwanted')) return report(dependent, 'unwanted');
    if (needed.some(({ state }) => state !== 'ready')) return report(dependent, 'waiting', await this.#marked(dependent));

    const desired = this.children.complete(dependent, await dependent.desired(this.primary as never, this.#contextOf(dependent)), this.primary);
    if (desired.length === 0) return report(dependent, 'unwanted');
    const { client } = this.context;
    const known = new Map((await this.#marked(dependent)).map((child) => [keyOf(nameOf(child as KubeObject)), child]));
    const objects = await Promise.all(
      desired.map(async (object) => {
        const name = nameOf(object);
        return this.children.apply(client, dependent.kind, object, known.get(keyOf(name)) ?? (await this.children.find(client, dependent.kind, name)));
      }),
    );
    const wanted = new Set(desired.map((object) => keyOf(nameOf(object))));
    for (const [key, child] of known) if (!wanted.has(key)) await this.children.delete(client, dependent.kind, child);
    const isGoing = objects.some(({ metadata }) => metadata.deletionTimestamp !== undefined);
    const isReady = !isGoing && (dependent.readyWhen?.(objects as never, this.primary as never) ?? true);
    return report(dependent, isReady ? 'ready' : 'applied', objects);
  }

  /** Deletes what is not wanted, last things first: what depends on something goes, and is gone, before that. */
  async #prune(): Promise<void> {
    for (const dependent of [...this.dependents].reverse()) {
      if (this.#reports.get(dependent.name)?.state !== 'unwanted') continue;
      const pruned = await this.#guarded(dependent, async () => {
        const children = await this.#marked(dependent);
        const isNeeded = this.dependents.some(({ name, dependsOn }) => dependsOn?.includes(dependent.name) && ['deleting', 'failed'].includes(this.#reports.get(name)!.state));
        if (!isNeeded) for (const child of children) await this.children.delete(this.context.client, dependent.kind, child);
        return report(dependent, children.length > 0 || isNeeded ? 'deleting' : 'unwanted', children);
      });
      this.#reports.set(dependent.name, pruned);
    }
    await this.#pruneUndeclared();
  }

  async #pruneUndeclared(): Promise<void> {
    for (const dependent of this.dependents) {
      if (!['ready', 'applied', 'unwanted', 'deleting'].includes(this.#reports.get(dependent.name)!.state)) continue;
      const failed = await this.#guarded(dependent, async () => {
        const children = await this.#ofKind(dependent.kind);
        for (const child of children) if (!this.#byName.has(child.metadata.labels![DEPENDENT_LABEL]!)) await this.children.delete(this.context.client, dependent.kind, child);
        return this.#reports.get(dependent.name)!;
      });
      this.#reports.set(dependent.name, failed);
    }
  }

  async #isActive(dependent: Dependent): Promise<boolean> {
    if (dependent.activeWhen && !(await dependent.activeWhen(this.primary as never, this.#contextOf(dependent)))) return false;
    await this.activate(dependent);
    return true;
  }

  #contextOf({ dependsOn = [] }: Dependent): DependentContext {
    const childrenOf = (name: string): readonly Primary[] => {
      if (!dependsOn.includes(name)) throw new TypeError(`childrenOf("${name}"): name it in dependsOn, so that it is there`);
      return this.#reports.get(name)?.objects ?? [];
    };
    return { reader: this.context.client, log: this.context.log, childrenOf };
  }

  async #marked(dependent: Dependent): Promise<readonly Primary[]> {
    return (await this.#ofKind(dependent.kind)).filter((child) => child.metadata.labels![DEPENDENT_LABEL] === dependent.name);
  }

  /** As they were at the beginning of the round. */
  #ofKind(kind: AnyKind): Promise<readonly Primary[]> {
    const { group, version, plural } = resourceKind(kind as KindRef<never>);
    const id = `${group}/${version}/${plural}`;
    const known = this.#known.get(id) ?? this.children.list(this.context.client, kind, this.primary);
    this.#known.set(id, known);
    return known;
  }

  async #guarded(dependent: Dependent, work: () => Promise<DependentReport>): Promise<DependentReport> {
    try {
      return await work();
    } catch (error) {
      return { name: dependent.name, state: 'failed', objects: [], error };
    }
  }

  #result(): DependentsReport {
    const byName = new Map(this.dependents.map(({ name }) => [name, this.#reports.get(name)!]));
    return { byName, isReady: [...byName.values()].every(({ state }) => state === 'ready' || state === 'unwanted' || state === 'inactive') };
  }
}

function report({ name }: Dependent, state: DependentReport['state'], objects: readonly Primary[] = []): DependentReport {
  return { name, state, objects };
}
