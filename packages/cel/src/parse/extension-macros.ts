import { call, ident, list, literal, method, type Call, type Comprehension, type Expr, type MapExpr } from './ast.js';
import { MacroProblem, accumulator, all, exists, existsOne, loop, mapLoop, variableName, type MacroTable } from './macro.js';

/** `optional.optMap(v, expression)` and `optFlatMap`. */
export const OPTIONAL_MACROS: MacroTable = {
  methods: {
    'optMap/2': (node) => optional(node, (at, value) => call(at, 'optional.of', value)),
    'optFlatMap/2': (node) => optional(node, (_at, value) => value),
  },
};

/** Loops over index and item, or key and value. */
export const TWO_VARIABLE_MACROS: MacroTable = {
  methods: {
    'all/3': (node) => quantifier(node, all),
    'exists/3': (node) => quantifier(node, exists),
    'exists_one/3': (node) => quantifier(node, existsOne),
    'existsOne/3': (node) => quantifier(node, existsOne),
    'transformList/3': (node) => toList(node, undefined, node.args[2]!),
    'transformList/4': (node) => toList(node, node.args[2], node.args[3]!),
    'transformMap/3': (node) => toMap(node, undefined, node.args[2]!),
    'transformMap/4': (node) => toMap(node, node.args[2], node.args[3]!),
    'transformMapEntry/3': (node) => toEntries(node, undefined, node.args[2]!),
    'transformMapEntry/4': (node) => toEntries(node, node.args[2], node.args[3]!),
  },
};

/** `list.sortBy(v, key)` */
export const LIST_MACROS: MacroTable = {
  methods: {
    'sortBy/2': ({ at, target, args: [name, key] }) => {
      if (target!.kind === 'literal' || target!.kind === 'map' || target!.kind === 'struct') {
        throw new MacroProblem(target!.at, 'sortBy can only be applied to a list, identifier, comprehension, call or select expression');
      }
      const keys = mapLoop(at, ident(at, SORT_INPUT), name!, undefined, key!);
      return bind(at, SORT_INPUT, target!, method(at, ident(at, SORT_INPUT), '@sortByAssociatedKeys', keys));
    },
  },
};

/** `cel.bind(v, value, expression)`. Kubernetes does not switch it on; {@link Environment} can. */
export const BINDING_MACROS: MacroTable = {
  methods: {
    'bind/3': ({ at, target, args: [name, value, result] }) => {
      if (target!.kind !== 'ident' || target!.name !== 'cel') return undefined;
      return bind(at, variableName(name!, 'cel.bind() variable names must be simple identifiers'), value!, result!);
    },
  },
};

const SORT_INPUT = '@__sortBy_input__';

/** A loop over nothing, whose accumulator is a local variable. */
function bind(at: number, name: string, value: Expr, result: Expr): Comprehension {
  return loop(at, { variable: '#unused', range: list(at), accumulator: name, init: value, condition: literal(at, false), step: ident(at, name), result });
}

function optional({ at, target, args: [name, transform] }: Call, wrap: (at: number, value: Expr) => Expr): Expr {
  const variable = variableName(name!, 'optMap() variable name must be a simple identifier');
  const inner = loop(at, {
    variable: '#unused', range: list(at), accumulator: variable, init: method(at, target!, 'value'), condition: literal(at, false),
    step: ident(at, variable), result: transform!,
  });
  return call(at, '_?_:_', method(at, target!, 'hasValue'), wrap(at, inner), call(at, 'optional.none'));
}

function variables({ args: [first, second] }: Call): { variable: string; variable2: string } {
  const [variable, variable2] = [variableName(first!), variableName(second!)];
  if (variable === variable2) throw new MacroProblem(second!.at, `duplicate variable name: ${variable}`);
  return { variable, variable2 };
}

function quantifier(node: Call, parts: typeof all): Expr {
  return loop(node.at, { ...variables(node), range: node.target!, ...parts(node.at, node.args[2]!) });
}

function toList(node: Call, filter: Expr | undefined, transform: Expr): Expr {
  return transformLoop(node, list(node.at), call(node.at, '_+_', accumulator(node.at), list(node.at, transform)), filter);
}

function toMap(node: Call, filter: Expr | undefined, transform: Expr): Expr {
  const { at } = node;
  return transformLoop(node, emptyMap(at), call(at, 'cel.@mapInsert', accumulator(at), ident(at, variables(node).variable), transform), filter);
}

function toEntries(node: Call, filter: Expr | undefined, entries: Expr): Expr {
  return transformLoop(node, emptyMap(node.at), call(node.at, 'cel.@mapInsert', accumulator(node.at), entries), filter);
}

function transformLoop(node: Call, init: Expr, added: Expr, filter: Expr | undefined): Expr {
  const { at } = node;
  const step = filter === undefined ? added : call(at, '_?_:_', filter, added, accumulator(at));
  return loop(at, { ...variables(node), range: node.target!, init, condition: literal(at, true), step, result: accumulator(at) });
}

function emptyMap(at: number): MapExpr {
  return { kind: 'map', at, entries: [] };
}
