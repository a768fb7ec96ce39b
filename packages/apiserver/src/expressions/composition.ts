import { DYN, objectOf, withVariables, type Environment, type Field, type Type } from '@kubewright/cel';

import { admissionEnvironment, type Declared } from './admission-environment.js';
import { compileExpression, type CompiledExpression } from './compiled-expression.js';

/** Compiles the expressions of one policy: each of its variables may be used by those behind it, as `variables.name`. */
export class Composition {
  /** By name; of several with one name the last counts. */
  readonly variables = new Map<string, CompiledExpression>();
  readonly #fields = new Map<string, Field>();
  readonly #type: Type = objectOf('kubernetes.variables', this.#fields);
  readonly #environments = new Map<string, Environment>();

  /** @param types more precise types of variables, such as that of `object` */
  constructor(private readonly hasParams: boolean, private readonly hasVariables: boolean, private readonly types: Readonly<Record<string, Type>> = {}) {}

  addVariable(name: string, expression: string): CompiledExpression {
    const compiled = this.compile(expression, undefined);
    this.#fields.set(name, { name, type: knownType(compiled.type) });
    this.variables.set(name, compiled);
    return compiled;
  }

  compile(expression: string, wanted: readonly string[] | undefined, { authorizer = true, patches = false }: Omit<Declared, 'params'> = {}): CompiledExpression {
    return compileExpression(expression, this.environment({ authorizer, patches }), wanted);
  }

  /** What an expression may use that stands behind the variables added so far. */
  environment({ authorizer = true, patches = false }: Omit<Declared, 'params'> = {}): Environment {
    const key = `${authorizer}${patches}`;
    let environment = this.#environments.get(key);
    if (!environment) {
      const base = admissionEnvironment({ params: this.hasParams, authorizer, patches });
      environment = withVariables(base, { ...this.types, ...(this.hasVariables && { variables: this.#type }) });
      this.#environments.set(key, environment);
    }
    return environment;
  }
}

const KNOWN: ReadonlySet<string> = new Set(['bool', 'bytes', 'double', 'duration', 'int', 'null', 'string', 'timestamp', 'uint']);

/** What is remembered of a variable's type: nothing of objects and of types that libraries bring. */
function knownType(type: Type): Type {
  if (type.kind === 'list' || type.kind === 'map') return { ...type, parameters: type.parameters.map(knownType) };
  return KNOWN.has(type.kind) ? type : DYN;
}
