import type { ValidationRule } from '../schema/json-schema.js';

/** Decorates a class whose members become a schema. */
type SchemaDecorator = (target: abstract new (...args: never[]) => object) => void;

/**
 * A rule in the Common Expression Language that objects of the decorated class must keep: the API server checks it on every write
 * (`x-kubernetes-validations`). `self` is the object, `oldSelf` what it was before. It does nothing at run time; arguments must be
 * constant expressions, which `kubewright generate` reads.
 *
 * @param message told to whoever breaks the rule, or all options of the rule
 * @example
 * @Rule('self.minReplicas <= self.maxReplicas', 'minReplicas must not be above maxReplicas')
 * export class ScaleSpec { minReplicas!: Int32; maxReplicas!: Int32 }
 */
export function Rule(_rule: string, _message?: string | Omit<ValidationRule, 'rule'>): SchemaDecorator {
  return () => {};
}

/** Exactly one of these optional members is set. As {@link Rule}, it is read by the generator only. */
export function ExactlyOneOf(..._members: readonly string[]): SchemaDecorator {
  return () => {};
}

/** At most one of these optional members is set. As {@link Rule}, it is read by the generator only. */
export function AtMostOneOf(..._members: readonly string[]): SchemaDecorator {
  return () => {};
}

/** At least one of these optional members is set. As {@link Rule}, it is read by the generator only. */
export function AtLeastOneOf(..._members: readonly string[]): SchemaDecorator {
  return () => {};
}
