import type { ObjectOf } from '@kubewright/api';

import type { AnyKind } from '../builder/controller-spec.js';
import type { ControllerOptions } from '../controller/options.js';
import type { ObjectReconciler } from '../reconcile/object-reconciler.js';
import type { Reconciler } from '../reconcile/reconciler.js';
import { record, type AnyClass, type ControllerDecoratorOptions } from './metadata.js';

/**
 * Makes a class the controller of a kind. It has `reconcile(request, context)`, or `reconcileObject(object, context)` to be handed the object.
 * Its constructor gets what its parameters ask for by `@inject(Token)`; there is one instance in each manager.
 *
 * @example
 * @Controller(Widget)
 * @Owns(Deployment)
 * export class WidgetController implements ObjectReconciler<Widget> {
 *   constructor(@inject(Client) private readonly client: Client) {}
 *
 *   async reconcileObject(widget: DeepReadonly<Widget & KubeObject>): Promise<void> {
 *     await this.client.apply(Deployment, deploymentOf(widget));
 *   }
 * }
 */
export function Controller<R>(options: TypedRequests<R>): (target: AnyClass<Reconciler<R>>) => void;
export function Controller<K extends AnyKind>(kindOrOptions: K | ControllerDecoratorOptions<K>): (target: AnyClass<Reconciles<ObjectOf<K>>>) => void;
export function Controller(kindOrOptions: AnyKind | ControllerDecoratorOptions): (target: AnyClass) => void {
  const controller = isKind(kindOrOptions) ? { for: kindOrOptions } : kindOrOptions;
  return (target) => record(target, (metadata) => ({ ...metadata, controller }));
}

/** A controller of typed requests. */
type TypedRequests<R> = Omit<ControllerDecoratorOptions, 'keyOf' | keyof ControllerOptions> & ControllerOptions<R> & { readonly name: string; readonly keyOf: (request: R) => string };

/**
 * Either `reconcile` or `reconcileObject`, or neither where `@Dependent`s do all the work; which of them is missing is said at the start. The
 * constructor, which every object has, keeps a class with none of the three allowed.
 */
type Reconciles<T> = Partial<Reconciler> & Partial<ObjectReconciler<T>> & { readonly constructor: unknown };

function isKind<K extends AnyKind>(given: K | ControllerDecoratorOptions<K>): given is K {
  return typeof given === 'function' || 'plural' in given;
}
