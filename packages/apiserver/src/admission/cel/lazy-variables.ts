import { CelEvaluationError, MapValue, type Value } from '@kubewright/cel';

import type { CompiledExpression } from '../../expressions/compiled-expression.js';

/** The variables of a policy: each is computed when it is first read, and then known, as is why it could not be computed. */
export class LazyVariables extends MapValue {
  readonly #known = new Map<string, Value | CelEvaluationError>();

  /** @param spend told what computing a variable has cost */
  constructor(
    private readonly variables: ReadonlyMap<string, CompiledExpression>, private readonly resolve: (name: string) => Value | undefined, private readonly spend: (cost: number) => void,
  ) {
    super();
  }

  get size(): number {
    return this.variables.size;
  }

  keys(): Iterable<string> {
    return this.variables.keys();
  }

  find(key: Value): Value | undefined {
    const variable = typeof key === 'string' ? this.variables.get(key) : undefined;
    if (!variable) return undefined;
    const name = key as string;
    let value = this.#known.get(name);
    if (value === undefined) this.#known.set(name, (value = this.#compute(name, variable)));
    if (value instanceof CelEvaluationError) throw value;
    return value;
  }

  #compute(name: string, { program, problem = '' }: CompiledExpression): Value | CelEvaluationError {
    if (!program) return new CelEvaluationError(`composited variable "${name}" fails to compile: ${problem}`);
    try {
      const { value, cost } = program.evaluate(this.resolve);
      this.spend(cost);
      return value;
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      this.spend(error.cost);
      return new CelEvaluationError(`composited variable "${name}" fails to evaluate: ${error.message}`);
    }
  }
}
