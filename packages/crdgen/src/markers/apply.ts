import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';

import type { ts } from 'ts-morph';

import type { Diagnostics, TextPlace } from '../diagnostic.js';
import { NUMBER_FORMATS, STRING_FORMATS } from '../constraints/formats.js';
import { mergeConstraints } from '../constraints/merge.js';
import { re2Problem } from '../constraints/re2.js';
import type { DocBlock, Tag, TagSpan } from './comment.js';
import { overlay } from './overlay.js';
import { suggest } from './suggest.js';
import { offsetInJson } from './text-offset.js';
import { TAGS, baseName, isDocumentationTag, itemsDepth, type TagTarget } from './tags.js';

/** Lays the tags of one JSDoc block over a schema. Tags that steer the walk (`@optional`, `@ignore`, `@maxDepth`, …) are read by the walk itself. */
export function applyTags(schema: JSONSchemaProps, docs: DocBlock, diagnostics: Diagnostics): void {
  for (const tag of docs.tags) {
    const name = baseName(tag.name);
    const rule = TAGS[name];
    if (!rule) {
      reportUnknown(tag.name, docs, diagnostics);
      continue;
    }
    const target = itemsOf(schema, itemsDepth(tag.name));
    const isCrowded = /\s@[a-z]/.test(tag.value);
    const report = (code: string, message: string, hint?: string) =>
      diagnostics.report(code, docs.node, message, hint ?? (code === 'KW1103' && isCrowded ? 'put each tag on a line of its own' : undefined));
    if (!target) report('KW1102', `@${tag.name} needs an array, but this is ${describeType(schema)}`);
    else if (!isOn(target, rule.target)) report('KW1102', `@${tag.name} needs ${ARTICLE[rule.target]}, but this is ${describeType(target)}`);
    else {
      const before = target['x-kubernetes-validations']?.length ?? 0;
      applyTag(target, { name, value: tag.value }, report);
      const added = target['x-kubernetes-validations']?.[before];
      if (added && tag.span) diagnostics.place(added, placeOfTag(tag, tag.span, docs.node));
    }
  }
}

