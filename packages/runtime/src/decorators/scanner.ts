import { controllerFor, type ControllerBuilder } from '../builder/controller-builder.js';
import type { ControllerDefinition } from '../builder/define-controller.js';
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
    const builder = builderOf(manager, controller);
    registerClass(container, controller);
    return () => builder.complete(container.resolve(controller as new (...args: unknown[]) => Reconciler));
  });
  return additions.map((add) => add());
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
  const { for: primary, name: given, predicates, selection, allPredicates = [], finalizer, orderedDeletion, sharded, ...options } = metadata.controller;
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
