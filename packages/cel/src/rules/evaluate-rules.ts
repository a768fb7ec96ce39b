import { NO_FIELD, childPath, deepEqual, goQuote, goValue, type FieldError, type JSONSchemaProps, type ValidationRule } from '@kubewright/api';

import { CALL_BUDGET } from '../evaluate/program.js';
import { fromSchema } from '../evaluate/schema-value.js';
import { CelBudgetError, CelEvaluationError } from '../value/evaluation-error.js';
import { OptionalValue, type Value } from '../value/value.js';
import type { CompiledRule } from './compiled-rule.js';
import { correlatedItem, isRecord, ruleTree, type RuleTree } from './rule-tree.js';

/** The most that all rules of an object may spend together. */
export const OBJECT_BUDGET = 10_000_000;
/** Longer messages of message expressions are not used, in bytes. */
const MAX_MESSAGE = 5 * 1024;

export interface RuleOptions {
  /** Where the value stands in the object, as errors name it: `status`. @default '' the object itself */
  readonly at?: string;
  /** The value is a whole object with apiVersion, kind and metadata. @default true where `at` is empty */
  readonly isResource?: boolean;
  /** What all rules may spend. @default OBJECT_BUDGET */
  readonly budget?: number;
  /** Whether values that have not changed may stay wrong. @default true; false for defaults in definitions, which are compared with themselves */
  readonly ratchets?: boolean;
  /** What is wrong with values that were so before and have not changed. Rules about changes are never told here. */
  readonly onWarning?: (warning: string) => void;
}

/**
 * Runs the rules of a schema over a value. Rules that read `oldSelf` run where there is an old value to compare with, or always where they say
 * `optionalOldSelf`.
 * @param old the value before; undefined on create
 */
export function evaluateRules(schema: JSONSchemaProps, value: unknown, old: unknown, options: RuleOptions = {}): FieldError[] {
  const { at = '', isResource = at === '', budget = OBJECT_BUDGET, ratchets = true, onWarning = () => {} } = options;
  const tree = ruleTree(schema, isResource);
  if (tree === undefined) return [];
  const run = new Run(budget, onWarning);
  run.visit(tree, { value, old, path: at, correlation: old === undefined || !ratchets ? { current: NEVER, parent: NEVER } : { current: { value, old }, parent: NEVER } });
  return run.errors;
}

/** A value and the one that it was, where that can be told. */
interface Pair {
  readonly value: unknown;
  readonly old: unknown;
}

/** By what it is decided whether a value has changed: by itself, or where it has no counterpart, by what it is in. */
interface Correlation {
  readonly current: Pair | typeof NEVER;
  readonly parent: Pair | typeof NEVER;
}

const NEVER = undefined;

interface Place {
  readonly value: unknown;
  readonly old: unknown;
  readonly path: string;
  readonly correlation: Correlation;
}

/** Thrown when nothing more may be spent. */
class Exhausted extends Error {}

class Run {
  readonly errors: FieldError[] = [];

  constructor(private left: number, private readonly onWarning: (warning: string) => void) {}

  visit(tree: RuleTree, place: Place): void {
    try {
      this.#visit(tree, place);
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
    }
  }

