import { controllerFor, type ControllerBuilder } from '../builder/controller-builder.js';
import type { ControllerDefinition } from '../builder/define-controller.js';
import { typedController } from '../builder/typed-controller.js';
import type { Controller } from '../controller/controller.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Manager } from '../manager/manager.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import type { Source } from '../source/source.js';
import { containerOf, registerClass } from './container.js';
import type { InjectionToken } from './injection.js';
import { controllerMetadata, type AnyClass, type SourceProvider } from './metadata.js';

/**
 * Adds controllers to a manager: decorated classes, whose instances its container makes, and definitions. All classes are checked before the
 * first one is added.
 *
 * @throws KubewrightError KW_NOT_A_CONTROLLER, KW_NO_PARAM_METADATA, KW_GLOBAL_REGISTRATION or KW_INVALID_OPTIONS
 */
export function addControllers(manager: Manager, ...controllers: readonly (AnyClass | ControllerDefinition)[]): Controller<Request>[] {
  const container = containerOf(manager);
  const additions = controllers.map((controller) => {
    if (typeof controller !== 'function') return () => controller.addTo(manager);
    if (controllerMetadata(controller)?.controller?.keyOf) return typed(manager, controller);
    const builder = builderOf(manager, controller);
    registerClass(container, controller);
    return () => builder.complete(container.resolve(controller as new (...args: unknown[]) => Reconciler));
  });
  return additions.map((add) => add());
}

/** A controller of typed requests: what of the decorators is about objects has no meaning there. */
function typed(manager: Manager, target: AnyClass): () => Controller<Request> {
  const { controller, owns, watches, dependents, sources } = controllerMetadata(target)!;
  const { keyOf, name, for: primary, predicates, selection, allPredicates, finalizer, orderedDeletion, sharded, ...options } = controller!;
  const aboutObjects = { for: primary, predicates, selection, allPredicates, finalizer, orderedDeletion, sharded, '@Owns': owns[0], '@Watches': watches[0], '@Dependent': dependents[0] };
  const extra = Object.entries(aboutObjects).filter(([, value]) => value !== undefined).map(([what]) => what);
  const problems = [extra.length > 0 && `${extra.join(', ')} can not stand beside keyOf: make sources of your own type of request`, name === undefined && 'a controller of typed requests needs a name'];
  const found = problems.filter((problem) => typeof problem === 'string');
  if (found.length > 0) throw new KubewrightError('KW_INVALID_OPTIONS', `class ${target.name || '(anonymous)'}: ${found.join('; ')}`);
  const container = containerOf(manager);
  registerClass(container, target);
  return () => {
    const reconciler = container.resolve(target as new (...args: unknown[]) => Reconciler<never>);
    const made = typedController<never>(manager, { name: name!, keyOf: keyOf!, sources: sources.map((source) => resolveSource(manager, source)) as never, reconciler, options: options as never });
    return made as unknown as Controller<Request>;
  };
}

/** The builder calls that the decorators of a class stand for. */
export function builderOf(manager: Manager, target: AnyClass): ControllerBuilder {
  const name = target.name || '(anonymous)';
  const metadata = controllerMetadata(target);
  if (!metadata?.controller) {
    throw new KubewrightError('KW_NOT_A_CONTROLLER', `class ${name} is not a controller`, { hint: `Decorate ${name} with @Controller(Kind).` });
  }
  const prototype = target.prototype as object;
  if (!('reconcile' in prototype) && !('reconcileObject' in prototype) && metadata.dependents.length === 0) {
    throw new KubewrightError('KW_NOT_A_CONTROLLER', `class ${name} has neither a method reconcile(request, context) nor reconcileObject(object, context)`);
  }
  const { for: primary, name: given, predicates, selection, allPredicates = [], finalizer, orderedDeletion, sharded, keyOf: _, ...options } = metadata.controller;
  let builder = controllerFor(manager).withOptions(options).withPredicates(...allPredicates).dependents(...metadata.dependents);
  if (primary) builder = builder.for(primary, { ...(predicates && { predicates }), ...(selection && { selection }) });
  if (given) builder = builder.named(given);
  if (finalizer !== undefined) builder = builder.withFinalizer(finalizer);
  if (orderedDeletion) builder = builder.withOrderedDeletion();
  if (sharded) builder = builder.sharded(typeof sharded === 'function' ? sharded : undefined);
  for (const { kind, options: owns } of metadata.owns) builder = builder.owns(kind, owns);
  for (const { kind, handler, options: watches } of metadata.watches) builder = builder.watches(kind, handler, watches);
  for (const source of metadata.sources) builder = builder.watchesSource(resolveSource(manager, source));
  return builder;
}

function resolveSource(manager: Manager, provider: SourceProvider): Source<Request> {
  const container = containerOf(manager);
  if (typeof provider === 'function') registerClass(container, provider as AnyClass);
  if (typeof provider !== 'object') return container.resolve(provider as InjectionToken<Source<Request>>);
  if ('use' in provider) return provider.use(container);
  return 'start' in provider ? provider : container.resolve(provider);
}
