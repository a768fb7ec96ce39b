import type { FieldError } from '../status/field-error.js';

import { childPath, fieldDuplicate, fieldInvalid } from './field-errors.js';
import { goJson } from './go-text.js';
import type { JSONSchemaProps } from './json-schema.js';
import type { TypedSchema } from './typed-schema.js';
import { isRecord } from './value-kind.js';

/** Doubles in lists that are sets or maps (x-kubernetes-list-type), anywhere in `object`. The second occurrence is the one that is named. */
export function validateListTypes(object: unknown, schema: TypedSchema): FieldError[] {
  const errors: FieldError[] = [];
  visit(object, schema.root, '');
  return errors;

  function visit(value: unknown, node: JSONSchemaProps | undefined, path: string): void {
    if (node === undefined) return;
    const resolved = schema.resolve(node);
    if (Array.isArray(value)) {
      if (resolved['x-kubernetes-list-type'] === 'set') errors.push(...doubles(value, value, path));
      if (resolved['x-kubernetes-list-type'] === 'map') errors.push(...mapDoubles(value, resolved['x-kubernetes-list-map-keys'] ?? [], path));
      value.forEach((item, index) => visit(item, resolved.items, `${path}[${index}]`));
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) {
        const { additionalProperties, properties } = resolved;
        if (typeof additionalProperties === 'object') visit(item, additionalProperties, `${path}[${key}]`);
        else if (properties && Object.hasOwn(properties, key)) visit(item, properties[key], childPath(path, key));
      }
    }
  }
}

function mapDoubles(list: readonly unknown[], keys: readonly string[], path: string): FieldError[] {
  const stray = list.findIndex((item) => item !== null && !isRecord(item));
  if (stray >= 0) return [fieldInvalid(`${path}[${stray}]`, list[stray], 'must be an object for an array of list-type map')];
  const shown = list.map((item) => Object.fromEntries(keys.filter((key) => isRecord(item) && Object.hasOwn(item, key)).map((key) => [key, (item as Record<string, unknown>)[key]])));
  return doubles(shown, shown, path);
}

function doubles(list: readonly unknown[], shown: readonly unknown[], path: string): FieldError[] {
  if (list.length <= 1) return [];
  const times = new Map<string, number>();
  const errors: FieldError[] = [];
  list.forEach((item, index) => {
    const key = `${typeof item} ${goJson(item)}`;
    const seen = times.get(key) ?? 0;
    times.set(key, seen + 1);
    if (seen === 1) errors.push(fieldDuplicate(`${path}[${index}]`, shown[index]));
  });
  return errors;
}