  #visit(tree: RuleTree, place: Place): void {
    if (place.value === null || place.value === undefined) return;
    this.#runRules(tree, place);
    for (const part of tree.allOf) this.#visit(part, { ...place, correlation: { current: NEVER, parent: place.correlation.parent } });
    if (Array.isArray(place.value)) this.#visitItems(tree, place.value, place);
    else if (isRecord(place.value)) this.#visitMembers(tree, place.value, place);
  }

  #visitItems(tree: RuleTree, items: readonly unknown[], place: Place): void {
    const { items: below } = tree;
    if (below === undefined) return;
    const old = Array.isArray(place.old) ? (place.old as unknown[]) : [];
    items.forEach((value, index) => {
      const before = correlatedItem(value, old, tree.schema);
      this.#visit(below, { value, old: before, path: `${place.path}[${index}]`, correlation: nextCorrelation(place.correlation, value, before) });
    });
  }

  #visitMembers(tree: RuleTree, members: Readonly<Record<string, unknown>>, place: Place): void {
    const old = isRecord(place.old) ? place.old : {};
    const isAtRoot = place.correlation.parent === NEVER;
    for (const [name, value] of Object.entries(members)) {
      const below = tree.values ?? tree.properties.get(name);
      if (below === undefined) continue;
      const before = Object.hasOwn(old, name) ? old[name] : undefined;
      const correlation = isAtRoot && (name === 'apiVersion' || name === 'kind') ? { current: NEVER, parent: NEVER } : nextCorrelation(place.correlation, value, before);
      this.#visit(below, { value, old: before, path: tree.values ? `${place.path}[${name}]` : childPath(place.path, name), correlation });
    }
  }

  #runRules({ rules, type, schema }: RuleTree, place: Place): void {
    if (rules.length === 0) return;
    const shownType = schema.type ?? '';
    if (this.left <= 0) this.#exhaust(place, shownType, OUT_OF_BUDGET);
    let self: Value | undefined;
    const old = place.old === null ? undefined : place.old;
    for (const compiled of rules) {
      const { rule, program } = compiled;
      if (compiled.error !== undefined) this.#invalid(place, shownType, `rule compile error: ${compiled.error}`);
      if (program === undefined) continue;
      if (compiled.usesOldSelf && old === undefined && rule.optionalOldSelf !== true) continue;
      const variables = (name: string): Value | undefined => {
        if (name === 'self') return self ??= fromSchema(place.value, type!);
        const before = old === undefined ? undefined : fromSchema(old, type!);
        return rule.optionalOldSelf === true ? (before === undefined ? OptionalValue.none : new OptionalValue(before)) : before;
      };
      const isKept = this.#evaluate(compiled, variables, place, shownType);
      if (isKept) continue;
      const detail = this.#message(compiled, variables, place, shownType) ?? defaultMessage(rule);
      const value = shownType === 'object' || shownType === 'array' ? OMITTED : place.value;
      this.#broken(compiled, place, errorFor(rule, this.#pathOf(compiled, place), value, detail));
    }
  }

  /** Whether the rule holds, or its error has been told. */
  #evaluate({ program, rule }: CompiledRule, variables: (name: string) => Value | undefined, place: Place, shownType: string): boolean {
    try {
      const { value, cost } = program!.evaluate(variables, { budget: CALL_BUDGET });
      this.#spend(cost, place, shownType, OUT_OF_BUDGET);
      return value === true;
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      this.#spend(error.cost, place, shownType, OUT_OF_BUDGET);
      const about = textOf(rule);
      if (error instanceof CelBudgetError) {
        this.#exhaust(place, shownType, `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${about}`);
      }
      this.#invalid(place, shownType, error.message.startsWith('no such overload')
        ? `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${about}`
        : `${error.message} evaluating rule: ${about}`);
      return true;
    }
  }

  /** What the message expression says; undefined where it has nothing usable to say. */
  #message({ messageProgram, rule }: CompiledRule, variables: (name: string) => Value | undefined, place: Place, shownType: string): string | undefined {
    if (messageProgram === undefined) return undefined;
    try {
      const { value, cost } = messageProgram.evaluate(variables, { budget: CALL_BUDGET });
      this.#spend(cost, place, shownType, `messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run`);
      const text = typeof value === 'string' ? value.trim() : '';
      return text === '' || text.includes('\n') || new TextEncoder().encode(text).length > MAX_MESSAGE ? undefined : text;
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      this.#spend(error.cost, place, shownType, `messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run`);
      if (error instanceof CelBudgetError) {
        this.#exhaust(place, shownType, `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${goQuote(rule.messageExpression ?? '')}`);
      }
      return undefined;
    }
  }

  #broken(compiled: CompiledRule, { correlation }: Place, error: FieldError): void {
    if (!compiled.usesOldSelf && isUnchanged(correlation)) this.onWarning(`${error.field}: ${error.message}`);
    else this.errors.push(error);
  }

  #pathOf({ fieldPath }: CompiledRule, { path }: Place): string {
    return fieldPath.reduce((at, { name, isKey }) => (isKey ? `${at}[${name}]` : childPath(at, name)), path);
  }

  #spend(cost: number, place: Place, shownType: string, message: string): void {
    if (cost > this.left) this.#exhaust(place, shownType, message);
    this.left -= cost;
  }

  #exhaust(place: Place, shownType: string, message: string): never {
    this.#invalid(place, shownType, message);
    throw new Exhausted();
  }

  #invalid({ path }: Place, shownType: string, message: string): void {
    this.errors.push({ type: 'FieldValueInvalid', field: path === '' ? NO_FIELD : path, message: `Invalid value: ${goQuote(shownType)}: ${message}` });
  }
}

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

function nextCorrelation({ current, parent }: Correlation, value: unknown, old: unknown): Correlation {
  if (current === NEVER) return { current, parent };
  return { current: old === undefined ? NEVER : { value, old }, parent: current };
}

function isUnchanged({ current, parent }: Correlation): boolean {
  const pair = current ?? parent;
  return pair !== NEVER && deepEqual(pair.value, pair.old);
}

/** Lists and objects are not shown in errors. */
const OMITTED = Symbol('omitted');

function errorFor({ reason }: ValidationRule, path: string, value: unknown, detail: string): FieldError {
  const field = path === '' ? NO_FIELD : path;
  const shown = value === OMITTED ? '' : `: ${goValue(value)}`;
  switch (reason) {
    case 'FieldValueForbidden': return { type: reason, field, message: `Forbidden: ${detail}` };
    case 'FieldValueRequired': return { type: reason, field, message: `Required value: ${detail}` };
    case 'FieldValueDuplicate': return { type: reason, field, message: `Duplicate value${shown}` };
    default: return { type: 'FieldValueInvalid', field, message: `Invalid value${shown}: ${detail}` };
  }
}

function defaultMessage(rule: ValidationRule): string {
  return rule.message === undefined || rule.message === '' ? `failed rule: ${rule.rule.trim()}` : rule.message.trim();
}

function textOf(rule: ValidationRule): string {
  return rule.message === undefined || rule.message === '' ? rule.rule.trim() : rule.message.trim();
}
