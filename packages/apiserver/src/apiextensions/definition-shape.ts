import { GoDecodeError, isRecord, type GoField, type GoShape } from '@kubewright/api';

/** CustomResourceDefinition of apiextensions.k8s.io/v1 as the server reads and writes it; metadata is read on its own. */
const string: GoShape = { kind: 'string', type: 'string' };
const bool: GoShape = { kind: 'bool', type: 'bool' };
const int32: GoShape = { kind: 'int32', type: 'int32' };
const int64: GoShape = { kind: 'int64', type: 'int64' };
const float64: GoShape = { kind: 'float64', type: 'float64' };
const anything: GoShape = { kind: 'any' };
const named = (type: string): GoShape => ({ kind: 'string', type });
const list = (of: GoShape, type: string): GoShape => ({ kind: 'list', of: () => of, type });
const struct = (name: string, fields: Readonly<Record<string, GoField>>): GoShape => ({ kind: 'struct', name, type: `v1.${name}`, fields: () => fields });
const omit = (shape: GoShape): GoField => ({ shape, when: 'omit' });
const keep = (shape: GoShape): GoField => ({ shape, when: 'keep' });
const pointer = (shape: GoShape): GoField => ({ shape, when: 'pointer' });
const strings = list(string, '[]string');

/** Bytes travel as base64. */
const bytes: GoShape = {
  kind: 'custom',
  decode: (value, reader) => {
    const text = reader.readAlone(value, { kind: 'string', type: '[]uint8' });
    const wrong = typeof text === 'string' ? /^(?:[A-Za-z0-9+/\r\n]*(?:={1,2}$)?)/.exec(text)![0].length : 0;
    if (typeof text === 'string' && (wrong < text.length || text.replace(/[\r\n]/g, '').length % 4 !== 0)) throw new GoDecodeError(`illegal base64 data at input byte ${wrong}`);
    return text;
  },
};

const schema: GoShape = { kind: 'struct', name: 'JSONSchemaProps', type: 'v1.JSONSchemaProps', fields: () => SCHEMA_FIELDS };
const schemaMap: GoShape = { kind: 'map', of: () => schema, type: 'map[string]v1.JSONSchemaProps' };
const schemas = list(schema, '[]v1.JSONSchemaProps');

/** A schema or a list of schemas; anything else is as good as nothing. */
const schemaOrArray: GoShape = {
  kind: 'custom',
  decode: (value, reader) => (Array.isArray(value) ? reader.readAlone(value, schemas) : isRecord(value) ? reader.readAlone(value, schema) : undefined),
};
const schemaOrBool: GoShape = {
  kind: 'custom',
  decode: (value, reader) => (typeof value === 'boolean' ? value : isRecord(value) ? reader.readAlone(value, schema) : undefined),
};
const dependencies: GoShape = {
  kind: 'map',
  of: () => ({ kind: 'custom', decode: (value, reader) => (Array.isArray(value) ? value : reader.readAlone(value, schema)) }),
  type: 'v1.JSONSchemaDependencies',
};

const RULE = struct('ValidationRule', {
  rule: keep(string), message: omit(string), messageExpression: omit(string), reason: pointer(named('v1.FieldValueErrorReason')), fieldPath: omit(string),
  optionalOldSelf: pointer(bool),
});

