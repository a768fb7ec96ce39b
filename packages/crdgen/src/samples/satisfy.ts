import { applyDefaults, structuralSchema, type JSONSchemaProps } from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';

import { celName } from '../schema/rules.js';
import { valueProblems } from '../schema/validate-value.js';

/** How many values are tried before a rule is given up. */
const TRIES = 600;
/** How many of the best values are changed further. */
const BEAM = 6;
const ROUNDS = 4;

/** Makes a value of a property, as `sampleValue` does. */
export type MakeValue = (schema: JSONSchemaProps, extent: 'minimal' | 'full', name: string) => unknown;

/**
 * Changes a value until the rules of its schema hold: members that rules name are left out, added, or set to what rules compare them with.
 * A search, with an end: where nothing is found, the best value stays.
 */
export function satisfied(value: unknown, schema: JSONSchemaProps, make: MakeValue): unknown {
  const rules = schema['x-kubernetes-validations']?.map((one) => one.rule) ?? [];
  if (rules.length === 0) return value;
  const text = rules.join('\n');
  let best = { value, problems: countProblems(value, schema) };
  let beam = [best];
  const seen = new Set([JSON.stringify(value)]);
  for (let round = 0; round < ROUNDS && best.problems > 0; round++) {
    const next: (typeof best)[] = [];
    for (const from of beam)
      for (const changed of changes(from.value, schema, { text, literals: literalsOf(text), make, depth: 3 })) {
        const key = JSON.stringify(changed);
        if (seen.has(key) || seen.size > TRIES) continue;
        seen.add(key);
        next.push({ value: changed, problems: countProblems(changed, schema) });
      }
    // Sorting keeps what was found first ahead of its equals, so that the same schema has the same sample.
    beam = next.sort((a, b) => a.problems - b.problems).slice(0, BEAM);
    const [first] = beam;
    if (!first) break;
    if (first.problems < best.problems) best = first;
  }
  return best.value;
}

/** What rules say about a whole object, in the server's words. */
export function brokenRules(value: unknown, root: JSONSchemaProps, options: { readonly isResource: boolean }): string[] {
  const at = options.isResource ? {} : { at: 'self', isResource: false };
  return evaluateRules(root, withDefaults(value, root), undefined, at).map(({ field, message }) => `${field}: ${message}`);
}

function countProblems(value: unknown, schema: JSONSchemaProps): number {
  // What does not even fit the schema is worse than any broken rule.
  return brokenRules(value, schema, { isResource: false }).length + 100 * valueProblems(value, schema).length;
}

function withDefaults(value: unknown, schema: JSONSchemaProps): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy = structuredClone(value);
  applyDefaults(copy, structuralSchema(schema));
  return copy;
}

interface Search {
  readonly text: string;
  readonly literals: readonly (string | number)[];
  readonly make: MakeValue;
  readonly depth: number;
}

/** Values that differ in one place from a value. */
function* changes(value: unknown, schema: JSONSchemaProps, search: Search): Generator<unknown> {
  yield* otherScalars(value, schema, search);
  if (search.depth === 0) return;
  const below = { ...search, depth: search.depth - 1 };
  if (Array.isArray(value) && schema.items) {
    const { items } = schema;
    if (value.length > 0) yield value.slice(0, -1);
    const more = search.make(items, 'full', 'item');
    yield [...(value as unknown[]), more];
    for (const literal of otherScalars(more, items, search)) yield [...(value as unknown[]), literal];
    for (const [index, item] of value.entries()) for (const changed of changes(item, items, below)) yield value.with(index, changed);
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const record = value as Readonly<Record<string, unknown>>;
    const { properties = {}, additionalProperties: values } = schema;
    for (const [name, child] of Object.entries(properties)) {
      if (!isNamed(name, search.text)) continue;
      if (Object.hasOwn(record, name)) {
        if (!schema.required?.includes(name)) yield without(record, name);
        for (const changed of changes(record[name], child, below)) yield { ...record, [name]: changed };
      } else {
        const added = [search.make(child, 'minimal', name), search.make(child, 'full', name)];
        for (const one of added) yield { ...record, [name]: one };
        for (const changed of otherScalars(added[0], child, search)) yield { ...record, [name]: changed };
      }
    }
    if (typeof values === 'object') {
      for (const name of Object.keys(record)) yield without(record, name);
      for (const name of ['key', ...search.literals.filter((one) => typeof one === 'string')])
        if (!Object.hasOwn(record, name)) yield { ...record, [name]: search.make(values, 'full', 'value') };
      for (const [name, member] of Object.entries(record)) for (const changed of changes(member, values, below)) yield { ...record, [name]: changed };
    }
  }
}

function* otherScalars(value: unknown, schema: JSONSchemaProps, { literals }: Search): Generator<unknown> {
  if (schema.enum) return yield* schema.enum.filter((one) => one !== value);
  const isMixed = schema['x-kubernetes-int-or-string'] === true;
  if (schema.type === 'boolean') yield value !== true;
  if (schema.type === 'integer' || schema.type === 'number' || isMixed)
    for (const literal of literals) if (typeof literal === 'number') yield* [literal, literal + 1, literal - 1].filter((one) => schema.type === 'number' || Number.isInteger(one));
  if (schema.type === 'string' || isMixed)
    for (const literal of literals)
      if (typeof literal === 'string') {
        yield literal;
        if (typeof value === 'string' && literal !== '') yield* [`${literal}${value}`, `${value}${literal}`, `${value}${literal}${value}`];
      }
}

/** Numbers and texts that rules compare with. */
function literalsOf(text: string): (string | number)[] {
  const found = new Set<string | number>();
  for (const [whole, single, double, number] of text.matchAll(/'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)"|(?<![\w.])(-?\d+(?:\.\d+)?)(?![\w.])/g)) {
    if (number !== undefined) found.add(Number(number));
    else if (whole.length < 100) found.add((single ?? double ?? '').replace(/\\(.)/g, '$1'));
  }
  return [...found].slice(0, 30);
}

function isNamed(name: string, text: string): boolean {
  return text.includes(celName(name) ?? name) || text.includes(name);
}

function without(record: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
