import { UintConstant, qualifiedName, type Call, type Comprehension, type Constant, type Expr, type MapExpr, type ListExpr, type Select, type StructExpr } from '../parse/ast.js';
import type { CompileError, Source } from '../parse/source.js';
import type { Environment, Overload } from './environment.js';
import { parseType } from './signature.js';
import { Substitution, isOpen, mostGeneral } from './substitution.js';
import {
  BOOL, BYTES, DOUBLE, DYN, ERROR, INT, NULL, STRING, UINT, formatType, isOptional, listOf, mapOf, optionalOf, sameType, typeOf, type Type,
} from './type.js';

/** What checking found out. Macros may use one node in several places, where it means the same. */
export interface Checked {
  readonly expr: Expr;
  readonly type: Type;
  readonly typeOf: (expr: Expr) => Type;
  /** What a call may mean. Where arguments are dyn, there may be several. */
  readonly overloadsOf: (expr: Call) => readonly Overload[];
  /** Calls whose receiver is a namespace (`sets.contains`): the full name. */
  readonly functionOf: (expr: Call) => string;
  /** Names of types used as values: `type(x) == int`. */
  readonly typeNamed: (expr: Expr) => Type | undefined;
  /** Names of variables that the expression reads. */
  readonly references: ReadonlySet<string>;
}

/** Finds the types of all parts of an expression. Either they, or every problem that was found. */
export function check(expr: Expr, environment: Environment, source: Source): Checked | { readonly errors: CompileError[] } {
  return new Checker(environment, source).run(expr);
}

const TYPE_NAMES: readonly string[] = ['bool', 'int', 'uint', 'double', 'string', 'bytes'];
const NAMED_TYPES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ...TYPE_NAMES.map((name): [string, Type] => [name, parseType(name)]), ['list', listOf(DYN)], ['map', mapOf(DYN, DYN)], ['null_type', NULL], ['dyn', DYN],
  ['type', typeOf(DYN)], ['google.protobuf.Timestamp', parseType('timestamp')], ['google.protobuf.Duration', parseType('duration')],
  ['optional_type', optionalOf(DYN)], ['net.IP', parseType('IP')], ['net.CIDR', parseType('CIDR')],
]);

class Checker {
  readonly #types = new Map<Expr, Type>();
  readonly #overloads = new Map<Call, readonly Overload[]>();
  readonly #functions = new Map<Call, string>();
  readonly #typeNames = new Map<Expr, Type>();
  readonly #references = new Set<string>();
  readonly #errors: { at: number; error: CompileError }[] = [];
  readonly #substitution = new Substitution();
  /** Loop variables, the innermost last. */
  readonly #scopes: Map<string, Type>[] = [];

  constructor(private readonly environment: Environment, private readonly source: Source) {}

