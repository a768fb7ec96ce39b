import { RULE_COST_LIMIT, SCHEMA_COST_LIMIT, checkRules as serverProblems, compile, ruleEnvironment, schemaType, type CompileError } from '@kubewright/cel';
import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { SchemaContext } from './context.js';
import { costCure } from './cost-cure.js';
import { meantInRule } from './rule-hints.js';
import { ruleSites, type RuleSite } from './rule-sites.js';

const ROOT = 'schema';

type Part = 'rule' | 'messageExpression';

/**
 * Compiles the rules of a schema and estimates their costs as the server does before it takes a definition, and reports what is wrong in the
 * server's words at the tag or decorator that states the rule.
 */
export function checkRules(schema: JSONSchemaProps, { at, isResource }: { readonly at: ts.Node; readonly isResource: boolean }, context: SchemaContext): void {
  const { sites, unknown } = ruleSites(schema, ROOT, { at, isResource }, context.origins);
  // What a type has been refused for is not told again for each rule on it.
  const schemaErrors = unknown.map((field) => ({ type: 'FieldValueInvalid' as const, field, message: '' }));
  const shown = (text: string) => !text.startsWith(UNCORRELATED) ? text : text.replace(/\bschema(?:\.(?:items|additionalProperties|properties\[[^\]]*\]))*$/, (path) => sites.get(path)?.path || 'the value');
  const problems = serverProblems(schema, { path: ROOT, isResource, schemaErrors }).map(({ field, message }) => ({ ...placeOf(field), text: detail(message) }));
  const lost = new Set(problems.filter((one) => one.text.startsWith(UNCORRELATED)).map((one) => one.rulePath));
  // A rule that means nothing where it stands has no cost that matters, and one that is too expensive alone explains a total.
  const isTotalExplained = lost.size > 0 || problems.some((one) => isOverRuleLimit(one.text));
  for (const { path, index, part, rulePath, text } of problems) {
    const site = sites.get(path);
    const rule = site?.schema['x-kubernetes-validations']?.[index];
    if (isOfTotal(text) && isTotalExplained) continue;
    if (isOverRuleLimit(text) && lost.has(rulePath)) continue;
    if (!site || !rule) context.diagnostics.report('KW1403', at, text, 'bound the lists, maps and texts that the named rules look at');
    else reportRule(site, rule, part, shown(text), context);
  }
}

const UNCORRELATED = 'oldSelf cannot';
const TOTAL = 'x-kubernetes-validations estimated rule cost total';
const CONTRIBUTED = 'contributed to estimated rule cost total';

function isOfTotal(text: string): boolean {
  return text.startsWith(TOTAL) || text.startsWith(CONTRIBUTED);
}

function isOverRuleLimit(text: string): boolean {
  return text.includes(' cost exceeds budget ') && !isOfTotal(text);
}

/** `schema.items.x-kubernetes-validations[1].rule`, taken apart. */
function placeOf(field: string): { path: string; index: number; part: Part | 'optionalOldSelf'; rulePath: string } {
  const [, path = '', index = '0', part = 'rule'] = /^(.*)\.x-kubernetes-validations(?:\[(\d+)\](?:\.(\w+))?)?$/.exec(field) ?? [];
  return { path, index: Number(index), part: part as Part | 'optionalOldSelf', rulePath: `${path} ${index}` };
}

function reportRule(site: RuleSite, rule: ValidationRule, part: Part | 'optionalOldSelf', message: string, context: SchemaContext): void {
  const about = site.path ? `${site.path}: ` : '';
  const report = (code: string, text: string, hint?: string, offset?: number) => {
    const place = context.diagnostics.placeOf(rule);
    if (!place) return context.diagnostics.report(code, site.at, `${about}${text}`, hint);
    const start = (offset === undefined ? undefined : place.inside?.(part, offset)) ?? place.start;
    context.diagnostics.reportAt(code, place.source, start, start > place.start ? start + 1 : place.end, `${about}${text}`, hint);
  };
  if (part === 'optionalOldSelf') return report('KW1404', message);
  if (message.startsWith(UNCORRELATED))
    return context.diagnostics.report('KW1404', site.at, `${about}${message}`, 'make the list a MapList, so that old and new items can be told apart');
  const isTotal = isOfTotal(message);
  if (isTotal || isOverRuleLimit(message)) {
    const cure = costCure(site, rule, part, isTotal ? SCHEMA_COST_LIMIT / 100n : RULE_COST_LIMIT);
    return report(isTotal ? 'KW1403' : 'KW1402', cure ? `${message}; ${cure}` : message, cure ?? 'simplify the rule');
  }
  const [first] = compileErrors(site, rule, part);
  const type = schemaType(site.schema, site.isResource);
  const meant = first && type && meantInRule(rule[part] ?? '', first, type);
  report('KW1401', meant ? `${message}\ndid you mean ${meant}?` : message, meant ? `write ${meant}` : undefined, first && offsetOf(rule[part] ?? '', first));
}

function compileErrors(site: RuleSite, rule: ValidationRule, part: Part): readonly CompileError[] {
  const type = schemaType(site.schema, site.isResource);
  return (type && compile(rule[part] ?? '', ruleEnvironment(type, { optionalOldSelf: rule.optionalOldSelf === true })).errors) ?? [];
}

/** The place of an error in UTF-16 units; columns are code points. */
function offsetOf(text: string, { line, column }: CompileError): number | undefined {
  if (line < 1) return undefined;
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length;
}

/** An error of a field without the value that it shows: `Invalid value: {…}: compilation failed` is `compilation failed`. */
function detail(message: string): string {
  const head = /^(?:Invalid value|Forbidden|Internal error): /.exec(message)?.[0] ?? '';
  const rest = message.slice(head.length);
  if (!head.startsWith('Invalid') || !/^[{"]/.test(rest)) return rest.replace(/^(?:true|false): /, '');
  let [depth, isText, at] = [0, false, 0];
  do {
    const char = rest[at];
    if (isText && char === '\\') at++;
    else if (char === '"') isText = !isText;
    else if (!isText && char === '{') depth++;
    else if (!isText && char === '}') depth--;
    at++;
  } while (at < rest.length && (isText || depth > 0));
  return rest.slice(at).replace(/^: /, '');
}
