import type { KubeObject, TypedSchema } from '@kubewright/api';

import { objectType, type FieldType } from './field-type.js';
import { formatPath } from './field-set.js';
import { mergeTyped } from './merge.js';
import { fieldElement, type PathElement } from './path-element.js';
import { formOf, isFields } from './typed-value.js';
import { checkTypes } from './validate.js';

/**
 * Lays a configuration over an object as an apply does, but for what applies remember: nobody owns anything, and nothing is removed. What is one
 * value as a whole may not be in it, because what it leaves out would be lost. Parts of both may be shared with the result.
 * @throws Error in the words of the real server's mutating policies
 */
export function applyConfiguration(live: KubeObject, configuration: KubeObject, schema: TypedSchema | undefined): KubeObject {
  const type = objectType(schema);
  said('failed to convert patch object to typed object', () => checkTypes(configuration, type, { allowDuplicates: false }));
  const atomics = atomicPaths(configuration, type, []);
  if (atomics.length > 0) throw new Error(`invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${atomics.join(', ')}`);
  said('failed to convert original object to typed object', () => checkTypes(live, type, { allowDuplicates: true }));
  return said('failed to merge patch', () => mergeTyped(live, configuration, type)) as KubeObject;
}

function said<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function atomicPaths(value: unknown, type: FieldType, path: readonly PathElement[]): string[] {
  const { map, list } = formOf(type.atom, value);
  const found: string[] = [];
  if (map && isFields(value)) {
    if (map.atomic) found.push(formatPath(path));
    for (const [name, item] of Object.entries(value)) {
      const declared = map.field(name);
      if (declared) found.push(...atomicPaths(item, declared, [...path, fieldElement(name)]));
    }
  }
  if (list && Array.isArray(value)) {
    if (list.atomic) found.push(formatPath(path));
    value.forEach((item, index) => found.push(...atomicPaths(item, list.element, [...path, `i:${index}`])));
  }
  return found;
}

