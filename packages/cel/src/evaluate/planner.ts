/**
 * @module evaluate: runs checked expressions. planner.ts turns a tree into functions that call each other, program.ts runs them within a budget,
 * schema-value.ts shows JSON through its schema, dispatch.ts finds the meaning of calls whose types are known only now.
 */
import { compilePattern } from '@kubewright/api';

import type { Checked } from '../check/checker.js';
import type { Environment, Overload } from '../check/environment.js';
import { isOpen } from '../check/substitution.js';
import { typeName, type Type } from '../check/type.js';
import { actualCost } from '../cost/actual-cost.js';
import { UintConstant, qualifiedName, type Call, type Constant, type Expr, type Ident, type ListExpr, type MapExpr, type Select, type StructExpr } from '../parse/ast.js';
import { CelBudgetError, CelEvaluationError, noSuchOverload } from '../value/evaluation-error.js';
import { ArrayList, EntryMap, ListValue, OptionalValue, TypeValue, Uint, nameOfType, type Value } from '../value/value.js';
import { access, accessOptionally, isPresent } from './access.js';
import { dispatch } from './dispatch.js';
import { attempt, type Frame, type Step } from './frame.js';
import { planLoop } from './loop.js';

/** What reading a variable, a field or an item costs. What costs are for is told in ../cost; here they are those of one interpreter, to the unit. */
const READ = 1;
const NEW_LIST = 10;
const NEW_MAP = 30;
const NEW_STRUCT = 40;

export function plan(checked: Checked, environment: Environment): Step {
  return new Planner(checked, environment).plan(checked.expr);
}

/** The value of a step that is the same in every run. Such steps cost nothing. */
const constants = new WeakMap<Step, { readonly value: Value }>();

class Planner {
  /** Names of local variables; their place is their slot. */
  readonly scope: string[] = [];

  constructor(private readonly checked: Checked, private readonly environment: Environment) {}

  /** @param isFree the variable from which the value is read costs nothing, as where it is a branch of `?:` or an index */
  plan(expr: Expr, isFree = false): Step {
    switch (expr.kind) {
      case 'literal': return constant(toValue(expr.value));
      case 'ident': return this.#name(expr, isFree ? 0 : READ);
      case 'select': return this.#select(expr, isFree);
      case 'call': return this.#call(expr, isFree);
      case 'list': return this.#list(expr);
      case 'map': return this.#map(expr);
      case 'struct': return this.#struct(expr);
      case 'comprehension': return planLoop(expr, this);
    }
  }

