import type { Atom, FieldType, ListType, MapType } from './field-type.js';
import { goSyntax, goText, goType } from './go-format.js';
import { formatPath } from './field-set.js';
import { fieldElement, formatElement } from './path-element.js';
import type { PathElement } from './path-element.js';
import { fieldType, formOf, isFields, itemElement, TypeMismatch, visit } from './typed-value.js';
import type { TypeProblem } from './typed-value.js';

/**
 * Checks that a value fits its type: forms, declared fields, items that can be told apart.
 * @param options.allowDuplicates what is stored may hold equal items, what is applied may not
 * @throws TypeMismatch with all problems
 */
export function checkTypes(value: unknown, type: FieldType, options: { readonly allowDuplicates: boolean }): void {
  const problems: TypeProblem[] = [];
  new Checker(options.allowDuplicates, problems).check(value, type);
  if (problems.length > 0) throw new TypeMismatch(problems);
}

class Checker {
  /** Where the walk is; written out only for problems. */
  readonly #path: PathElement[] = [];

  constructor(private readonly allowDuplicates: boolean, private readonly problems: TypeProblem[]) {}

  check(value: unknown, type: FieldType): void {
    visit(formOf(type.atom, value), {
      map: (map) => this.#checkMap(value, map),
      scalar: (scalar) => {
        const message = scalarProblem(scalar, value);
        if (message !== undefined) this.#report(message);
      },
      list: (list) => this.#checkList(value, list),
    });
  }

  #checkMap(value: unknown, map: MapType): void {
    if (value === null) return;
    if (!isFields(value)) {
      this.#report(`expected map, got &{${goText(value)}}`);
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const type = fieldType(map, name);
      this.#path.push(fieldElement(name));
      if (type === undefined) this.#report('field not declared in schema');
      else this.check(item, type);
      this.#path.pop();
      if (type === undefined) return;
    }
  }

  #checkList(value: unknown, list: ListType): void {
    if (value === null) return;
    if (!Array.isArray(value)) {
      this.#report(`expected list, got &{${goText(value)}}`);
      return;
    }
    const seen = new Set<PathElement>();
    for (const [index, item] of value.entries()) {
      let element: PathElement = `i:${index}`;
      if (!list.atomic) {
        try {
          element = itemElement(list, item);
        } catch (error) {
          this.#report(`element ${index}: ${(error as Error).message}`);
          return;
        }
        if (seen.has(element) && !this.allowDuplicates) this.#report(`duplicate entries for key ${formatElement(element)}`);
        seen.add(element);
      }
      this.#path.push(element);
      this.check(item, list.element);
      this.#path.pop();
    }
  }

  #report(message: string): void {
    this.problems.push({ path: formatPath(this.#path), message });
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
