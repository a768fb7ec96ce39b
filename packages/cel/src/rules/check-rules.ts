import { GoRaw, childPath, fieldForbidden, fieldInvalid, goJson, type FieldError, type JSONSchemaProps, type ValidationRule } from '@kubewright/api';

import { MAX_REQUEST_SIZE, schemaType } from '../check/schema-type.js';
import { UNBOUNDED } from '../cost/estimate.js';
import { compileRules, type CompiledRule } from './compiled-rule.js';

/** The largest estimate that a rule may have, with all of its repetitions. */
export const RULE_COST_LIMIT = 10_000_000n;
/** The largest sum of the estimates of all rules of a schema. */
export const SCHEMA_COST_LIMIT = 100_000_000n;

export interface CheckRulesOptions {
  /** Where the schema stands in what errors are about. @default 'spec.validation.openAPIV3Schema' */
  readonly path?: string;
  /** The schema is of a whole object. @default true */
  readonly isResource?: boolean;
  /** What is wrong with the schema itself: rules at and above such places are not compiled, because they would only repeat it. */
  readonly schemaErrors?: readonly FieldError[];
  /** Expressions that have been accepted before: limits of costs do not hold for them. */
  readonly isKnown?: (expression: string) => boolean;
}

/** Problems of the rules of a definition: what does not compile, `oldSelf` where nothing can be compared, and estimates over their limits. */
export function checkRules(schema: JSONSchemaProps, options: CheckRulesOptions = {}): FieldError[] {
  const { path = 'spec.validation.openAPIV3Schema', isResource = true } = options;
  const run = new Check(options);
  run.visit(schema, path, { isResource, cardinality: 1n, uncorrelatable: undefined });
  return [...run.errors, ...run.totalErrors(path)];
}

interface Position {
  readonly isResource: boolean;
  /** How often a value of this schema can be in an object; undefined where nothing bounds it. */
  readonly cardinality: bigint | undefined;
  /** The list above, whose items can not be told apart over time. */
  readonly uncorrelatable: string | undefined;
}

class Check {
  readonly errors: FieldError[] = [];
  #total = 0n;
  /** The most expensive expressions. */
  #expensive: { readonly path: string; readonly cost: bigint }[] = [];

  constructor(private readonly options: CheckRulesOptions) {}

  visit(schema: JSONSchemaProps, path: string, position: Position): void {
    const below = { isResource: false, uncorrelatable: position.uncorrelatable };
    if (typeof schema.additionalProperties === 'object') {
      const values = schema.additionalProperties;
      this.visit(values, `${path}.additionalProperties`, { ...below, isResource: isEmbedded(values), cardinality: multiply(position.cardinality, schema.maxProperties) });
    }
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      this.visit(property, `${path}.properties[${name}]`, { ...below, isResource: isEmbedded(property), cardinality: position.cardinality });
    }
    if (schema.items !== undefined) {
      const uncorrelatable = position.uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : path);
      this.visit(schema.items, `${path}.items`, { isResource: isEmbedded(schema.items), uncorrelatable, cardinality: multiply(position.cardinality, schema.maxItems) });
    }
    const rules = schema['x-kubernetes-validations'] ?? [];
    if (rules.length > 0 && !this.#isBroken(path)) this.#checkNode(schema, rules, `${path}.x-kubernetes-validations`, position);
  }

  #isBroken(path: string): boolean {
    return this.options.schemaErrors?.some(({ field }) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)) === true;
  }

  #checkNode(schema: JSONSchemaProps, rules: readonly ValidationRule[], path: string, position: Position): void {
    const type = schemaType(schema, position.isResource);
    if (type === undefined) {
      this.errors.push({ type: 'InternalError', field: path, message: 'Internal error: internal error: failed to construct type information for x-kubernetes-validations rules: failed to convert to declType for CEL validation rules' });
      return;
    }
    const repetitions = position.cardinality ?? BigInt(Math.floor(MAX_REQUEST_SIZE / (type.minSize + 1)));
    compileRules(rules, type).forEach((compiled, index) => this.#checkRule(compiled, `${path}[${index}]`, repetitions, position));
  }

  #checkRule(compiled: CompiledRule, path: string, repetitions: bigint, position: Position): void {
    const { rule, program, messageProgram } = compiled;
    const rulePath = childPath(path, 'rule');
    const messagePath = childPath(path, 'messageExpression');
    if (program) this.#observe('estimated rule cost', rulePath, rule.rule, saturate(program.estimateCost().max * repetitions));
    if (compiled.error !== undefined) this.errors.push(fieldInvalid(rulePath, shown(rule), compiled.error));
    if (compiled.messageError !== undefined) this.errors.push(fieldInvalid(messagePath, shown(rule), compiled.messageError));
    else if (messageProgram) this.#observe('estimated messageExpression cost', messagePath, rule.messageExpression ?? '', messageProgram.estimateCost().max);
    if (compiled.usesOldSelf) {
      const { uncorrelatable } = position;
      if (uncorrelatable !== undefined) {
        this.errors.push(fieldInvalid(rulePath, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`));
      }
    } else if (rule.optionalOldSelf !== undefined) {
      this.errors.push(fieldInvalid(childPath(path, 'optionalOldSelf'), rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    }
  }

  #observe(name: string, path: string, expression: string, cost: bigint): void {
    if (this.options.isKnown?.(expression) === true) return;
    if (cost > RULE_COST_LIMIT) this.errors.push(fieldForbidden(path, excess(name, cost, RULE_COST_LIMIT)));
    this.#total = saturate(this.#total + cost);
    if (cost < SCHEMA_COST_LIMIT / 100n) return;
    this.#expensive = [...this.#expensive, { path, cost }].sort((a, b) => (a.cost > b.cost ? -1 : a.cost < b.cost ? 1 : 0)).slice(0, 4);
  }

  totalErrors(path: string): FieldError[] {
    if (this.#total <= SCHEMA_COST_LIMIT) return [];
    return [
      ...this.#expensive.map((expression) => fieldForbidden(expression.path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
      fieldForbidden(path, excess('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.#total, SCHEMA_COST_LIMIT)),
    ];
  }
}

/** What a definition is told about an estimate over its limit. */
export function excess(name: string, cost: bigint, limit: bigint): string {
  const times = Number(cost) / Number(limit);
  const factor = times > 100 ? 'more than 100x' : times < 1.5 ? `${times.toFixed(6)}x` : `${times.toFixed(1)}x`;
  return `${name} exceeds budget by factor of ${factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`;
}

function multiply(cardinality: bigint | undefined, bound: number | undefined): bigint | undefined {
  return cardinality === undefined || bound === undefined ? undefined : saturate(cardinality * BigInt(bound));
}

function saturate(value: bigint): bigint {
  return value > UNBOUNDED ? UNBOUNDED : value;
}

function isEmbedded(schema: JSONSchemaProps): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

/** A rule as the server shows it: the fields of its Go type, in their order. */
function shown({ rule, message = '', messageExpression = '', reason, fieldPath = '', optionalOldSelf }: ValidationRule): GoRaw {
  const fields = { Rule: rule, Message: message, MessageExpression: messageExpression, Reason: reason ?? null, FieldPath: fieldPath, OptionalOldSelf: optionalOldSelf ?? null };
  return new GoRaw(`{${Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${goJson(value)}`).join(',')}}`);
}
