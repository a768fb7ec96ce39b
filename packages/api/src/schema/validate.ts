import type { FieldError } from '../status/field-error.js';

import { validateEmbeddedResources } from './embedded-resources.js';
import { validateListTypes } from './list-types.js';
import type { TypedSchema } from './typed-schema.js';
import { validateValue } from './validate-value.js';

/** How {@link validateObject} looks at an object. */
export interface ValidateOptions {
  /** The object as it was: what is wrong but has not changed is let pass (ratcheting), as is a list that was no set before. */
  readonly old?: unknown;
  /** Path at which the value stands in the object that errors are about; messages name paths below it. @default '' the object itself */
  readonly at?: string;
}

/**
 * Everything that a schema says about an object: values, embedded resources, doubles in sets and maps. Errors carry the paths and texts of a
 * real API server. Rules (x-kubernetes-validations) are not evaluated.
 */
export function validateObject(object: unknown, schema: TypedSchema, options: ValidateOptions = {}): FieldError[] {
  return [...validateSchema(object, schema, options), ...validateEmbeddedResources(object, schema), ...validateListTypesUnlessOld(object, schema, options)];
}

/** The constraints on values alone: type, enum, bounds, lengths, pattern, format, required, junctors. */
export function validateSchema(value: unknown, schema: TypedSchema, options: ValidateOptions = {}): FieldError[] {
  const old = 'old' in options ? { value: options.old } : undefined;
  return validateValue(value, schema.root, schema, '', old).problems.map((problem) => problem.toFieldError(options.at ?? ''));
}

function validateListTypesUnlessOld(object: unknown, schema: TypedSchema, options: ValidateOptions): FieldError[] {
  if (options.old !== undefined && validateListTypes(options.old, schema).length > 0) return [];
  return validateListTypes(object, schema);
}
