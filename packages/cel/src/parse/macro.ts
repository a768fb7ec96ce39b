import { ACCUMULATOR, call, ident, literal, list, type Call, type Comprehension, type Expr } from './ast.js';

/** Rewrites a call; undefined leaves it as it is. `start` is where the target's dot or the name stands. @throws MacroProblem */
export type Macro = (node: Call, start: number) => Expr | undefined;

/** Why a macro can not be expanded. */
export class MacroProblem extends Error {
  constructor(readonly at: number, message: string) {
    super(message);
  }
}

/** Macros by name, number of arguments and whether they are methods. */
export class Macros {
  readonly #byKey = new Map<string, Macro>();

  constructor(...groups: readonly MacroTable[]) {
    for (const { functions = {}, methods = {} } of groups) {
      for (const [key, macro] of Object.entries(functions)) this.#byKey.set(`${key} function`, macro);
      for (const [key, macro] of Object.entries(methods)) this.#byKey.set(`${key} method`, macro);
    }
  }

  find(node: Call): Macro | undefined {
    return this.#byKey.get(`${node.name}/${node.args.length} ${node.target === undefined ? 'function' : 'method'}`);
  }
}

/** Keys are `name/arguments`. */
export interface MacroTable {
  readonly functions?: Readonly<Record<string, Macro>>;
  readonly methods?: Readonly<Record<string, Macro>>;
}

/** The parts of a loop that the macros below differ in. */
export type Loop = Pick<Comprehension, 'variable' | 'range' | 'init' | 'condition' | 'step' | 'result'> & { readonly variable2?: string; readonly accumulator?: string };

export function loop(at: number, parts: Loop): Comprehension {
  return { kind: 'comprehension', at, accumulator: ACCUMULATOR, ...parts };
}

/** The name of a loop variable. @throws MacroProblem */
export function variableName(expr: Expr, message = 'argument must be a simple name'): string {
  if (expr.kind !== 'ident') throw new MacroProblem(expr.at, message);
  if (expr.name === ACCUMULATOR || expr.name === '__result__') throw new MacroProblem(expr.at, 'iteration variable overwrites accumulator variable');
  return expr.name;
}

export const accumulator = (at: number): Expr => ident(at, ACCUMULATOR);

/** Every macro of the language proper. */
export const STANDARD_MACROS: MacroTable = {
  functions: {
    'has/1': ({ args: [argument], at }) => {
      if (argument?.kind !== 'select' || argument.testOnly) throw new MacroProblem(argument?.at ?? at, 'invalid argument to has() macro');
      return { ...argument, at, testOnly: true };
    },
  },
  methods: {
    'all/2': (node) => quantifier(node, all),
    'exists/2': (node) => quantifier(node, exists),
    'exists_one/2': (node) => quantifier(node, existsOne),
    'map/2': ({ at, target, args: [name, transform] }) => mapLoop(at, target!, name!, undefined, transform!),
    'map/3': ({ at, target, args: [name, filter, transform] }) => mapLoop(at, target!, name!, filter, transform!),
    'filter/2': ({ at, target, args: [name, filter] }) => mapLoop(at, target!, name!, filter, name!),
  },
};

function quantifier({ at, target, args: [name, predicate] }: Call, parts: (at: number, predicate: Expr) => Quantifier): Expr {
  return loop(at, { variable: variableName(name!), range: target!, ...parts(at, predicate!) });
}

type Quantifier = Pick<Comprehension, 'init' | 'condition' | 'step' | 'result'>;

/** Goes on while nothing was false; errors count as true until something is. */
export function all(at: number, predicate: Expr): Quantifier {
  return {
    init: literal(at, true), condition: call(at, '@not_strictly_false', accumulator(at)),
    step: call(at, '_&&_', accumulator(at), predicate), result: accumulator(at),
  };
}

export function exists(at: number, predicate: Expr): Quantifier {
  return {
    init: literal(at, false), condition: call(at, '@not_strictly_false', call(at, '!_', accumulator(at))),
    step: call(at, '_||_', accumulator(at), predicate), result: accumulator(at),
  };
}

export function existsOne(at: number, predicate: Expr): Quantifier {
  return {
    init: literal(at, 0n), condition: literal(at, true),
    step: call(at, '_?_:_', predicate, call(at, '_+_', accumulator(at), literal(at, 1n)), accumulator(at)),
    result: call(at, '_==_', accumulator(at), literal(at, 1n)),
  };
}

export function mapLoop(at: number, range: Expr, name: Expr, filter: Expr | undefined, transform: Expr): Comprehension {
  const variable = variableName(name, 'argument is not an identifier');
  const added = call(at, '_+_', accumulator(at), list(at, transform));
  const step = filter === undefined ? added : call(at, '_?_:_', filter, added, accumulator(at));
  return loop(at, { variable, range, init: list(at), condition: literal(at, true), step, result: accumulator(at) });
}
