import { readFileSync } from 'node:fs';

import type { JSONSchemaProps } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import { schemaType } from '../check/schema-type.js';
import { ruleEnvironment } from '../library/kubernetes.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { compile, explain, type Program } from './program.js';
import { fromSchema } from './schema-value.js';

/** What kube-apiserver 1.36 says to an expression about the object of the file, as both `self` and `oldSelf`. */
interface Recorded {
  readonly rule: string;
  /** What is wrong with it when it is compiled. */
  readonly error?: string;
  /** The static estimate. */
  readonly maxCost?: string;
  /** What running it has cost. */
  readonly cost?: number;
  readonly value?: boolean;
  readonly fails?: string;
}

const { schema, object, expressions } = JSON.parse(readFileSync(new URL('../../test-data/expressions.json', import.meta.url), 'utf8')) as {
  schema: JSONSchemaProps; object: unknown; expressions: readonly Recorded[];
};
const type = schemaType(schema, false)!;
const environment = ruleEnvironment(type);

describe('expressions that a real server was asked', () => {
  it.each(expressions.filter(({ error }) => error !== undefined))('refuses $rule with the same words', ({ rule, error }) => {
    const compiled = compile(rule, environment);
    const problem = compiled.errors ? `${compiled.failure === undefined ? 'compilation failed' : 'program instantiation failed'}: ${explain(rule, compiled)}` : 'cel expression must evaluate to a bool';
    expect(problem).toBe(error);
    if (compiled.program) expect(compiled.program.type.kind).not.toBe('bool');
  });

  it.each(expressions.filter(({ error }) => error === undefined))('runs $rule', ({ rule, maxCost, cost, value, fails }) => {
    const { program } = compile(rule, environment) as { program: Program };
    const limit = program.estimateCost().max;
    // The recording went through floating point: larger numbers are not exact.
    if (limit < 2n ** 53n) expect(String(limit)).toBe(maxCost);
    else expect(Number(maxCost)).toBeGreaterThanOrEqual(2 ** 53);
    expect(run(program)).toEqual(value === undefined ? { message: fails, cost } : { value, cost });
  });
});

function run(program: Program): unknown {
  const self = fromSchema(object, type);
  try {
    return program.evaluate({ self, oldSelf: self });
  } catch (error) {
    if (!(error instanceof CelEvaluationError)) throw error;
    const isOverload = error.message.startsWith('no such overload');
    const about = isOverload ? `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ` : `${error.message} evaluating rule: `;
    return { message: `${about}${program.expression.trim()}`, cost: error.cost };
  }
}
