import { CelEvaluationError, type Value } from '@kubewright/cel';

import type { CompiledExpression } from '../../expressions/compiled-expression.js';
import type { Activation } from './activation.js';

/** What all expressions of a binding of a policy may spend for a request. */
export const POLICY_BUDGET = 10_000_000;
/** What all conditions of a webhook or a policy may spend for a request. */
export const CONDITIONS_BUDGET = 2_500_000;

/** What an expression has come to. */
export type Outcome = { readonly value: Value; readonly error?: undefined } | { readonly value?: undefined; readonly error: string };

/** Expressions together have spent more than they may. */
export class BudgetExhausted extends Error {
  override readonly name = 'BudgetExhausted';

  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/** Runs expressions one after the other within one budget. */
export class Evaluator {
  #remaining: number;

  constructor(private readonly activation: Activation, budget: number) {
    this.#remaining = budget;
  }

  /** What may still be spent. */
  get remaining(): number {
    return this.#remaining;
  }

  /** @throws BudgetExhausted */
  run({ expression, program, problem = '' }: CompiledExpression): Outcome {
    if (!program) return { error: `compilation error: ${problem}` };
    try {
      const { value, cost } = program.evaluate(this.activation.resolve);
      this.#spend(cost);
      return { value };
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      this.#spend(error.cost);
      return { error: `expression '${expression}' resulted in error: ${error.message}` };
    }
  }

  #spend(cost: number): void {
    this.#remaining -= cost + this.activation.takeCost();
    if (this.#remaining < 0) throw new BudgetExhausted();
  }
}