  run(expr: Expr): Checked | { readonly errors: CompileError[] } {
    this.#check(expr);
    if (this.#errors.length > 0) return { errors: this.#errors.sort((a, b) => a.at - b.at).map(({ error }) => error) };
    const closed = new Map<Expr, Type>();
    for (const [node, type] of this.#types) closed.set(node, this.#substitution.apply(type, true));
    return {
      expr, type: closed.get(expr)!, typeOf: (node) => closed.get(node) ?? DYN, overloadsOf: (node) => this.#overloads.get(node) ?? [],
      functionOf: (node) => this.#functions.get(node) ?? node.name, typeNamed: (node) => this.#typeNames.get(node), references: this.#references,
    };
  }

  #check(expr: Expr): Type {
    const type = this.#typeOf(expr);
    this.#types.set(expr, type);
    return type;
  }

  #typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal': return constantType(expr.value);
      case 'ident': return this.#resolveName(expr, expr.name) ?? this.#fail(expr.at, `undeclared reference to '${expr.name}' (in container '')`);
      case 'select': return this.#select(expr);
      case 'call': return this.#call(expr);
      case 'list': return this.#list(expr);
      case 'map': return this.#map(expr);
      case 'struct': return this.#struct(expr);
      case 'comprehension': return this.#comprehension(expr);
    }
  }

  #resolveName(expr: Expr, written: string): Type | undefined {
    const isGlobal = written.startsWith('.');
    const name = isGlobal ? written.slice(1) : written;
    if (!isGlobal) {
      for (let index = this.#scopes.length - 1; index >= 0; index--) {
        const local = this.#scopes[index]!.get(name);
        if (local !== undefined) return local;
      }
    }
    const variable = this.environment.variables.get(name);
    if (variable !== undefined) {
      this.#references.add(name);
      return variable;
    }
    const named = NAMED_TYPES.get(name) ?? this.environment.types.get(name)?.type;
    if (named === undefined) return undefined;
    this.#typeNames.set(expr, named);
    return typeOf(named);
  }

  #select(expr: Select): Type {
    const name = expr.testOnly ? undefined : qualifiedName(expr);
    if (name !== undefined && !this.#isLocal(name)) {
      const type = this.#resolveName(expr, name);
      if (type !== undefined) return type;
    }
    const operand = this.#substitution.apply(this.#check(expr.operand), false);
    const field = this.#field(expr.at, operand, expr.field);
    if (expr.testOnly) return BOOL;
    return isOptional(operand) && !isOptional(field) ? optionalOf(field) : field;
  }

  #isLocal(name: string): boolean {
    const head = name.split('.', 1)[0]!;
    return this.#scopes.some((scope) => scope.has(head));
  }

  #field(at: number, operand: Type, name: string): Type {
    const type = isOptional(operand) ? operand.parameters[0]! : operand;
    switch (type.kind) {
      case 'map': return type.parameters[1]!;
      case 'object': {
        const field = type.fields?.get(name);
        return field?.type ?? this.#fail(at, `undefined field '${name}'`);
      }
      case 'param':
        this.#substitution.assign([DYN], [type]);
        return DYN;
      default: return isOpen(type) ? DYN : this.#fail(at, `type '${formatType(type)}' does not support field selection`);
    }
  }

  #call(expr: Call): Type {
    if (expr.name === '_?._' && expr.args[1]?.kind === 'literal') {
      const operand = this.#substitution.apply(this.#check(expr.args[0]!), false);
      this.#check(expr.args[1]);
      this.#overloads.set(expr, this.environment.functions.get('_?._') ?? []);
      const field = this.#field(expr.at, operand, String(expr.args[1].value));
      return isOptional(field) ? field : optionalOf(field);
    }
    for (const argument of expr.args) this.#check(argument);
    if (expr.target === undefined) {
      const declared = this.environment.functions.get(expr.name.replace(/^\./, ''));
      return declared ? this.#resolve(expr, declared, expr.args) : this.#fail(expr.at, `undeclared reference to '${expr.name}' (in container '')`);
    }
    const prefix = qualifiedName(expr.target);
    const qualified = prefix === undefined ? undefined : `${prefix.replace(/^\./, '')}.${expr.name}`;
    const namespaced = qualified === undefined ? undefined : this.environment.functions.get(qualified);
    if (namespaced !== undefined) {
      this.#functions.set(expr, qualified!);
      return this.#resolve(expr, namespaced, expr.args);
    }
    this.#check(expr.target);
    const declared = this.environment.functions.get(expr.name);
    return declared ? this.#resolve(expr, declared, [expr.target, ...expr.args]) : this.#fail(expr.at, `undeclared reference to '${expr.name}' (in container '')`);
  }

  #resolve(expr: Call, declared: readonly Overload[], args: readonly Expr[]): Type {
    if (expr.name === '_&&_' || expr.name === '_||_') return this.#logical(expr, declared);
    const isMethod = args.length > expr.args.length;
    const given = args.map((argument) => this.#types.get(argument)!);
    const matching: Overload[] = [];
    let result: Type | undefined;
    for (const candidate of declared) {
      if (candidate.isMethod !== isMethod || candidate.parameters.length !== given.length) continue;
      const [type, ...parameters] = this.#substitution.instantiate([candidate.result, ...candidate.parameters]);
      if (!this.#substitution.assign(parameters, given)) continue;
      matching.push(candidate);
      const found = this.#substitution.apply(type!, false);
      if (result === undefined) result = found;
      else if (result.kind !== 'dyn' && !sameType(found, result)) result = DYN;
    }
    this.#overloads.set(expr, matching);
    if (result !== undefined) return result;
    const shown = given.map((type) => formatType(this.#substitution.apply(type, true)));
    const signature = isMethod ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.#fail(expr.at, `found no matching overload for '${this.#functions.get(expr) ?? expr.name}' applied to '${signature}'`);
  }

  #logical(expr: Call, declared: readonly Overload[]): Type {
    this.#overloads.set(expr, declared);
    let type = BOOL;
    for (const argument of expr.args) {
      const given = this.#types.get(argument)!;
      if (!this.#substitution.assign([given], [BOOL])) {
        type = this.#fail(argument.at, `expected type 'bool' but found '${formatType(this.#substitution.apply(given, true))}'`);
      }
    }
    return type;
  }

  #list({ elements, optional }: ListExpr): Type {
    let item: Type | undefined;
    elements.forEach((element, index) => {
      let type = this.#check(element);
      if (optional.has(index)) type = this.#unwrap(element.at, type);
      item = this.#join(item, type);
    });
    return listOf(item ?? this.#substitution.newVariable());
  }

  #map({ entries }: MapExpr): Type {
    let [key, value]: (Type | undefined)[] = [];
    for (const entry of entries) {
      key = this.#join(key, this.#check(entry.key));
      let type = this.#check(entry.value);
      if (entry.optional) type = this.#unwrap(entry.value.at, type);
      value = this.#join(value, type);
    }
    return mapOf(key ?? this.#substitution.newVariable(), value ?? this.#substitution.newVariable());
  }

  #unwrap(at: number, type: Type): Type {
    const applied = this.#substitution.apply(type, false);
    if (isOptional(applied)) return applied.parameters[0]!;
    if (!isOpen(applied)) this.#fail(at, `expected type '${formatType(optionalOf(applied))}' but found '${formatType(applied)}'`);
    return applied;
  }

  /** Types that differ are dyn here; literals of mixed types are refused after the check (literal-checks.ts), outside of `format`. */
  #join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    return this.#substitution.assign([previous], [current]) ? mostGeneral(previous, current) : DYN;
  }

  #struct({ type: written, fields, at }: StructExpr): Type {
    const name = written.replace(/^\./, '');
    const struct = this.environment.types.get(name);
    if (struct === undefined) return this.#fail(at, NAMED_TYPES.has(name) ? `'${name}' is not a message type` : `undeclared reference to '${written}' (in container '')`);
    for (const field of fields) {
      const given = this.#check(field.value);
      const wanted = struct.field(field.name);
      if (wanted === undefined) {
        this.#fail(field.at, `undefined field '${field.name}'`);
        continue;
      }
      const type = field.optional ? this.#unwrap(field.value.at, given) : given;
      if (wanted.name === '' || !this.#substitution.assign([wanted], [type])) {
        this.#fail(field.at, `expected type of field '${field.name}' is '${wanted.name === '' ? '' : formatType(wanted)}' but provided type is '${formatType(this.#substitution.apply(type, true))}'`);
      }
    }
    return struct.type;
  }

  #comprehension(expr: Comprehension): Type {
    this.#check(expr.range);
    const accumulator = this.#check(expr.init);
    this.#scopes.push(new Map([[expr.accumulator, accumulator]]), this.#loopVariables(expr));
    this.#check(expr.condition);
    this.#expect(expr.condition, BOOL);
    this.#check(expr.step);
    this.#expect(expr.step, accumulator);
    this.#scopes.pop();
    const result = this.#check(expr.result);
    this.#scopes.pop();
    return this.#substitution.apply(result, false);
  }

  #loopVariables({ variable, variable2, range }: Comprehension): Map<string, Type> {
    const type = this.#substitution.apply(this.#types.get(range)!, false);
    let [first, second]: [Type, Type] = [DYN, DYN];
    if (type.kind === 'list') [first, second] = variable2 === undefined ? [type.parameters[0]!, DYN] : [INT, type.parameters[0]!];
    else if (type.kind === 'map') [first, second] = [type.parameters[0]!, type.parameters[1]!];
    else if (type.kind === 'param') this.#substitution.assign([DYN], [type]);
    else if (!isOpen(type)) {
      this.#fail(range.at, `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`);
      [first, second] = [ERROR, ERROR];
    }
    return new Map(variable2 === undefined ? [[variable, first]] : [[variable, first], [variable2, second]]);
  }

  #expect(expr: Expr, wanted: Type): void {
    const type = this.#types.get(expr)!;
    if (this.#substitution.assign([wanted], [type])) return;
    this.#fail(expr.at, `expected type '${formatType(this.#substitution.apply(wanted, false))}' but found '${formatType(this.#substitution.apply(type, false))}'`);
  }

  #fail(at: number, message: string): Type {
    if (!this.#errors.some((known) => known.at === at && known.error.message === message)) this.#errors.push({ at, error: this.source.errorAt(at, message) });
    return ERROR;
  }
}

function constantType(value: Constant): Type {
  switch (typeof value) {
    case 'boolean': return BOOL;
    case 'bigint': return INT;
    case 'number': return DOUBLE;
    case 'string': return STRING;
    default: return value === null ? NULL : value instanceof UintConstant ? UINT : BYTES;
  }
}
