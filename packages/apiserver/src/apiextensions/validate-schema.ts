import { fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError, type JSONSchemaProps, type ValidationRule } from '@kubewright/api';
import { checkRules } from '@kubewright/cel';

import type { DefinitionVersion, GivenSchema } from './definition.js';
import { itemsOf, valuesOf } from './definition.js';
import { shownSchema } from './internal-spec.js';
import { findSchemaField } from './schema-field.js';
import { validateDefaults } from './validate-defaults.js';
import { validateLists } from './validate-lists.js';
import { unsupportedKeyword, validateStructural } from './validate-structural.js';

/**
 * Problems of a version's schema: that it is structural, that its defaults fit, what OpenAPI keywords may say, and that its rules compile and
 * are cheap enough.
 * @param path of the object that holds `openAPIV3Schema`
 * @param options.isKnownRule whether an expression was there before the update; the limits of cost do not apply to it
 */
export function validateSchemaDefinition(validation: DefinitionVersion['schema'], path: string, options: { readonly hasStatus: boolean; readonly isKnownRule?: (expression: string) => boolean }): FieldError[] {
  const schema = validation?.openAPIV3Schema as GivenSchema | undefined;
  if (schema === undefined) return [];
  const at = `${path}.openAPIV3Schema`;
  const errors = [
    ...(options.hasStatus ? validateRootWithStatus(schema, at) : []),
    ...(schema.nullable === true ? [fieldForbidden(`${at}.nullable`, 'nullable cannot be true at the root')] : []),
  ];
  const notStructural = unsupportedKeyword(schema);
  if (notStructural === undefined) {
    const structural = validateStructural(schema, at);
    errors.push(...(structural.length > 0 ? structural : validateDefaults(schema, at)));
  }
  errors.push(...validateNode(schema, at, { isRoot: true, insideMeta: false, forbiddenDefaults: undefined }));
  if (errors.length === 0 && notStructural !== undefined) errors.push(fieldInvalid(at, '', notStructural));
  if (notStructural !== undefined) return errors;
  return [...errors, ...checkRules(schema as JSONSchemaProps, { path: at, schemaErrors: errors, ...(options.isKnownRule && { isKnown: options.isKnownRule }) })];
}

/** With a status subresource, the root may only say what is not lost when `properties.status` is looked at alone. */
const ROOT_FIELDS: Readonly<Record<string, string>> = {
  description: 'Description', type: 'Type', format: 'Format', title: 'Title', maximum: 'Maximum', exclusiveMaximum: 'ExclusiveMaximum', minimum: 'Minimum',
  exclusiveMinimum: 'ExclusiveMinimum', maxLength: 'MaxLength', minLength: 'MinLength', pattern: 'Pattern', maxItems: 'MaxItems', minItems: 'MinItems',
  uniqueItems: 'UniqueItems', multipleOf: 'MultipleOf', required: 'Required', items: 'Items', properties: 'Properties', externalDocs: 'ExternalDocs',
  example: 'Example', 'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields', 'x-kubernetes-validations': 'XValidations',
};

