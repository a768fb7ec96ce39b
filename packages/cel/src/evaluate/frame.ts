import { CelBudgetError, CelEvaluationError } from '../value/evaluation-error.js';
import type { Value } from '../value/value.js';

/** One run of a program: its variables and what it has spent. */
export class Frame {
  cost = 0;
  /** Values of loop variables and accumulators. An accumulator may hold an error, which `all` and `exists` forget when they can. */
  readonly slots: (Value | CelEvaluationError | undefined)[] = [];

  constructor(readonly resolve: (name: string) => Value | undefined, private readonly limit: number) {}

  /** @throws CelBudgetError */
  spend(cost: number): void {
    this.cost += cost;
    if (this.cost > this.limit) throw new CelBudgetError(this.cost);
  }
}

/** Computes one node. @throws CelEvaluationError */
export type Step = (frame: Frame) => Value;

/** The result of a step, or its error; running out of budget is not caught. */
export function attempt(step: Step, frame: Frame): Value | CelEvaluationError {
  try {
    return step(frame);
  } catch (error) {
    if (error instanceof CelEvaluationError && !(error instanceof CelBudgetError)) return error;
    throw error;
  }
}
