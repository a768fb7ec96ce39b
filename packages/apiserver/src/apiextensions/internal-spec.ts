import { GoRaw, deepEqual, goJson } from '@kubewright/api';

import type { Definition, DefinitionVersion, GivenSchema } from './definition.js';

/**
 * A definition's spec as the server looks at it: what all versions say alike stands once at the top (`spec.validation`, …) and in no version.
 * Error paths show it, so whoever reads them must know.
 */
export interface InternalSpec {
  readonly given: Definition['spec'];
  readonly versions: readonly DefinitionVersion[];
  readonly validation: DefinitionVersion['schema'];
  readonly subresources: DefinitionVersion['subresources'];
  readonly additionalPrinterColumns: DefinitionVersion['additionalPrinterColumns'];
  readonly selectableFields: DefinitionVersion['selectableFields'];
}

const SHARED = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

export function internalSpec(spec: Definition['spec']): InternalSpec {
  const given = spec.versions ?? [];
  const [first] = given;
  const alike = new Set(SHARED.filter((field) => given.every((version) => deepEqual(version[field], first?.[field]))));
  const versions = given.map((version) => Object.fromEntries(Object.entries(version).filter(([key]) => !alike.has(key as never))) as unknown as DefinitionVersion);
  return {
    given: spec,
    versions,
    validation: alike.has('schema') ? first?.schema : undefined,
    subresources: alike.has('subresources') ? first?.subresources : undefined,
    additionalPrinterColumns: alike.has('additionalPrinterColumns') ? first?.additionalPrinterColumns : undefined,
    selectableFields: alike.has('selectableFields') ? first?.selectableFields : undefined,
  };
}

/** The versions as messages show them: Go's field names, in Go's order. */
export function shownVersions({ given, versions }: InternalSpec): GoRaw {
  if (given.versions === null || given.versions === undefined) return new GoRaw('null');
  return new GoRaw(`[${versions.map((version) => struct([
    ['Name', version.name], ['Served', version.served], ['Storage', version.storage], ['Deprecated', version.deprecated ?? false],
    ['DeprecationWarning', version.deprecationWarning ?? null],
    ['Schema', version.schema ? new GoRaw(struct([['OpenAPIV3Schema', shownSchema(version.schema.openAPIV3Schema as GivenSchema | undefined)]])) : null],
    ['Subresources', version.subresources ? shownSubresources(version.subresources) : null],
    ['AdditionalPrinterColumns', version.additionalPrinterColumns?.map((column) => new GoRaw(struct([
      ['Name', column.name], ['Type', column.type], ['Format', column.format ?? ''], ['Description', column.description ?? ''], ['Priority', column.priority ?? 0],
      ['JSONPath', column.jsonPath],
    ]))) ?? null],
    ['SelectableFields', version.selectableFields?.map(({ jsonPath }) => new GoRaw(struct([['JSONPath', jsonPath]]))) ?? null],
  ])).join(',')}]`);
}

/** A schema as messages show it. */
export function shownSchema(schema: GivenSchema | undefined): GoRaw {
  if (schema === undefined) return new GoRaw('null');
  const list = (schemas: readonly GivenSchema[] | undefined): unknown => schemas?.map(shownSchema) ?? null;
  const map = (schemas: Readonly<Record<string, GivenSchema>> | undefined): unknown =>
    (schemas ? Object.fromEntries(Object.entries(schemas).map(([key, value]) => [key, shownSchema(value)])) : null);
  const orBool = (value: boolean | GivenSchema | undefined): unknown =>
    (value === undefined ? null : new GoRaw(struct([['Allows', value !== false], ['Schema', typeof value === 'object' ? shownSchema(value) : null]])));
  const { items } = schema;
  const isList = Array.isArray(items);
  return new GoRaw(struct([
    ['ID', schema.id ?? ''], ['Schema', schema.$schema ?? ''], ['Ref', schema.$ref ?? null], ['Description', schema.description ?? ''], ['Type', schema.type ?? ''],
    ['Nullable', schema.nullable ?? false], ['Format', schema.format ?? ''], ['Title', schema.title ?? ''], ['Default', schema.default ?? null],
    ['Maximum', schema.maximum ?? null], ['ExclusiveMaximum', schema.exclusiveMaximum ?? false], ['Minimum', schema.minimum ?? null],
    ['ExclusiveMinimum', schema.exclusiveMinimum ?? false], ['MaxLength', schema.maxLength ?? null], ['MinLength', schema.minLength ?? null],
    ['Pattern', schema.pattern ?? ''], ['MaxItems', schema.maxItems ?? null], ['MinItems', schema.minItems ?? null], ['UniqueItems', schema.uniqueItems ?? false],
    ['MultipleOf', schema.multipleOf ?? null], ['Enum', schema.enum ?? null], ['MaxProperties', schema.maxProperties ?? null],
    ['MinProperties', schema.minProperties ?? null], ['Required', schema.required ?? null],
    ['Items', items === undefined ? null : new GoRaw(struct([
      ['Schema', isList ? null : shownSchema(items as GivenSchema)], ['JSONSchemas', isList ? list(items as readonly GivenSchema[]) : null],
    ]))],
    ['AllOf', list(schema.allOf)], ['OneOf', list(schema.oneOf)], ['AnyOf', list(schema.anyOf)], ['Not', schema.not ? shownSchema(schema.not) : null],
    ['Properties', map(schema.properties)], ['AdditionalProperties', orBool(schema.additionalProperties)], ['PatternProperties', map(schema.patternProperties)],
    ['Dependencies', schema.dependencies ?? null], ['AdditionalItems', orBool(schema.additionalItems)], ['Definitions', map(schema.definitions)],
    ['ExternalDocs', schema.externalDocs ? new GoRaw(struct([['Description', schema.externalDocs.description ?? ''], ['URL', schema.externalDocs.url ?? '']])) : null],
    ['Example', schema.example ?? null],
    ['XPreserveUnknownFields', schema['x-kubernetes-preserve-unknown-fields'] ?? null], ['XEmbeddedResource', schema['x-kubernetes-embedded-resource'] ?? false],
    ['XIntOrString', schema['x-kubernetes-int-or-string'] ?? false], ['XListMapKeys', schema['x-kubernetes-list-map-keys'] ?? null],
    ['XListType', schema['x-kubernetes-list-type'] ?? null], ['XMapType', schema['x-kubernetes-map-type'] ?? null],
    ['XValidations', schema['x-kubernetes-validations']?.map((rule) => new GoRaw(struct([
      ['Rule', rule.rule], ['Message', rule.message ?? ''], ['MessageExpression', rule.messageExpression ?? ''], ['Reason', rule.reason ?? null],
      ['FieldPath', rule.fieldPath ?? ''], ['OptionalOldSelf', rule.optionalOldSelf ?? null],
    ]))) ?? null],
  ]));
}

function shownSubresources(subresources: NonNullable<DefinitionVersion['subresources']>): GoRaw {
  const { scale, status } = subresources;
  return new GoRaw(struct([
    ['Status', status ?? null],
    ['Scale', scale ? new GoRaw(struct([
      ['SpecReplicasPath', scale.specReplicasPath], ['StatusReplicasPath', scale.statusReplicasPath], ['LabelSelectorPath', scale.labelSelectorPath ?? null],
    ])) : null],
  ]));
}

function struct(fields: readonly (readonly [string, unknown])[]): string {
  return `{${fields.map(([name, value]) => `"${name}":${goJson(value)}`).join(',')}}`;
}
