import { compile, ruleEnvironment, schemaType, type SchemaType } from '@kubewright/cel';
import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';

import { celName } from './rules.js';
import { sizedIn, type RuleSite, type Sized } from './rule-sites.js';

/** By this many bytes of a request everything that has no bound is estimated. */
const REQUEST_SIZE = 3 * 1024 * 1024;
/** Larger bounds are no cure that anybody wants. */
const LARGEST = 1_000_000;
/** Bounds from here on are worth having without looking for more of them. */
const COMFORTABLE = 64;

/**
 * What makes an estimate small enough: which lists, maps and texts have no bound, and the largest one that would pass. Undefined where bounds
 * do not help.
 */
export function costCure(site: RuleSite, rule: ValidationRule, part: 'rule' | 'messageExpression', limit: bigint): string | undefined {
  const estimate = estimator(site, rule, part);
  if (!estimate) return undefined;
  const text = rule[part] ?? '';
  const candidates = [...(part === 'rule' ? site.above : []), ...sizedIn(site.schema, site.path).filter((one) => isNamed(one, text))];
  const missing = candidates.filter((one) => one.schema[one.bound] === undefined);
  const [needed, all] = [necessary(missing, estimate, limit), contributing(missing, estimate)];
  const options = [needed, all].map((places) => ({ places, most: mostOf(places, estimate, limit) }));
  // Fewer bounds are better, unless they have to be so small that nobody wants them.
  const best = options.find(({ most }) => most >= COMFORTABLE) ?? options.sort((a, b) => b.most - a.most)[0];
  if (best && best.most > 0) return missingText(best.places, `at most ${best.most}${best.places.length === 1 ? '' : ' each'} would pass`);
  if (all.length > 0) return missingText(all, 'and the rule must be simpler as well');
  if (/\bstring\(/.test(text)) return 'string() of what is no text has no size that the server knows: leave it out';
  const given = contributing(candidates, estimate);
  const lower = [...given.map((one) => [one]), given]
    .map((places) => ({ places, most: mostOf(places, estimate, limit) }))
    .find(({ places, most }) => most >= COMFORTABLE || (most > 0 && places === given));
  return lower && `${list(lower.places)} must be smaller: at most ${lower.most}${lower.places.length === 1 ? '' : ' each'} would pass`;
}

type Estimate = (bounds: ReadonlyMap<JSONSchemaProps, number>) => bigint;

/** The cost of a rule with other bounds than the schema has. */
function estimator(site: RuleSite, rule: ValidationRule, part: 'rule' | 'messageExpression'): Estimate | undefined {
  const own = schemaType(site.schema, site.isResource);
  const program = own && compile(rule[part] ?? '', ruleEnvironment(own, { optionalOldSelf: rule.optionalOldSelf === true })).program;
  if (!program) return undefined;
  return (bounds) => {
    const type: SchemaType = schemaType(bounded(site.schema, bounds), site.isResource) ?? own;
    const cost = program.estimateCost(type).max;
    return part === 'rule' ? cost * repetitions(site, type, bounds) : cost;
  };
}

function repetitions(site: RuleSite, type: SchemaType, bounds: ReadonlyMap<JSONSchemaProps, number>): bigint {
  let product = 1n;
  for (const { schema, bound } of site.above) {
    const size = bounds.get(schema) ?? schema[bound];
    if (size === undefined) return BigInt(Math.floor(REQUEST_SIZE / (type.minSize + 1)));
    product *= BigInt(size);
  }
  return product;
}

function bounded(schema: JSONSchemaProps, bounds: ReadonlyMap<JSONSchemaProps, number>): JSONSchemaProps {
  const size = bounds.get(schema);
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(size === undefined ? {} : schema.type === 'array' ? { maxItems: size } : schema.type === 'object' ? { maxProperties: size } : { maxLength: size }),
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, bounded(child, bounds)])) } : {}),
    ...(items ? { items: bounded(items, bounds) } : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: bounded(additionalProperties, bounds) } : {}),
  };
}

/** Places without whose bound no other bounds help. */
function necessary(places: readonly Sized[], estimate: Estimate, limit: bigint): Sized[] {
  return places.filter((one) => estimate(uniform(places.filter((other) => other !== one), 1)) > limit);
}

function contributing(places: readonly Sized[], estimate: Estimate): Sized[] {
  const bounds = uniform(places, 1);
  const least = estimate(bounds);
  return places.filter((one) => estimate(new Map([...bounds].filter(([schema]) => schema !== one.schema))) > least);
}

/** The largest bound that makes the rule cheap enough when all places have it. */
function mostOf(places: readonly Sized[], estimate: Estimate, limit: bigint): number {
  return places.length > 0 ? largest((size) => estimate(uniform(places, size)) <= limit) : 0;
}

function missingText(places: readonly Sized[], more: string): string {
  return `${list(places)} ${places.length === 1 ? 'is' : 'are'} missing: ${more}`;
}

function uniform(places: readonly Sized[], size: number): Map<JSONSchemaProps, number> {
  return new Map(places.map((one) => [one.schema, size]));
}

function largest(passes: (size: number) => boolean): number {
  let [low, high] = [0, LARGEST];
  if (passes(high)) return high;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Sizes that a rule does not look at do not cost. */
function isNamed({ name }: Sized, expression: string): boolean {
  return name === undefined || expression.includes(celName(name) ?? name) || expression.includes(name);
}

function list(places: readonly Sized[]): string {
  const names = [...new Set(places.map((one) => `${one.bound} of ${one.path || 'the value'}`))];
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
