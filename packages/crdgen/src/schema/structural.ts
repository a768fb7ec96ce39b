import { applyDefaults, structuralSchema, type JSONSchemaProps } from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';
import type { ts } from 'ts-morph';

import type { SchemaContext } from './context.js';
import { contradiction } from '../constraints/merge.js';
import { checkTopology } from './topology.js';
import { re2Problem } from '../constraints/re2.js';
import { valueProblems } from './validate-value.js';

/** Where a node of a schema stands. */
export interface Place {
  /** The nearest declaration; findings point there. */
  readonly at: ts.Node;
  /** `spec.ports[].name` */
  readonly path: string;
}

const TYPES = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

/**
 * Judges a schema as kube-apiserver would, and beyond: enums with duplicates, required names without a property and bounds that exclude each
 * other pass there, and help nobody. Everything is reported at the declaration that it came from.
 */
export function checkStructural(schema: JSONSchemaProps, place: Place, context: SchemaContext): void {
  const here: Place = { ...place, at: context.origins.of(schema) ?? place.at };
  checkNode(schema, here, context);
  checkMessages(schema, here, context);
  for (const [name, child] of Object.entries(schema.properties ?? {}))
    checkStructural(child, { ...here, path: here.path ? `${here.path}.${name}` : name }, context);
  if (typeof schema.additionalProperties === 'object') checkStructural(schema.additionalProperties, { ...here, path: `${here.path}[*]` }, context);
  if (schema.items) checkStructural(schema.items, { ...here, path: `${here.path}[]` }, context);
}

function checkNode(schema: JSONSchemaProps, { at, path }: Place, { diagnostics }: SchemaContext): void {
  const report = (code: string, message: string, hint?: string) => diagnostics.report(code, at, `${path ? `${path}: ` : ''}${message}`, hint);
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const isMixed = schema['x-kubernetes-int-or-string'] === true;
  // A node without anything was reported when its type was read.
  if (Object.keys(schema).length === 0) return;
  if (!schema.type && !isOpen && !isMixed) return;
  if (schema.type && !TYPES.has(schema.type)) report('KW1103', `${schema.type} is no type of a schema`);
  if (schema.type === 'array' && !schema.items) report('KW1102', 'an array needs the type of its items');
  if (schema.properties && schema.additionalProperties)
    report('KW1006', 'named properties and an index signature are mutually exclusive in a schema');
  if (schema['x-kubernetes-embedded-resource'] && (schema.type !== 'object' || !(schema.properties ?? isOpen)))
    report('KW1102', 'an embedded resource is an object with properties, or with @preserveUnknownFields');
  if (isMixed && isOpen) report('KW1102', 'an int-or-string can not preserve unknown fields');
  for (const branch of [schema, ...(schema.allOf ?? [])]) {
    const problem = branch.pattern === undefined ? undefined : re2Problem(branch.pattern);
    if (problem !== undefined) report('KW1105', `Go's RE2 can not compile the pattern: ${problem}`);
  }
  const wrong = contradiction(schema);
  if (wrong) report('KW1104', wrong);
  checkEnum(schema, report);
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(schema.properties ?? {}, name)) report('KW1104', `required names ${name}, which is no property`);
  checkTopology(schema, report);
  if (schema.default !== undefined) {
    const [problem] = valueProblems(schema.default, schema);
    if (problem) report('KW1202', `the default breaks its own schema: ${problem}`);
    else checkDefaultByRules(schema, report);
  }
}

/** The server runs the rules of a value over its default as well, after the defaults of its members were filled in. */
function checkDefaultByRules(schema: JSONSchemaProps, report: (code: string, message: string) => void): void {
  if (schema.default === null) return;
  const value = structuredClone(schema.default);
  if (typeof value === 'object' && value !== null) applyDefaults(value, structuralSchema(schema));
  // Rules that do not compile are told of themselves.
  const problem = evaluateRules(schema, value, undefined, { at: 'default', ratchets: false, isResource: schema['x-kubernetes-embedded-resource'] === true }).find(
    ({ message }) => !/compilation failed|must evaluate to/.test(message),
  );
  if (problem) report('KW1202', `the default breaks a rule of its own schema: ${problem.field}: ${problem.message}`);
}

function checkEnum(schema: JSONSchemaProps, report: (code: string, message: string, hint?: string) => void): void {
  if (!schema.enum) return;
  const texts = schema.enum.map((value) => JSON.stringify(value));
  const twice = texts.find((text, index) => texts.indexOf(text) !== index);
  if (twice) report('KW1104', `the enum has ${twice} twice`);
  if (schema.nullable) report('KW1104', 'null can never pass an enum');
  const wrong = schema.enum.find((value) => valueProblems(value, { type: schema.type }).length > 0 && schema.type !== undefined);
  if (wrong !== undefined) report('KW1104', `${JSON.stringify(wrong)} of the enum is not of type ${schema.type ?? ''}`);
  // Bounds that no enum value satisfies, or that some do not, make those values impossible to write.
  const { enum: _values, default: _default, ...rest } = schema;
  const impossible = schema.enum.find((value) => valueProblems(value, rest).length > 0);
  if (wrong === undefined && impossible !== undefined) report('KW1104', `${JSON.stringify(impossible)} of the enum breaks the other constraints`);
}

/** What is said of a broken rule. What the rules themselves are worth is told in rule-checks.ts. */
function checkMessages(schema: JSONSchemaProps, { at, path }: Place, { diagnostics }: SchemaContext): void {
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    const report = (code: string, message: string, hint?: string) => diagnostics.report(code, at, `${path ? `${path}: ` : ''}${message}`, hint);
    if (/\n/.test(rule.rule) && !rule.message) report('KW1405', 'a rule with a line break needs a message');
    if (rule.message !== undefined && (/\n/.test(rule.message) || !rule.message.trim())) report('KW1405', 'a message is one line that is not blank');
    if (rule.messageExpression !== undefined && !rule.messageExpression.trim()) report('KW1405', 'a messageExpression must not be blank');
    if (rule.fieldPath !== undefined) checkFieldPath(rule.fieldPath, schema, report);
  }
}

function checkFieldPath(path: string, schema: JSONSchemaProps, report: (code: string, message: string) => void): void {
  const steps = [...path.matchAll(/\.([A-Za-z_][\w]*)|\['([^']+)'\]/gy)];
  if (steps.reduce((length, step) => length + step[0].length, 0) !== path.length || steps.length === 0)
    return report('KW1405', `fieldPath ${path} is not of the form .a.b or ['a-b']`);
  let at: JSONSchemaProps | undefined = schema;
  for (const step of steps) {
    const name = step[1] ?? step[2] ?? '';
    at = at?.properties?.[name] ?? (typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined);
    if (!at) return report('KW1405', `fieldPath ${path} does not exist`);
  }
}
