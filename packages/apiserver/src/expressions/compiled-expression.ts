import { compile, DYN, explain, typeName, type Environment, type Program, type Type } from '@kubewright/cel';

/** An expression that can be run, or what is wrong with it. */
export interface CompiledExpression {
  readonly expression: string;
  readonly program: Program | undefined;
  /** In the words of the real server; undefined where there is a program. */
  readonly problem: string | undefined;
  /** Of its values; dyn where it could not be compiled. */
  readonly type: Type;
}

/** @param wanted types of which its values must have one; any when undefined */
export function compileExpression(expression: string, environment: Environment, wanted?: readonly string[]): CompiledExpression {
  const compiled = compile(expression, environment);
  if (!compiled.program) {
    const stage = compiled.failure === undefined ? 'compilation failed' : 'program instantiation failed';
    return { expression, program: undefined, problem: `${stage}: ${explain(expression, compiled)}`, type: DYN };
  }
  const { program } = compiled;
  const { type } = program;
  const name = typeName(type);
  if (wanted === undefined || wanted.includes(name)) return { expression, program, problem: undefined, type };
  const expected = wanted.length === 1 ? wanted[0] : `one of [${wanted.join(' ')}]`;
  return { expression, program: undefined, problem: `must evaluate to ${expected} but got ${name}`, type };
}

/** The condition of a webhook or of a policy, which may not use the policy's variables. */
export const BOOL: readonly string[] = ['bool'];
