import { goFloat, goNumber } from './go-text.js';
import type { JSONSchemaProps } from './json-schema.js';
import { kindOf } from './value-kind.js';
import { ValidationResult, plainProblem, valueProblem, type Problem } from './validation-result.js';

/** minimum, maximum and multipleOf of a number, and the range of its format, as Go's validator checks them. */
export function validateNumber(value: number | bigint, node: JSONSchemaProps, types: readonly string[], format: string | undefined, path: string): ValidationResult {
  const type = types.length === 1 ? types[0] : undefined;
  const range = (checked: number | bigint, prefix: string): Problem[] => rangeProblem(checked, type, format, prefix, path);
  const result = new ValidationResult().add(...range(value, 'Checked'));
  const isInteger = kindOf(value) === 'integer';
  // An integer is held against a whole number, as far as the constraint is one that its type can hold.
  const boundOf = (bound: number, wrong: readonly Problem[]): number => (wrong.length === 0 && isInteger ? Math.trunc(bound) : bound);
  const shown = (wrong: readonly Problem[]): ((bound: number) => string) => (wrong.length === 0 && isInteger ? goNumber : goFloat);

  if (node.multipleOf !== undefined) {
    const wrong = range(node.multipleOf, 'MultipleOf');
    result.add(...wrong, ...multipleOf(value, boundOf(node.multipleOf, wrong), shown(wrong), path));
  }
  if (node.minimum !== undefined) {
    const wrong = range(node.minimum, 'Minimum boundary');
    const bound = boundOf(node.minimum, wrong);
    const broken = node.exclusiveMinimum === true ? value <= bound : value < bound;
    result.add(...wrong, ...(broken ? [bounds(path, value, node.exclusiveMinimum === true ? 'greater than' : 'greater than or equal to', shown(wrong)(bound))] : []));
  }
  if (node.maximum !== undefined) {
    const wrong = range(node.maximum, 'Maximum boundary');
    const bound = boundOf(node.maximum, wrong);
    const broken = node.exclusiveMaximum === true ? value >= bound : value > bound;
    result.add(...wrong, ...(broken ? [bounds(path, value, node.exclusiveMaximum === true ? 'less than' : 'less than or equal to', shown(wrong)(bound))] : []));
  }
  result.matches++;
  return result;
}

function bounds(path: string, value: number | bigint, relation: string, bound: string): Problem {
  return valueProblem(path, value, `${path} in body should be ${relation} ${bound}`);
}

function multipleOf(value: number | bigint, factor: number, shown: (factor: number) => string, path: string): Problem[] {
  if (factor <= 0) return [valueProblem(path, factor, `factor MultipleOf declared for ${path} must be positive: ${shown(factor)}`)];
  if (isMultiple(value, factor)) return [];
  return [valueProblem(path, value, `${path} in body should be a multiple of ${shown(factor)}`)];
}

function isMultiple(value: number | bigint, factor: number): boolean {
  if (Number.isInteger(factor) && kindOf(value) === 'integer') return BigInt(value) % BigInt(factor) === 0n;
  const quotient = factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor;
  return isWhole(quotient);
}

/** Whole, or a little above it by the error that a division of floating-point numbers makes. */
function isWhole(value: number): boolean {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return false;
  const whole = Math.trunc(value);
  if (value === whole) return true;
  return whole !== 0 && Math.abs(value - whole) / (Math.abs(value) + Math.abs(whole)) < 1e-9;
}

const INT32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const MAX_FLOAT32 = 3.4028235677973366e38;

function rangeProblem(value: number | bigint, type: string | undefined, format: string | undefined, prefix: string, path: string): Problem[] {
  let fits = true;
  if (type === 'integer') fits = kindOf(value) === 'integer' && (format !== 'int32' || (value >= INT32[0] && value <= INT32[1]));
  else if (format === 'float' && type === 'number') fits = Math.abs(Number(value)) < MAX_FLOAT32;
  if (fits) return [];
  const named = format === undefined ? '(default format)' : `with format ${format}`;
  return [plainProblem(`${prefix} value must be of type ${type} ${named} in ${path}`)];
}
