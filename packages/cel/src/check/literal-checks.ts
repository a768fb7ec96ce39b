import { compilePattern } from '@kubewright/api';

import type { Call, Expr, ListExpr, MapExpr } from '../parse/ast.js';
import type { CompileError, Source } from '../parse/source.js';
import { parseDuration, parseTimestamp } from '../value/time.js';
import type { Checked } from './checker.js';
import { formatType, sameType, type Type } from './type.js';

/** What is refused although its types fit: lists and maps of mixed types, and constant arguments that would fail whenever they are used. */
export function checkLiterals(checked: Checked, source: Source): CompileError[] {
  const errors: { at: number; error: CompileError }[] = [];
  const report = (at: number, message: string): void => void errors.push({ at, error: source.errorAt(at, message) });
  visit(checked.expr, false);
  return errors.sort((a, b) => a.at - b.at).map(({ error }) => error);

  function visit(expr: Expr, insideFormat: boolean): void {
    if (expr.kind === 'call') checkArgument(expr, report);
    if (expr.kind === 'call' && expr.name === 'format') checkFormat(expr, checked, report);
    if (expr.kind === 'list' && !insideFormat) checkList(expr, checked, report);
    if (expr.kind === 'map' && !insideFormat) checkMap(expr, checked, report);
    const isExempt = insideFormat || (expr.kind === 'call' && expr.name === 'format');
    for (const child of childrenOf(expr)) visit(child, isExempt);
  }
}

type Report = (at: number, message: string) => void;

/** Functions whose constant argument is checked, and which argument that is. */
const CHECKED: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
  matches: (text) => typeof compilePattern(text) !== 'string',
};

function checkArgument({ name, args }: Call, report: Report): void {
  const isValid = Object.hasOwn(CHECKED, name) ? CHECKED[name] : undefined;
  const [first] = args;
  if (isValid !== undefined && first?.kind === 'literal' && typeof first.value === 'string' && !isValid(first.value)) report(first.at, `invalid ${name} argument`);
}

/** What clauses of a format string take; all take dyn. */
const CLAUSES: Readonly<Record<string, readonly [types: readonly string[], message: string]>> = {
  d: [['int', 'uint'], 'decimal clause can only be used on integers'],
  f: [['double', 'string'], 'fixed-point clause can only be used on doubles'],
  e: [['double', 'string'], 'scientific clause can only be used on doubles'],
  b: [['int', 'uint', 'bool'], 'only integers and bools can be formatted as binary'],
  o: [['int', 'uint'], 'octal clause can only be used on integers'],
  s: [['string', 'bool', 'bytes', 'int', 'uint', 'double', 'map', 'list', 'type', 'duration', 'timestamp', 'null'],
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps'],
  x: [['int', 'uint', 'string', 'bytes'], 'only integers, byte buffers, and strings can be formatted as hex'],
};

/** Format strings that are written out, with arguments that are too. */
function checkFormat({ at, target, args: [list] }: Call, checked: Checked, report: Report): void {
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return;
  let next = 0;
  for (const [, clause] of target.value.matchAll(/%(%|(?:\.\d+)?[\s\S]?)/gu)) {
    if (clause === '%') continue;
    const verb = clause!.replace(/^\.\d+/, '');
    if (verb === '') return report(at, 'unexpected end of string');
    const argument = list.elements[next++];
    if (argument === undefined) return report(at, `index ${next - 1} out of range`);
    const rule = CLAUSES[verb.toLowerCase() === 'x' ? 'x' : verb];
    if (rule === undefined) return report(at, `could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    const type = checked.typeOf(argument);
    if (type.kind !== 'dyn' && !rule[0].includes(type.kind)) {
      return report(argument.at, `error during formatting: ${rule[1]}, was given ${type.name}`);
    }
  }
}

function checkList({ elements, optional }: ListExpr, checked: Checked, report: Report): void {
  let first: Type | undefined;
  for (const [index, element] of elements.entries()) {
    const type = itemType(checked.typeOf(element), optional.has(index));
    first ??= type;
    if (sameType(first, type)) continue;
    report(element.at, mismatch(first, type));
    return;
  }
}

function checkMap({ entries }: MapExpr, checked: Checked, report: Report): void {
  const [first] = entries;
  if (first === undefined) return;
  const [keyType, valueType] = [checked.typeOf(first.key), itemType(checked.typeOf(first.value), first.optional)];
  for (const { key, value, optional } of entries) {
    const [ofKey, ofValue] = [checked.typeOf(key), itemType(checked.typeOf(value), optional)];
    if (!sameType(keyType, ofKey)) report(key.at, mismatch(keyType, ofKey));
    if (!sameType(valueType, ofValue)) report(value.at, mismatch(valueType, ofValue));
  }
}

function itemType(type: Type, isOptional: boolean): Type {
  return isOptional ? type.parameters[0] ?? type : type;
}

function mismatch(expected: Type, actual: Type): string {
  return `expected type '${formatType(expected)}' but found '${formatType(actual)}'`;
}

function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'select': return [expr.operand];
    case 'call': return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list': return expr.elements;
    case 'map': return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct': return expr.fields.map(({ value }) => value);
    case 'comprehension': return [expr.range, expr.init, expr.condition, expr.step, expr.result];
    default: return [];
  }
}