function validateRootWithStatus(schema: GivenSchema, path: string): FieldError[] {
  if (schema.type !== undefined && schema.type !== 'object') {
    return [fieldInvalid(`${path}.type`, schema.type, 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled')];
  }
  if (Object.keys(schema).every((key) => Object.hasOwn(ROOT_FIELDS, key))) return [];
  const allowed = Object.values(ROOT_FIELDS).join(' ');
  return [fieldInvalid(path, shownSchema(schema), `only [${allowed}] fields are allowed at the root of the schema if the status subresource is enabled`)];
}

/** What a node inherits from those above it. */
interface Position {
  readonly isRoot: boolean;
  /** Inside apiVersion, kind or metadata of a resource. */
  readonly insideMeta: boolean;
  /** Why there may be no default here; undefined where there may. */
  readonly forbiddenDefaults: string | undefined;
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META_FIELDS: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

function validateNode(schema: GivenSchema, path: string, position: Position): FieldError[] {
  const errors = validateKeywords(schema, path, position);
  const below: Position = { ...position, isRoot: false };
  const visit = (child: GivenSchema | undefined, where: string, at = below): void => {
    if (child) errors.push(...validateNode(child, `${path}.${where}`, at));
  };

  if (schema.additionalProperties !== undefined) {
    const values = schema.additionalProperties;
    if (schema.properties !== undefined && values !== true) {
      errors.push(fieldForbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
    }
    visit(valuesOf(schema), 'additionalProperties', position.insideMeta ? { ...below, forbiddenDefaults: 'inside additionalProperties applying to object metadata' } : below);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMeta = (position.isRoot || schema['x-kubernetes-embedded-resource'] === true) && META_FIELDS.has(name);
    visit(property, `properties[${name}]`, {
      isRoot: false, insideMeta: position.insideMeta || isMeta, forbiddenDefaults: isMeta && position.isRoot ? `in top-level ${name}` : position.forbiddenDefaults,
    });
  }
  visit(schema.not, 'not');
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) schema[junctor]?.forEach((child, index) => visit(child, `${junctor}[${index}]`));
  for (const [name, child] of Object.entries(schema.definitions ?? {})) visit(child, `definitions[${name}]`);
  visit(itemsOf(schema), 'items');
  if (Array.isArray(schema.items)) (schema.items as readonly GivenSchema[]).forEach((child, index) => visit(child, `items[${index}]`));
  for (const [name, child] of Object.entries(schema.dependencies ?? {})) if (!Array.isArray(child)) visit(child as GivenSchema, `dependencies[${name}]`);

  const preserve = schema['x-kubernetes-preserve-unknown-fields'];
  if (preserve === false) errors.push(fieldInvalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  errors.push(...validateLists(schema, path));
  schema['x-kubernetes-validations']?.forEach((rule, index) => errors.push(...validateRule(rule, schema, `${path}.x-kubernetes-validations[${index}]`)));
  return errors;
}

function validateKeywords(schema: GivenSchema, path: string, position: Position): FieldError[] {
  const errors: FieldError[] = [];
  const { type } = schema;
  if (type !== undefined && !TYPES.includes(type)) errors.push(fieldNotSupported(`${path}.type`, type, TYPES));
  if (schema.default !== undefined && position.forbiddenDefaults !== undefined) errors.push(fieldForbidden(`${path}.default`, `must not be set ${position.forbiddenDefaults}`));
  const unsupported = {
    id: schema.id, additionalItems: schema.additionalItems, patternProperties: schema.patternProperties, definitions: schema.definitions,
    dependencies: schema.dependencies, $ref: schema.$ref,
  };
  for (const [keyword, value] of Object.entries(unsupported)) {
    if (value !== undefined) errors.push(fieldForbidden(`${path}.${keyword}`, `${keyword} is not supported`));
  }
  if (type === 'null') errors.push(fieldForbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  if (Array.isArray(schema.items) && schema.items.length > 0) errors.push(fieldForbidden(`${path}.items`, 'items must be a schema object and not an array'));
  if (position.insideMeta && schema['x-kubernetes-embedded-resource'] === true) {
    errors.push(fieldForbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta'));
  }
  if (schema.uniqueItems === true) {
    errors.push(fieldForbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  }
  return errors;
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

function validateRule(rule: ValidationRule, schema: GivenSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { message = '', messageExpression = '', fieldPath = '' } = rule;
  const hasLineBreak = (text: string): boolean => /[\n\r]/.test(text);
  if (rule.rule.trim() === '') errors.push(fieldRequired(`${path}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') errors.push(fieldInvalid(`${path}.message`, message, 'must be non-empty if specified'));
  else if (hasLineBreak(message.trim())) errors.push(fieldInvalid(`${path}.message`, message, 'must not contain line breaks'));
  else if (hasLineBreak(rule.rule.trim()) && message.trim() === '') errors.push(fieldRequired(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(fieldRequired(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  }
  if (rule.reason !== undefined && !REASONS.includes(rule.reason)) errors.push(fieldNotSupported(`${path}.reason`, rule.reason, REASONS));
  if (fieldPath === '') return errors;
  if (fieldPath.trim() === '') errors.push(fieldInvalid(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified'));
  if (hasLineBreak(fieldPath)) errors.push(fieldInvalid(`${path}.fieldPath`, fieldPath, 'must not contain line breaks'));
  if (typeof findSchemaField(fieldPath, schema, { allowBrackets: true }) === 'string') errors.push(fieldInvalid(`${path}.fieldPath`, fieldPath, 'must be a valid path'));
  return errors;
}