/** What `@default` and `@example` mean for a schema: JSON, or a bare word. Undefined after a report. */
export function taggedValue(tag: Tag, schema: JSONSchemaProps, report: (code: string, message: string) => void): { value: unknown } | undefined {
  const isText = schema.type === 'string';
  if (tag.value === '' && !isText) report('KW1103', `@${tag.name} needs a value`);
  else {
    try {
      const value: unknown = JSON.parse(tag.value);
      return { value: isText && typeof value !== 'string' && value !== null ? tag.value : value };
    } catch {
      if (!/^[[{"]/.test(tag.value)) return { value: tag.value };
      report('KW1103', `the value of @${tag.name} is not valid JSON`);
    }
  }
  return undefined;
}

const ARTICLE: Record<TagTarget, string> = { numeric: 'a number', string: 'a string', array: 'an array', object: 'an object', any: 'a value' };

const REASONS = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'];

type Report = (code: string, message: string, hint?: string) => void;

function applyTag(schema: JSONSchemaProps, { name, value }: Tag, report: Report): void {
  switch (name) {
    case 'minimum':
    case 'maximum':
    case 'multipleOf': {
      const number = numberOf(name, value, schema, report);
      if (number === undefined) return;
      if (name === 'multipleOf' && number <= 0) return report('KW1103', '@multipleOf must be greater than 0');
      return mergeConstraints(schema, { [name]: number });
    }
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      if (value === 'false') return;
      const bound = name === 'exclusiveMinimum' ? 'minimum' : 'maximum';
      if (value === '' || value === 'true') return mergeConstraints(schema, { [name]: true });
      const number = numberOf(name, value, schema, report);
      return number === undefined ? undefined : mergeConstraints(schema, { [bound]: number, [name]: true });
    }
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
      return /^\d+$/.test(value)
        ? mergeConstraints(schema, { [name]: Number(value) })
        : report('KW1103', `@${name} wants a whole number from 0, not "${value}"`);
    case 'pattern': {
      const problem = value === '' ? 'it is empty' : re2Problem(value);
      return problem === undefined
        ? mergeConstraints(schema, { pattern: value })
        : report('KW1105', `Go's RE2 can not compile the pattern: ${problem}`);
    }
    case 'format':
      return applyFormat(schema, value, report);
    case 'uniqueItems':
      return value === 'false' ? undefined : report('KW1304', 'the server refuses uniqueItems', 'use SetList<T> or @listType set');
    case 'title':
      schema.title = value;
      return;
    case 'example': {
      const example = taggedValue({ name, value }, schema, report);
      if (example) schema.example = example.value;
      return;
    }
    case 'externalDocs': {
      const [url = '', ...words] = value.split(/\s+/);
      if (!url) return report('KW1103', '@externalDocs needs a URL');
      schema.externalDocs = { url, ...(words.length > 0 ? { description: words.join(' ') } : {}) };
      return;
    }
    case 'listType':
      if (value !== 'map' && value !== 'set' && value !== 'atomic') return report('KW1103', `@listType is map, set or atomic, not "${value}"`);
      schema['x-kubernetes-list-type'] = value;
      return;
    case 'listMapKey':
      if (!value) return report('KW1103', '@listMapKey needs the name of a property');
      schema['x-kubernetes-list-type'] ??= 'map';
      schema['x-kubernetes-list-map-keys'] = [...(schema['x-kubernetes-list-map-keys'] ?? []), value];
      return;
    case 'mapType':
    case 'structType':
      if (value !== 'granular' && value !== 'atomic') return report('KW1103', `@${name} is granular or atomic, not "${value}"`);
      schema['x-kubernetes-map-type'] = value;
      return;
    case 'preserveUnknownFields':
      if (value !== 'false') schema['x-kubernetes-preserve-unknown-fields'] = true;
      return;
    case 'embeddedResource':
      schema['x-kubernetes-embedded-resource'] = true;
      return;
    case 'immutable':
      return addRule(schema, { rule: 'self == oldSelf', message: 'field is immutable' });
    case 'validation': {
      const rule = validationRule(value, report);
      return rule && addRule(schema, rule);
    }
    case 'schema':
      return overlay(schema, value, report);
    default:
  }
}

/** The place of a tag, and of the texts in its JSON. */
export function placeOfTag(tag: Tag, { start, end, offsetOf }: TagSpan, node: ts.Node): TextPlace {
  return {
    source: node.getSourceFile(),
    start,
    end,
    inside: (key, offset) => {
      const index = offsetInJson(tag.value, key, offset);
      return index === undefined ? undefined : offsetOf(index);
    },
  };
}

function addRule(schema: JSONSchemaProps, rule: ValidationRule): void {
  schema['x-kubernetes-validations'] = [...(schema['x-kubernetes-validations'] ?? []), rule];
}

function applyFormat(schema: JSONSchemaProps, format: string, report: Report): void {
  if (!format) return report('KW1103', '@format needs a name');
  schema.format = format;
  const known = schema.type === 'integer' || schema.type === 'number' ? NUMBER_FORMATS : STRING_FORMATS;
  if (!known.has(format))
    report(
      'KW2106',
      `the server does not know format ${format} for ${describeType(schema)} and ignores it`,
      'use @pattern where values must be checked',
    );
}

function numberOf(name: string, text: string, schema: JSONSchemaProps, report: Report): number | undefined {
  const value = /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
  if (value === undefined) report('KW1103', `@${name} wants a number, not "${text}"`);
  else if (schema.type === 'integer' && !Number.isInteger(value)) report('KW1103', `@${name} ${text} makes no sense on an integer`);
  else return value;
  return undefined;
}

const RULE_KEYS = ['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf'];

/** One rule, from the JSON of `@validation` or the evaluated arguments of `@Rule`. */
export function checkedRule(given: unknown, report: Report): ValidationRule | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return void report('KW1103', 'a validation is an object with a rule');
  const rule = given as Record<string, unknown>;
  const unknownKey = Object.keys(rule).find((key) => !RULE_KEYS.includes(key));
  if (unknownKey !== undefined) {
    const meant = suggest(unknownKey, RULE_KEYS);
    return void report('KW1103', `a validation has no ${unknownKey}${meant ? `: did you mean ${meant}?` : ''}`);
  }
  if (typeof rule.rule !== 'string' || !rule.rule.trim()) return void report('KW1103', 'a validation needs a rule that is not blank');
  for (const key of ['message', 'messageExpression', 'reason', 'fieldPath'])
    if (rule[key] !== undefined && typeof rule[key] !== 'string') return void report('KW1103', `${key} of a validation is a string`);
  if (rule.reason !== undefined && !REASONS.includes(rule.reason as string))
    return void report('KW1405', `reason ${String(rule.reason)} is none of ${REASONS.join(', ')}`);
  return Object.fromEntries(RULE_KEYS.filter((key) => rule[key] !== undefined).map((key) => [key, rule[key]])) as unknown as ValidationRule;
}

function validationRule(text: string, report: Report): ValidationRule | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return void report('KW1103', 'the value of @validation is not valid JSON');
  }
  return checkedRule(parsed, report);
}

function reportUnknown(name: string, docs: DocBlock, diagnostics: Diagnostics): void {
  if (isDocumentationTag(name)) return;
  const meant = suggest(baseName(name), Object.keys(TAGS));
  if (meant) diagnostics.report('KW1101', docs.node, `unknown tag @${name}: did you mean @${'items.'.repeat(itemsDepth(name))}${meant}?`);
  else diagnostics.report('KW2101', docs.node, `unknown tag @${name} is ignored`);
}

function itemsOf(schema: JSONSchemaProps, depth: number): JSONSchemaProps | undefined {
  let at: JSONSchemaProps | undefined = schema;
  for (let level = 0; level < depth; level++) at = at?.items;
  return at;
}

function isOn(schema: JSONSchemaProps, target: TagTarget): boolean {
  const mixed = schema['x-kubernetes-int-or-string'] === true;
  switch (target) {
    case 'any':
      return true;
    case 'numeric':
      return mixed || schema.type === 'integer' || schema.type === 'number';
    case 'string':
      return mixed || schema.type === 'string';
    default:
      return schema.type === target;
  }
}

/** "a string", "an int-or-string", … */
export function describeType(schema: JSONSchemaProps): string {
  if (schema['x-kubernetes-int-or-string']) return 'an int-or-string';
  if (!schema.type) return 'an open value';
  return /^[aio]/.test(schema.type) ? `an ${schema.type}` : `a ${schema.type}`;
}
