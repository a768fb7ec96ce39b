import type { FieldError } from '../status/field-error.js';

import { NO_FIELD, childPath, fieldInvalid, fieldNotSupported, fieldRequired, fieldTooLong, fieldTooMany, fieldTypeInvalid } from './field-errors.js';
import { goJson, goQuote } from './go-text.js';

/** One broken constraint. `text` is what the validator says, and what tells two problems apart. */
export interface Problem {
  readonly text: string;
  toFieldError(base: string): FieldError;
}

/**
 * Problems of one value, and how many checks it went through: of several alternatives that fail (anyOf, oneOf), the one that matched most is
 * reported.
 */
export class ValidationResult {
  readonly problems: Problem[] = [];
  matches = 0;

  get isValid(): boolean {
    return this.problems.length === 0;
  }

  add(...problems: Problem[]): this {
    for (const problem of problems) {
      if (!this.problems.some((known) => known.text === problem.text)) this.problems.push(problem);
    }
    return this;
  }

  merge(other: ValidationResult): this {
    this.matches += other.matches;
    return this.add(...other.problems);
  }
}

/** A problem that names no field: it goes to the object (or to whatever `base` is). */
export function plainProblem(text: string): Problem {
  return { text, toFieldError: (base) => fieldInvalid(base === '' ? NO_FIELD : base, '', text) };
}

export function typeProblem(path: string, expected: string, actual: string): Problem {
  const text = `${path} in body must be of type ${expected}: ${goQuote(actual)}`;
  return { text, toFieldError: (base) => fieldTypeInvalid(at(base, path), actual, text) };
}

export function requiredProblem(path: string): Problem {
  return { text: `${path} in body is required`, toFieldError: (base) => fieldRequired(at(base, path)) };
}

export function enumProblem(path: string, value: unknown, values: readonly unknown[]): Problem {
  const shown = values.map((item) => (typeof item === 'string' ? item : goJson(item)));
  return { text: `${path} in body should be one of [${shown.join(' ')}]`, toFieldError: (base) => fieldNotSupported(at(base, path), value ?? null, shown) };
}

export function tooLongProblem(path: string, max: number): Problem {
  return { text: `${path} in body should be at most ${max} chars long`, toFieldError: (base) => fieldTooLong(at(base, path), max) };
}

export function tooManyProblem(path: string, what: 'items' | 'properties', actual: number, max: number): Problem {
  return { text: `${path} in body should have at most ${max} ${what}`, toFieldError: (base) => fieldTooMany(at(base, path), actual, max) };
}

/** Any other constraint: `text` is the whole sentence, `value` what is shown as invalid. */
export function valueProblem(path: string, value: unknown, text: string): Problem {
  return { text, toFieldError: (base) => fieldInvalid(at(base, path), value, text) };
}

function at(base: string, path: string): string {
  const trimmed = path.startsWith('.') ? path.slice(1) : path;
  return trimmed === '' ? (base === '' ? NO_FIELD : base) : childPath(base, trimmed);
}
