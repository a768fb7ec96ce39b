import { check, type Checked } from '../check/checker.js';
import type { Environment } from '../check/environment.js';
import { checkLiterals } from '../check/literal-checks.js';
import type { SchemaType } from '../check/schema-type.js';
import type { Type } from '../check/type.js';
import type { Range } from '../cost/estimate.js';
import { staticCost } from '../cost/static-cost.js';
import { parse } from '../parse/parser.js';
import { Source, formatErrors, type CompileError } from '../parse/source.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import type { Value } from '../value/value.js';
import { Frame, type Step } from './frame.js';
import { plan } from './planner.js';

/** The most that one evaluation may spend in Kubernetes. */
export const CALL_BUDGET = 1_000_000;

/** A program, or every problem that the expression has. `failure` is set where the expression is right, but a part of it fails whatever the variables are. */
export type CompileResult =
  | { readonly program: Program; readonly errors?: undefined; readonly failure?: undefined }
  | { readonly program?: undefined; readonly errors: readonly CompileError[]; readonly failure?: string };

/** Variables by name, as values or by a function that finds them when they are asked for. */
export type Variables = Readonly<Record<string, Value>> | ((name: string) => Value | undefined);

/**
 * Compiles an expression.
 * @example
 * const { program } = compile('self.size() > 1', EXTENDED_ENVIRONMENT);
 */
export function compile(expression: string, environment: Environment): CompileResult {
  const parsed = parse(expression, environment.macros);
  if ('errors' in parsed) return parsed;
  const source = new Source(expression);
  const checked = check(parsed.expr, environment, source);
  if ('errors' in checked) return checked;
  const errors = checkLiterals(checked, source);
  if (errors.length > 0) return { errors };
  try {
    return { program: new Program(expression, checked, environment) };
  } catch (error) {
    if (!(error instanceof CelEvaluationError)) throw error;
    return { errors: [{ message: error.message, line: 0, column: 0 }], failure: error.message };
  }
}

/** What compiling an expression says to whoever wrote it; undefined where nothing is wrong. */
export function explain(expression: string, { errors, failure }: CompileResult): string | undefined {
  return failure ?? (errors && formatErrors(expression, errors));
}

/** A compiled expression. It keeps nothing between runs. */
export class Program {
  readonly #step: Step;

  constructor(readonly expression: string, private readonly checked: Checked, private readonly environment: Environment) {
    this.#step = plan(checked, environment);
  }

  /** The type of its value. */
  get type(): Type {
    return this.checked.type;
  }

  /** Whether it reads a variable. */
  uses(variable: string): boolean {
    return this.checked.references.has(variable);
  }

  /**
   * Runs the program.
   * @throws CelEvaluationError where it has no value; its `cost` says what was spent
   * @throws CelBudgetError where `budget` (default {@link CALL_BUDGET}) is not enough
   */
  evaluate(variables: Variables, options: { readonly budget?: number } = {}): { readonly value: Value; readonly cost: number } {
    const frame = new Frame(typeof variables === 'function' ? variables : (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined), options.budget ?? CALL_BUDGET);
    try {
      return { value: this.#step(frame), cost: frame.cost };
    } catch (error) {
      if (error instanceof CelEvaluationError) error.cost = frame.cost;
      throw error;
    }
  }

  /** What a run costs at least and at most, by the sizes of `schema` (default: of the environment). */
  estimateCost(schema: SchemaType | undefined = this.environment.schema): Range {
    return staticCost(this.checked, schema);
  }
}
