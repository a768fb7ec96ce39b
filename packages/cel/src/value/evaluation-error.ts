/** An expression that has no value: `no such key: a`, `division by zero`. */
export class CelEvaluationError extends Error {
  override readonly name: string = 'CelEvaluationError';
  /** What was spent until then. Set by whoever runs the program. */
  cost = 0;

  constructor(message: string) {
    super(message);
  }
}

/** An expression that spent more than it was allowed. Nothing in the expression can catch it. */
export class CelBudgetError extends CelEvaluationError {
  override readonly name = 'CelBudgetError';

  constructor(cost: number) {
    super('operation cancelled: actual cost limit exceeded');
    this.cost = cost;
  }
}

export function noSuchOverload(): CelEvaluationError {
  return new CelEvaluationError('no such overload');
}
