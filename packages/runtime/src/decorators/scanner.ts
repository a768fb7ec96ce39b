import { controllerFor, type ControllerBuilder } from '../builder/controller-builder.js';
import type { ControllerDefinition } from '../builder/define-controller.js';
import type { Controller } from '../controller/controller.js';
import { KubewrightError } from '../errors/kubewright-error.js';
import type { Manager } from '../manager/manager.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import type { Request } from '../reconcile/request.js';
import { containerOf, registerClass } from './container.js';
import { controllerMetadata, type AnyClass } from './metadata.js';

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
  if (!('reconcile' in prototype) && !('reconcileObject' in prototype)) {
    throw new KubewrightError('KW_NOT_A_CONTROLLER', `class ${name} has neither a method reconcile(request, context) nor reconcileObject(object, context)`);
  }
  const { for: primary, name: given, predicates, ...options } = metadata.controller;
  let builder = controllerFor(manager).withOptions(options);
  if (primary) builder = builder.for(primary, { ...(predicates && { predicates }) });
  if (given) builder = builder.named(given);
  for (const { kind, options: owns } of metadata.owns) builder = builder.owns(kind, owns);
  for (const { kind, handler, options: watches } of metadata.watches) builder = builder.watches(kind, handler, watches);
  return builder;
}