  #name(expr: Ident, cost: number): Step {
    const { name: written } = expr;
    const slot = this.scope.lastIndexOf(written);
    if (slot >= 0) {
      return (frame) => {
        const value = frame.slots[slot];
        frame.spend(cost);
        if (value instanceof CelEvaluationError) throw value;
        return value!;
      };
    }
    const named = this.checked.typeNamed(expr);
    return named !== undefined ? constant(new TypeValue(valueTypeName(named))) : variable(written.replace(/^\./, ''), cost);
  }

  #select(expr: Select, isFree: boolean): Step {
    const named = this.checked.typeNamed(expr);
    if (named !== undefined) return constant(new TypeValue(valueTypeName(named)));
    const { field, testOnly } = expr;
    // Names of variables may have dots: `authorizer.requestResource`.
    const path = testOnly ? undefined : qualifiedName(expr)?.replace(/^\./, '');
    if (path !== undefined && this.environment.variables.has(path) && !this.scope.includes(path.split('.', 1)[0]!)) return variable(path, isFree ? 0 : READ);
    const operand = this.plan(expr.operand, isFree);
    if (testOnly) return (frame) => isPresent(operand(frame), field);
    const cost = accessCost(expr.operand);
    return (frame) => {
      const target = operand(frame);
      frame.spend(cost);
      return access(target, field);
    };
  }

  #call(expr: Call, isFree: boolean): Step {
    const [a, b, c] = expr.args as [Expr, Expr, Expr];
    switch (expr.name) {
      case '_&&_': return logical(this.plan(a), this.plan(b), false);
      case '_||_': return logical(this.plan(a), this.plan(b), true);
      case '_?_:_': return conditional(this.plan(a), this.plan(b, isRead(b)), this.plan(c, isRead(c)));
      case '@not_strictly_false': return notStrictlyFalse(this.plan(a));
      case '_[_]': return reading(this.plan(a, isFree), this.plan(b, isRead(b)), accessCost(a));
      case '_?._':
      case '_[?_]': return readingOptionally(this.plan(a, isFree), this.plan(b, isRead(b)), accessCost(a));
      case 'orValue':
      case 'or': return orElse(this.plan(expr.target!), this.plan(a), expr.name === 'orValue');
      default: return this.#function(expr);
    }
  }

  #function(expr: Call): Step {
    const name = this.checked.functionOf(expr);
    const overloads = this.checked.overloadsOf(expr);
    const operands = expr.target !== undefined && name === expr.name ? [expr.target, ...expr.args] : expr.args;
    const args = operands.map((operand) => this.plan(operand));
    const isKnown = overloads.length === 1 && operands.every((operand) => !isUncertain(this.checked.typeOf(operand)));
    const only = isKnown ? overloads[0]! : undefined;
    if (args.length === 1 && CONVERSIONS.has(name)) {
      const folded = foldConversion(name, overloads, args[0]!);
      if (folded !== undefined) return folded;
    }
    if (name === 'find' || name === 'findAll') checkPattern(constants.get(args[1]!)?.value);
    // Looking something up in a constant list is free.
    const isMembership = name === '@in' && constants.get(args[1]!)?.value instanceof ListValue;
    return (frame) => {
      const values = evaluateAll(args, frame, (given) => actualCost(name, only ?? overloads[0]!, given, null));
      // A nullable item of a list or map may be null whatever its type says.
      let found: Overload | undefined = values.includes(null) ? undefined : only;
      try {
        found ??= dispatch(name, overloads, values);
        const result = (found.call as (...values: Value[]) => Value)(...values);
        if (!isMembership) frame.spend(actualCost(name, found, values, result));
        return result;
      } catch (error) {
        if (error instanceof CelEvaluationError && !(error instanceof CelBudgetError)) frame.spend(found ? actualCost(name, found, values, null) : 1);
        throw error;
      }
    };
  }

  #list({ elements, optional }: ListExpr): Step {
    const steps = elements.map((element) => this.plan(element));
    const items = optional.size === 0 ? steps.map((step) => constants.get(step)) : [undefined];
    if (items.every((item) => item !== undefined)) return constant(new ArrayList(items.map((item) => item.value)));
    return (frame) => {
      const values: Value[] = [];
      steps.forEach((step, index) => {
        const value = step(frame);
        if (!optional.has(index)) values.push(value);
        else if (!(value instanceof OptionalValue)) throw new CelEvaluationError(`cannot initialize optional list element from non-optional value ${nameOfType(value)}`);
        else if (value.value !== undefined) values.push(value.value);
      });
      frame.spend(NEW_LIST);
      return new ArrayList(values);
    };
  }

  #map({ entries }: MapExpr): Step {
    const steps = entries.map(({ key, value, optional }) => ({ key: this.plan(key), value: this.plan(value), optional }));
    const build: Step = (frame) => {
      const pairs: [Value, Value][] = [];
      for (const { key, value, optional } of steps) {
        const [name, given] = [key(frame), value(frame)];
        const entry = optional && given instanceof OptionalValue ? given.value : given;
        if (entry === undefined) continue;
        pairs.push([name, entry]);
      }
      frame.spend(NEW_MAP);
      return EntryMap.of(pairs);
    };
    const isConstant = steps.every(({ key, value, optional }) => !optional && constants.has(key) && constants.has(value));
    const pairs = isConstant ? steps.map(({ key, value }): [Value, Value] => [constants.get(key)!.value, constants.get(value)!.value]) : [];
    return isConstant ? constant(EntryMap.of(pairs)) : build;
  }

  #struct({ type, fields }: StructExpr): Step {
    const struct = this.environment.types.get(type.replace(/^\./, ''))!;
    const steps = fields.map(({ name, value, optional }) => ({ name, value: this.plan(value), optional }));
    return (frame) => {
      const values = new Map<string, Value>();
      for (const { name, value, optional } of steps) {
        const given = value(frame);
        const entry = optional && given instanceof OptionalValue ? given.value : given;
        if (entry !== undefined) values.set(name, entry);
      }
      frame.spend(NEW_STRUCT);
      return struct.create(values);
    };
  }
}

function variable(name: string, cost: number): Step {
  return (frame) => {
    frame.spend(cost);
    const value = frame.resolve(name);
    if (value === undefined) throw new CelEvaluationError(`no such attribute(s): ${name}`);
    return value;
  };
}

