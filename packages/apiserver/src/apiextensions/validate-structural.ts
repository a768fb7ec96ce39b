import { compilePattern, deepEqual, fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '@kubewright/api';

import { itemsOf, valuesOf, type GivenSchema } from './definition.js';

/** Where a node stands: the root, items of a list, or anything below a field. */
type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root', item: 'must not be empty for specified array items', field: 'must not be empty for specified object fields',
};

/** Why a schema can not be looked at as a structural one at all. */
export function unsupportedKeyword(schema: GivenSchema): string | undefined {
  for (const keyword of ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions'] as const) {
    if (schema[keyword] !== undefined) return `OpenAPIV3Schema '${keyword === '$schema' ? 'schema' : keyword}' is not supported`;
  }
  if (Array.isArray(schema.items) && schema.items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const children = [
    itemsOf(schema), valuesOf(schema), schema.not, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...Object.values(schema.properties ?? {}),
  ];
  for (const child of children) {
    const found = child && unsupportedKeyword(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Problems of a schema that keep it from being structural: every place has one type, and junctors only restrict what is described outside of them. */
export function validateStructural(schema: GivenSchema, path: string): FieldError[] {
  const errors = [...validateInvariants(schema, 'root', path), ...validateCompleteness(schema, schema, path, path)];
  const text = (error: FieldError): string => `${error.field}: ${error.message}`;
  return errors.sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function validateInvariants(schema: GivenSchema, level: Level, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = itemsOf(schema);
  const values = valuesOf(schema);
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true;
  const isIntOrString = schema['x-kubernetes-int-or-string'] === true;
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true;

  if (schema.type === 'array' && items === undefined) errors.push(fieldRequired(`${path}.items`, 'must be specified'));
  if (items) errors.push(...validateInvariants(items, 'item', `${path}.items`));
  for (const [name, property] of Object.entries(schema.properties ?? {})) errors.push(...validateInvariants(property, 'field', `${path}.properties[${name}]`));
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(fieldForbidden(`${path}.additionalProperties`, 'must not be used at the root'));
    if (values) errors.push(...validateInvariants(values, 'field', `${path}.additionalProperties`));
  }
  if (isIntOrString && preserves) {
    errors.push(fieldInvalid(`${path}.x-kubernetes-preserve-unknown-fields`, true, 'must be false if x-kubernetes-int-or-string is true'));
  }
  if (isIntOrString && isEmbedded) errors.push(fieldInvalid(`${path}.x-kubernetes-embedded-resource`, true, 'must be false if x-kubernetes-int-or-string is true'));
  errors.push(...validateValues(schema, path, { skipAnyOf: isIntOrStringChoice(schema.anyOf), skipFirstAllOf: isIntOrStringChoice(schema.allOf?.[0]?.anyOf) }));

  if (isEmbedded && schema.type !== 'object') {
    const problem = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(schema.type === undefined ? fieldRequired(`${path}.type`, problem) : fieldInvalid(`${path}.type`, schema.type, problem));
  } else if (schema.type === undefined && !isIntOrString && !preserves) {
    errors.push(fieldRequired(`${path}.type`, EMPTY_TYPE[level]));
  }
  if (isEmbedded && schema.additionalProperties !== undefined) {
    errors.push(fieldForbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'));
  }
  if (level === 'root' && schema.type !== undefined && schema.type !== 'object') errors.push(fieldInvalid(`${path}.type`, schema.type, 'must be object at the root'));
  errors.push(...validateMetaFields(schema, level, level === 'root' || isEmbedded, path));
  if (isEmbedded && !preserves && schema.properties === undefined) {
    errors.push(fieldRequired(`${path}.properties`, 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'));
  }
  return errors;
}

function validateMetaFields({ properties = {} }: GivenSchema, level: Level, isResource: boolean, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['kind', 'apiVersion'] as const) {
    const property = properties[name];
    if (isResource && property && property.type !== 'string') errors.push(fieldInvalid(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'));
  }
  const { metadata } = properties;
  if (metadata === undefined) return errors;
  const at = `${path}.properties[metadata]`;
  if (isResource && metadata.type !== 'object') errors.push(fieldInvalid(`${at}.type`, metadata.type ?? '', 'must be object'));
  if (level === 'root') {
    const { type: _type, default: _default, properties: restricted = {}, ...rest } = metadata;
    const names = Object.keys(restricted);
    if (Object.keys(rest).length > 0 || !names.every((name) => name === 'name' || name === 'generateName')) {
      errors.push(fieldForbidden(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
    }
  }
  return errors;
}

function isIntOrStringChoice(alternatives: readonly GivenSchema[] | undefined): boolean {
  return alternatives !== undefined && deepEqual(alternatives, [{ type: 'integer' }, { type: 'string' }]);
}

/** Junctors and the pattern of a node, structural or within a junctor. */
function validateValues(schema: GivenSchema, path: string, skip: { readonly skipAnyOf: boolean; readonly skipFirstAllOf: boolean }): FieldError[] {
  const errors: FieldError[] = [];
  if (!skip.skipAnyOf) schema.anyOf?.forEach((child, index) => errors.push(...validateNested(child, `${path}.anyOf[${index}]`)));
  schema.allOf?.forEach((child, index) => errors.push(...validateNested(child, `${path}.allOf[${index}]`, skip.skipFirstAllOf && index === 0)));
  schema.oneOf?.forEach((child, index) => errors.push(...validateNested(child, `${path}.oneOf[${index}]`)));
  if (schema.not) errors.push(...validateNested(schema.not, `${path}.not`));
  const pattern = schema.pattern === undefined ? undefined : compilePattern(schema.pattern);
  if (typeof pattern === 'string') errors.push(fieldInvalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${pattern}`));
  return errors;
}

const FORBIDDEN_IN_JUNCTORS: readonly (readonly [keyof GivenSchema, string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

/** A node within allOf, anyOf, oneOf or not: it may restrict values, and describe nothing. */
function validateNested(schema: GivenSchema, path: string, skipAnyOf = false): FieldError[] {
  const errors = validateValues(schema, path, { skipAnyOf, skipFirstAllOf: false });
  const items = itemsOf(schema);
  if (items) errors.push(...validateNested(items, `${path}.items`));
  for (const [name, property] of Object.entries(schema.properties ?? {})) errors.push(...validateNested(property, `${path}.properties[${name}]`));
  for (const [keyword, problem] of FORBIDDEN_IN_JUNCTORS) {
    const value = schema[keyword];
    // "Nothing beside what is described" says nothing here.
    if (value !== undefined && !(keyword === 'additionalProperties' && value === false)) errors.push(fieldForbidden(`${path}.${keyword}`, problem));
  }
  if (schema.properties && Object.hasOwn(schema.properties, 'metadata')) errors.push(fieldForbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
  return errors;
}

/** What a junctor of the root mentions must be described outside of it. Junctors further down are not held to that. */
function validateCompleteness(values: GivenSchema, structure: GivenSchema | undefined, structurePath: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const nested = (child: GivenSchema | undefined, where: string): void => {
    if (child) errors.push(...validateNestedCompleteness(child, structure, structurePath, `${path}.${where}`));
  };
  nested(values.not, 'not');
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) values[junctor]?.forEach((child, index) => nested(child, `${junctor}[${index}]`));
  return errors;
}

function validateNestedCompleteness(values: GivenSchema, structure: GivenSchema | undefined, structurePath: string, path: string): FieldError[] {
  if (structure === undefined) return [fieldRequired(structurePath, `because it is defined in ${path}`)];
  const errors = validateCompleteness(values, structure, structurePath, path);
  const items = itemsOf(values);
  if (items) errors.push(...validateNestedCompleteness(items, itemsOf(structure), `${structurePath}.items`, `${path}.items`));
  for (const [name, property] of Object.entries(values.properties ?? {})) {
    const described = structure.properties && Object.hasOwn(structure.properties, name) ? structure.properties[name] : undefined;
    const [at, from] = [`${structurePath}.properties[${name}]`, `${path}.properties[${name}]`];
    errors.push(...(described ? validateNestedCompleteness(property, described, at, from) : [fieldRequired(at, `because it is defined in ${from}`)]));
  }
  return errors;
}