const SCHEMA_FIELDS: Readonly<Record<string, GoField>> = {
  id: omit(string),
  $schema: omit(named('v1.JSONSchemaURL')),
  $ref: pointer(string),
  description: omit(string),
  type: omit(string),
  format: omit(string),
  title: omit(string),
  default: pointer(anything),
  maximum: pointer(float64),
  exclusiveMaximum: omit(bool),
  minimum: pointer(float64),
  exclusiveMinimum: omit(bool),
  maxLength: pointer(int64),
  minLength: pointer(int64),
  pattern: omit(string),
  maxItems: pointer(int64),
  minItems: pointer(int64),
  uniqueItems: omit(bool),
  multipleOf: pointer(float64),
  enum: omit(list(anything, '[]v1.JSON')),
  maxProperties: pointer(int64),
  minProperties: pointer(int64),
  required: omit(strings),
  items: pointer(schemaOrArray),
  allOf: omit(schemas),
  oneOf: omit(schemas),
  anyOf: omit(schemas),
  not: pointer(schema),
  properties: omit(schemaMap),
  additionalProperties: pointer(schemaOrBool),
  patternProperties: omit(schemaMap),
  dependencies: omit(dependencies),
  additionalItems: pointer(schemaOrBool),
  definitions: omit(schemaMap),
  externalDocs: pointer(struct('ExternalDocumentation', { description: omit(string), url: omit(string) })),
  example: pointer(anything),
  nullable: omit(bool),
  'x-kubernetes-preserve-unknown-fields': pointer(bool),
  'x-kubernetes-embedded-resource': omit(bool),
  'x-kubernetes-int-or-string': omit(bool),
  'x-kubernetes-list-map-keys': omit(strings),
  'x-kubernetes-list-type': pointer(string),
  'x-kubernetes-map-type': pointer(string),
  'x-kubernetes-validations': omit(list(RULE, 'v1.ValidationRules')),
};

const NAMES = struct('CustomResourceDefinitionNames', {
  plural: keep(string), singular: omit(string), shortNames: omit(strings), kind: keep(string), listKind: omit(string), categories: omit(strings),
});

const COLUMN = struct('CustomResourceColumnDefinition', {
  name: keep(string), type: keep(string), format: omit(string), description: omit(string), priority: omit(int32), jsonPath: keep(string),
});

const SUBRESOURCES = struct('CustomResourceSubresources', {
  status: pointer(struct('CustomResourceSubresourceStatus', {})),
  scale: pointer(struct('CustomResourceSubresourceScale', { specReplicasPath: keep(string), statusReplicasPath: keep(string), labelSelectorPath: pointer(string) })),
});

const VERSION = struct('CustomResourceDefinitionVersion', {
  name: keep(string),
  served: keep(bool),
  storage: keep(bool),
  deprecated: omit(bool),
  deprecationWarning: pointer(string),
  schema: pointer(struct('CustomResourceValidation', { openAPIV3Schema: pointer(schema) })),
  subresources: pointer(SUBRESOURCES),
  additionalPrinterColumns: omit(list(COLUMN, '[]v1.CustomResourceColumnDefinition')),
  selectableFields: omit(list(struct('SelectableField', { jsonPath: keep(string) }), '[]v1.SelectableField')),
});

const SERVICE = struct('ServiceReference', { namespace: keep(string), name: keep(string), path: pointer(string), port: pointer(int32) });

const CONVERSION = struct('CustomResourceConversion', {
  strategy: keep(named('v1.ConversionStrategyType')),
  webhook: pointer(struct('WebhookConversion', {
    clientConfig: pointer(struct('WebhookClientConfig', { url: pointer(string), service: pointer(SERVICE), caBundle: omit(bytes) })),
    conversionReviewVersions: keep(strings),
  })),
});

const CONDITION = struct('CustomResourceDefinitionCondition', {
  type: keep(named('v1.CustomResourceDefinitionConditionType')), status: keep(named('v1.ConditionStatus')), lastTransitionTime: keep(string), reason: omit(string),
  message: omit(string), observedGeneration: omit(int64),
});

/** `spec`. */
export const DEFINITION_SPEC: GoShape = struct('CustomResourceDefinitionSpec', {
  group: keep(string),
  names: keep(NAMES),
  scope: keep(named('v1.ResourceScope')),
  versions: keep(list(VERSION, '[]v1.CustomResourceDefinitionVersion')),
  conversion: pointer(CONVERSION),
  preserveUnknownFields: omit(bool),
});

/** `status`. */
export const DEFINITION_STATUS: GoShape = struct('CustomResourceDefinitionStatus', {
  conditions: keep(list(CONDITION, '[]v1.CustomResourceDefinitionCondition')), acceptedNames: keep(NAMES), storedVersions: keep(strings), observedGeneration: omit(int64),
});

/** The whole, without metadata. */
export const DEFINITION: GoShape = struct('CustomResourceDefinition', {
  apiVersion: omit(string), kind: omit(string), metadata: pointer(anything), spec: keep(DEFINITION_SPEC), status: keep(DEFINITION_STATUS),
});