function constant(value: Value): Step {
  const step: Step = () => value;
  constants.set(step, { value });
  return step;
}

function toValue(value: Constant): Value {
  return value instanceof UintConstant ? new Uint(value.value) : value;
}

/** Errors of one side do not matter where the other decides. */
function logical(left: Step, right: Step, deciding: boolean): Step {
  return (frame) => {
    const first = attempt(left, frame);
    if (first === deciding) return deciding;
    const second = attempt(right, frame);
    if (second === deciding) return deciding;
    if (first instanceof CelEvaluationError) throw first;
    if (typeof first !== 'boolean') throw noSuchOverload();
    if (second instanceof CelEvaluationError) throw second;
    if (typeof second !== 'boolean') throw noSuchOverload();
    return !deciding;
  };
}

function toBool(value: Value): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

/** What is read from a variable by fields and indexes, for which reading is counted once and each step once more. */
function isRead(expr: Expr): boolean {
  return expr.kind === 'ident' || (expr.kind === 'select' && !expr.testOnly) || (expr.kind === 'call' && /^_(?:\[\??_\]|\?\._|\?_:_)$/.test(expr.name));
}

/** A step into what a call or a literal gives counts twice. */
function accessCost(target: Expr): number {
  return isRead(target) ? READ : 2 * READ;
}

function reading(target: Step, key: Step, cost: number): Step {
  return (frame) => {
    const [from, by] = [target(frame), key(frame)];
    frame.spend(cost);
    return access(from, by);
  };
}

/** What is not there costs nothing. */
function readingOptionally(target: Step, key: Step, cost: number): Step {
  return (frame) => {
    const found = accessOptionally(target(frame), key(frame));
    frame.spend(found.value === undefined ? cost - READ : cost);
    return found;
  };
}

function conditional(condition: Step, whenTrue: Step, whenFalse: Step): Step {
  return (frame) => (toBool(condition(frame)) ? whenTrue(frame) : whenFalse(frame));
}

function notStrictlyFalse(operand: Step): Step {
  return (frame) => {
    const value = attempt(operand, frame);
    frame.spend(1);
    return value !== false;
  };
}

/** Arguments that fail do not keep the other one from being computed; what fails first is told. `costOf` counts failed ones as scalars. */
function evaluateAll(args: readonly Step[], frame: Frame, costOf: (values: readonly Value[]) => number): Value[] {
  const values: Value[] = [];
  for (const argument of args) {
    try {
      values.push(argument(frame));
    } catch (error) {
      if (!(error instanceof CelEvaluationError) || error instanceof CelBudgetError || args.length > 2) throw error;
      const rest = args.slice(values.length + 1).map((step) => attempt(step, frame));
      frame.spend(costOf([...values, null, ...rest.map((value) => (value instanceof CelEvaluationError ? null : value))]));
      throw error;
    }
  }
  return values;
}

/** `a.orValue(b)`, and `a.or(b)` between optionals: b is not computed where a has a value. */
function orElse(optional: Step, fallback: Step, unwraps: boolean): Step {
  return (frame: Frame) => {
    const value = optional(frame);
    if (!(value instanceof OptionalValue)) throw noSuchOverload();
    if (value.value !== undefined) return unwraps ? value.value : value;
    return fallback(frame);
  };
}

/** Whether values may turn out to be of another type than is declared. */
function isUncertain(type: Type): boolean {
  return isOpen(type) || type.kind === 'null' || type.parameters.some(isUncertain);
}

function valueTypeName(type: Type): string {
  return type.kind === 'null' || type.parameters.length === 0 ? typeName(type) : type.name;
}

const CONVERSIONS: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'string', 'bytes', 'bool', 'duration', 'timestamp', 'dyn', 'type']);

/** Conversions of constants are done once. @throws CelEvaluationError where that fails: such a program is not worth running */
function foldConversion(name: string, overloads: readonly Overload[], argument: Step): Step | undefined {
  const given = constants.get(argument);
  return given && constant((dispatch(name, overloads, [given.value]).call as (value: Value) => Value)(given.value));
}

function checkPattern(pattern: Value | undefined): void {
  const compiled = typeof pattern === 'string' ? compilePattern(pattern) : undefined;
  if (typeof compiled === 'string') throw new CelEvaluationError(compiled);
}
