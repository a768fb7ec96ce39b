import type { Atom, FieldType, ListType, MapType } from './field-type.js';
import { goSyntax, goText, goType } from './go-format.js';
import { fieldElement, formatElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, TypeMismatch, visit } from './typed-value.js';
import type { TypeProblem } from './typed-value.js';

/**
 * Checks that a value fits its type: forms, declared fields, items that can be told apart.
 * @param options.allowDuplicates what is stored may hold equal items, what is applied may not
 * @throws TypeMismatch with all problems
 */
export function checkTypes(value: unknown, type: FieldType, options: { readonly allowDuplicates: boolean }): void {
  const problems: TypeProblem[] = [];
  check(value, type, '', options.allowDuplicates, problems);
  if (problems.length > 0) throw new TypeMismatch(problems);
}

function check(value: unknown, type: FieldType, path: string, allowDuplicates: boolean, problems: TypeProblem[]): void {
  visit(formOf(type.atom, value), {
    map: (map) => checkMap(value, map, path, allowDuplicates, problems),
    scalar: (scalar) => {
      const message = scalarProblem(scalar, value);
      if (message !== undefined) problems.push({ path, message });
    },
    list: (list) => checkList(value, list, path, allowDuplicates, problems),
  });
}

function checkMap(value: unknown, map: MapType, path: string, allowDuplicates: boolean, problems: TypeProblem[]): void {
  if (value === null) return;
  if (!isFields(value)) {
    problems.push({ path, message: `expected map, got &{${goText(value)}}` });
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const below = path + formatElement(fieldElement(name));
    const type = fieldType(map, name);
    if (type === undefined) {
      problems.push({ path: below, message: 'field not declared in schema' });
      return;
    }
    check(item, type, below, allowDuplicates, problems);
  }
}

function checkList(value: unknown, list: ListType, path: string, allowDuplicates: boolean, problems: TypeProblem[]): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    problems.push({ path, message: `expected list, got &{${goText(value)}}` });
    return;
  }
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    let element = `i:${index}`;
    if (!list.atomic) {
      try {
        element = itemElement(list, item);
      } catch (error) {
        problems.push({ path, message: `element ${index}: ${(error as Error).message}` });
        return;
      }
      if (seen.has(element) && !allowDuplicates) problems.push({ path, message: `duplicate entries for key ${formatElement(element)}` });
      seen.add(element);
    }
    check(item, list.element, path + formatElement(element), allowDuplicates, problems);
  }
}

/** What is wrong with a scalar; null fits every type. */
export function scalarProblem(scalar: NonNullable<Atom['scalar']>, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  switch (scalar) {
    case 'numeric':
      return isNumber ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'untyped':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
  }
}
