/**
 * @module rules: `x-kubernetes-validations`. compiled-rule.ts compiles the rules of one node of a schema, check-rules.ts tells what is wrong with
 * those of a definition, evaluate-rules.ts runs them over objects.
 */
import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';

import type { SchemaType } from '../check/schema-type.js';
import { compile, explain, type CompileResult, type Program } from '../evaluate/program.js';
import { ruleEnvironment } from '../library/kubernetes.js';

/** A rule with its programs, or with what is wrong with them. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: Program | undefined;
  readonly error?: string | undefined;
  readonly messageProgram?: Program | undefined;
  readonly messageError?: string | undefined;
  readonly usesOldSelf: boolean;
  /** The field that errors name, below the node: `.a.b` or `['a-b']`. */
  readonly fieldPath: readonly PathPart[];
}

export interface PathPart {
  readonly name: string;
  /** A key of a map, which errors write in brackets. */
  readonly isKey: boolean;
}

/** Compiles the rules of a node. Blank rules are left out; other checks refuse them. */
export function compileRules(rules: readonly ValidationRule[], schema: SchemaType): CompiledRule[] {
  return rules.map((rule) => compileRule(rule, schema));
}

function compileRule(rule: ValidationRule, schema: SchemaType): CompiledRule {
  const none = { rule, usesOldSelf: false, fieldPath: [] };
  if (rule.rule.trim() === '') return none;
  const environment = ruleEnvironment(schema, { optionalOldSelf: rule.optionalOldSelf === true });
  const compiled = compile(rule.rule, environment);
  if (compiled.errors) return { ...none, error: `${failed(compiled, 'compilation failed', 'program instantiation failed')}: ${explain(rule.rule, compiled)}` };
  const { program } = compiled;
  if (program.type.kind !== 'bool') return { ...none, error: 'cel expression must evaluate to a bool' };
  const fieldPath = readFieldPath(rule.fieldPath ?? '', schema.schema) ?? [];
  const good = { rule, program, usesOldSelf: program.uses('oldSelf'), fieldPath };
  const { messageExpression = '' } = rule;
  if (messageExpression === '') return good;
  const message = compile(messageExpression, environment);
  if (message.errors) return { ...good, fieldPath: [], messageError: `${failed(message, 'messageExpression compilation failed', 'messageExpression instantiation failed')}: ${explain(messageExpression, message)}` };
  if (message.program.type.kind !== 'string') return { ...good, fieldPath: [], messageError: 'messageExpression must evaluate to a string' };
  return { ...good, messageProgram: message.program };
}

function failed({ failure }: CompileResult, toCompile: string, toStart: string): string {
  return failure === undefined ? toCompile : toStart;
}

/** The fields that a path names; undefined where it is none of this schema. */
function readFieldPath(path: string, schema: JSONSchemaProps): PathPart[] | undefined {
  const parts: PathPart[] = [];
  let node: JSONSchemaProps | undefined = schema;
  let rest = path;
  while (rest !== '') {
    const match: RegExpExecArray | null = /^(?:\.([^.[\]]+)|\['((?:\\.|[^'\\])+)'\])/u.exec(rest);
    if (!match || node === undefined) return undefined;
    const name: string = match[1] ?? match[2]!.replace(/\\(.)/gu, (_, char: string) => ESCAPES[char] ?? char);
    const isKey: boolean = node.properties === undefined;
    if (!isKey && !Object.hasOwn(node.properties!, name)) return undefined;
    node = isKey ? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined) : node.properties![name];
    if (node === undefined) return undefined;
    parts.push({ name, isKey });
    rest = rest.slice(match[0].length);
  }
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
