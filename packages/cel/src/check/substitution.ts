import { DYN, param, sameType, type Type } from './type.js';

/** What is known about type parameters while an expression is checked. */
export class Substitution {
  #known: Map<string, Type> = new Map();
  #fresh = 0;

  newVariable(): Type {
    return param(`_var${this.#fresh++}`);
  }

  /** The types of an overload with variables of their own in place of its parameters. */
  instantiate(types: readonly Type[]): Type[] {
    const names = new Map<string, Type>();
    const visit = (type: Type): Type => {
      if (type.kind === 'param') {
        let variable = names.get(type.name);
        if (variable === undefined) names.set(type.name, variable = this.newVariable());
        return variable;
      }
      return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(visit) };
    };
    return types.map(visit);
  }

  /** Whether values of the types `given` may stand where `wanted` are asked for; if so, what that says about parameters is kept. */
  assign(wanted: readonly Type[], given: readonly Type[]): boolean {
    if (wanted.length !== given.length) return false;
    const before = new Map(this.#known);
    if (wanted.every((type, index) => this.#isAssignable(type, given[index]!))) return true;
    this.#known = before;
    return false;
  }

  /** A type with everything known filled in; parameters that stay open are dyn where `closed` is asked for. */
  apply(type: Type, closed: boolean): Type {
    const known = type.kind === 'param' ? this.#known.get(type.name) : undefined;
    if (known !== undefined) return this.apply(known, closed);
    if (type.kind === 'param') return closed ? DYN : type;
    return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map((parameter) => this.apply(parameter, closed)) };
  }

  #isAssignable(wanted: Type, given: Type): boolean {
    if (given.kind === 'param') {
      const { valid, wasKnown } = this.#bind(wanted, given);
      if (valid || wasKnown) return valid;
    }
    if (wanted.kind === 'param') return this.#bind(given, wanted).valid;
    if (isOpen(wanted) || isOpen(given)) return true;
    if (wanted.kind === 'null') return isNullable(given);
    if (given.kind === 'null') return isNullable(wanted);
    if (wanted.kind === 'type') return given.kind === 'type';
    return wanted.kind === given.kind && wanted.name === given.name && wanted.parameters.length === given.parameters.length
      && wanted.parameters.every((parameter, index) => this.#isAssignable(parameter, given.parameters[index]!));
  }

  #bind(type: Type, variable: Type): { valid: boolean; wasKnown: boolean } {
    if (sameType(type, variable)) return { valid: true, wasKnown: true };
    const known = this.#known.get(variable.name);
    if (known !== undefined) {
      if (sameType(type, known)) return { valid: true, wasKnown: true };
      if (!this.#isAssignable(type, known)) return { valid: false, wasKnown: true };
      const general = mostGeneral(type, known);
      if (!this.#mentions(general, variable)) this.#known.set(variable.name, general);
      return { valid: true, wasKnown: true };
    }
    if (this.#mentions(type, variable)) return { valid: false, wasKnown: false };
    this.#known.set(variable.name, type);
    return { valid: true, wasKnown: false };
  }

  #mentions(type: Type, variable: Type): boolean {
    if (type.kind === 'param') {
      if (type.name === variable.name) return true;
      const known = this.#known.get(type.name);
      return known !== undefined && this.#mentions(known, variable);
    }
    return type.parameters.some((parameter) => this.#mentions(parameter, variable));
  }
}

export function isOpen(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

export function mostGeneral(a: Type, b: Type): Type {
  return isEqualOrLessSpecific(a, b) ? a : b;
}

function isEqualOrLessSpecific(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind || a.name !== b.name) return false;
  return a.kind === 'type' || (a.parameters.length === b.parameters.length && a.parameters.every((parameter, index) => isEqualOrLessSpecific(parameter, b.parameters[index]!)));
}

/** What may be null, as far as a checker can tell. */
function isNullable({ kind }: Type): boolean {
  return kind === 'null' || kind === 'timestamp' || kind === 'duration' || kind === 'object' || kind === 'opaque';
}
