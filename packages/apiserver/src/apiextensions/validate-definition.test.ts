import { describe, expect, it } from 'vitest';

import type { KubeObject } from '@kubewright/api';

import { definitionStrategy } from './definition-strategy.js';

type Json = Record<string, unknown>;

const GROUP = 'example.com';
const field = (schema: Json): Json => ({ type: 'object', properties: { spec: { type: 'object', properties: { a: schema } } } });
const version = (rest: Json = {}): Json => ({ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: field({ type: 'string' }) }, ...rest });
const withSchema = (openAPIV3Schema: Json, rest: Json = {}): Json => ({ versions: [version({ schema: { openAPIV3Schema }, ...rest })] });
const withField = (schema: Json): Json => withSchema(field(schema));

function definition(spec: Json = {}, metadata: Json = {}): KubeObject {
  const names = { plural: 'widgets', kind: 'Widget', ...(spec['names'] as Json) };
  const group = (spec['group'] as string | undefined) ?? GROUP;
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${names.plural}.${group}`, ...metadata },
    spec: { group, scope: 'Namespaced', versions: [version()], ...spec, names },
  } as unknown as KubeObject;
}

function problems(object: KubeObject): string[] {
  const copy = structuredClone(object);
  definitionStrategy.prune(copy);
  definitionStrategy.applyDefaults(copy);
  definitionStrategy.prepareForCreate(copy);
  return definitionStrategy.validate(copy).map(({ type, field: path, message }) => `${type.replace('FieldValue', '')} ${path} ${message}`).sort();
}

const DNS_1035 = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const AT = 'spec.validation.openAPIV3Schema.properties[spec].properties[a]';
const shown = (name: string, storage: boolean): string =>
  `{"Name":"${name}","Served":true,"Storage":${storage},"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}`;
const webhook = (clientConfig: Json, conversionReviewVersions: string[] = ['v1']): Json => ({ conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions } } });

/** Texts as a real server (1.36) answered them. */
const cases: [what: string, object: KubeObject, expected: string[]][] = [
  ['nothing wrong with a good one', definition(), []],
  ['a name that is not plural.group', definition({}, { name: 'widget.example.com' }), ['Invalid metadata.name Invalid value: "widget.example.com": must be spec.names.plural+"."+spec.group']],
  ['a bad plural', definition({ names: { plural: 'wid.gets' } }), [`Invalid spec.names.plural Invalid value: "wid.gets": ${DNS_1035}`]],
  ['a bad kind', definition({ names: { kind: 'wid_get' } }), [
    `Invalid spec.names.kind Invalid value: "wid_get": may have mixed case, but should otherwise match: ${DNS_1035}`,
    `Invalid spec.names.listKind Invalid value: "wid_getList": may have mixed case, but should otherwise match: ${DNS_1035}`,
    `Invalid spec.names.singular Invalid value: "wid_get": ${DNS_1035}`,
  ]],
  ['no kind', definition({ names: { kind: '' } }), ['Required spec.names.kind Required value', 'Required spec.names.listKind Required value', 'Required spec.names.singular Required value']],
  ['kind and list kind alike', definition({ names: { listKind: 'Widget' } }), ['Invalid spec.names.listKind Invalid value: "Widget": kind and listKind may not be the same']],
  ['a bad short name', definition({ names: { shortNames: ['ws', ''] } }), [`Invalid spec.names.shortNames[1] Invalid value: "": ${DNS_1035}`]],
  ['a bad category', definition({ names: { categories: ['a.b'] } }), [`Invalid spec.names.categories[0] Invalid value: "a.b": ${DNS_1035}`]],
  ['a group of one word', definition({ group: 'widgets' }), ['Invalid spec.group Invalid value: "widgets": should be a domain with at least one dot']],
  ['no scope', definition({ scope: '' }), ['Required spec.scope Required value']],
  ['an unknown scope', definition({ scope: 'namespaced' }), ['NotSupported spec.scope Unsupported value: "namespaced": supported values: "Cluster", "Namespaced"']],
  ['no versions', definition({ versions: [] }), [
    'Invalid spec.versions Invalid value: []: must have exactly one version marked as storage version', 'Invalid status.storedVersions Invalid value: null: must have at least one stored version',
  ]],
  ['two stored versions', definition({ versions: [version(), version({ name: 'v2' })] }), [
    `Invalid spec.versions Invalid value: [${shown('v1', true)},${shown('v2', true)}]: must have exactly one version marked as storage version`,
    'Invalid status.storedVersions Invalid value: ["v1"]: must have the storage version v2',
  ]],
  ['a version twice', definition({ versions: [version(), version({ storage: false })] }), [`Invalid spec.versions Invalid value: [${shown('v1', true)},${shown('v1', false)}]: must contain unique version names`]],
  ['a bad version name', definition({ versions: [version({ name: 'V1' })] }), [
    `Invalid spec.version Invalid value: "V1": ${DNS_1035}`, `Invalid spec.versions[0].name Invalid value: "V1": ${DNS_1035}`,
  ]],
  ['a deprecation warning of no deprecated version', definition({ versions: [version({ deprecationWarning: 'old' })] }), ['Invalid spec.versions[0].deprecationWarning Invalid value: "old": can only be set for deprecated versions']],
  ['a deprecation warning of two lines', definition({ versions: [version({ deprecated: true, deprecationWarning: 'a\nb' })] }), [
    'Invalid spec.versions[0].deprecationWarning Invalid value: "a\\nb": must only contain printable UTF-8 characters; non-printable character found at index 1',
  ]],
  ['no schema', definition({ versions: [version({ schema: undefined })] }), ['Required spec.versions[0].schema.openAPIV3Schema Required value']],
  ['preserveUnknownFields', definition({ preserveUnknownFields: true }), [
    'Invalid spec.preserveUnknownFields Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
  ]],
  ['a schema without a type', definition(withSchema({})), ['Required spec.validation.openAPIV3Schema.type Required value: must not be empty at the root']],
  ['a schema that is no object', definition(withSchema({ type: 'string' })), ['Invalid spec.validation.openAPIV3Schema.type Invalid value: "string": must be object at the root']],
  ['the path of a version whose schema differs', definition({ versions: [version(), version({ name: 'v2', storage: false, schema: { openAPIV3Schema: field({}) } })] }), [
    'Required spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[a].type Required value: must not be empty for specified object fields',
  ]],
  ['a field without a type', definition(withField({ description: 'x' })), [`Required ${AT}.type Required value: must not be empty for specified object fields`]],
  ['items without a type', definition(withField({ type: 'array', items: {} })), [`Required ${AT}.items.type Required value: must not be empty for specified array items`]],
  ['an unknown type', definition(withField({ type: 'text' })), [`NotSupported ${AT}.type Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`]],
  ['type null', definition(withField({ type: 'null' })), [
    `Forbidden ${AT}.type Forbidden: type cannot be set to null, use nullable as an alternative`,
    `NotSupported ${AT}.type Unsupported value: "null": supported values: "array", "boolean", "integer", "number", "object", "string"`,
  ]],
  ['an array without items', definition(withField({ type: 'array' })), [`Required ${AT}.items Required value: must be specified`]],
  ['items as a list', definition(withField({ type: 'array', items: [{ type: 'string' }] })), [`Forbidden ${AT}.items Forbidden: items must be a schema object and not an array`]],
  ['properties with additionalProperties', definition(withField({ type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false })), [
    `Forbidden ${AT}.additionalProperties Forbidden: additionalProperties and properties are mutual exclusive`,
  ]],
  ['additionalProperties at the root', definition(withSchema({ type: 'object', additionalProperties: { type: 'string' } })), ['Forbidden spec.validation.openAPIV3Schema.additionalProperties Forbidden: must not be used at the root']],
  ['$ref', definition(withField({ type: 'object', $ref: '#/x' })), [`Forbidden ${AT}.$ref Forbidden: $ref is not supported`]],
  ['uniqueItems', definition(withField({ type: 'array', items: { type: 'string' }, uniqueItems: true })), [`Forbidden ${AT}.uniqueItems Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`]],
  ['preserve-unknown-fields: false', definition(withField({ type: 'object', 'x-kubernetes-preserve-unknown-fields': false })), [`Invalid ${AT}.x-kubernetes-preserve-unknown-fields Invalid value: false: must be true or undefined`]],
  ['a bad pattern', definition(withField({ type: 'string', pattern: '(' })), [`Invalid ${AT}.pattern Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``]],
  ['a description within anyOf', definition(withField({ type: 'string', anyOf: [{ type: 'string', description: 'x', default: 1 }] })), [
    `Forbidden ${AT}.anyOf[0].default Forbidden: must be undefined to be structural`, `Forbidden ${AT}.anyOf[0].description Forbidden: must be empty to be structural`,
    `Forbidden ${AT}.anyOf[0].type Forbidden: must be empty to be structural`,
  ]],
  ['what the root only mentions in a junctor', definition(withSchema({ type: 'object', properties: {}, anyOf: [{ properties: { x: { minimum: 1 } } }] })), [
    'Required spec.validation.openAPIV3Schema.properties[x] Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[x]',
  ]],
  ['the choice of an int-or-string', definition(withField({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] })), []],
  ['the choice of an int-or-string the wrong way round', definition(withField({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'string' }, { type: 'integer' }] })), [
    `Forbidden ${AT}.anyOf[0].type Forbidden: must be empty to be structural`, `Forbidden ${AT}.anyOf[1].type Forbidden: must be empty to be structural`,
  ]],
  ['metadata with more than names', definition(withSchema({ type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } })), [
    'Forbidden spec.validation.openAPIV3Schema.properties[metadata] Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
  ]],
  ['an embedded resource without fields', definition(withField({ type: 'object', 'x-kubernetes-embedded-resource': true })), [
    `Required ${AT}.properties Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
  ]],
  ['the root of a version with status', definition(withSchema({ ...field({ type: 'string' }), nullable: true }, { subresources: { status: {} } })), [
    'Forbidden spec.validation.openAPIV3Schema.nullable Forbidden: nullable cannot be true at the root',
    expect.stringContaining('only [Description Type Format'),
  ]],
  ['a map list without keys', definition(withField({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' })), [
    `Required ${AT}.x-kubernetes-list-map-keys Required value: must not be empty if x-kubernetes-list-type is map`,
  ]],
  ['a map key that may be missing', definition(withField({ type: 'array', items: { type: 'object', properties: { n: { type: 'string' } } }, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'] })), [
    `Required ${AT}.items.properties[n].default Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
  ]],
  ['a list type on a string', definition(withField({ type: 'string', 'x-kubernetes-list-type': 'set' })), [`Invalid ${AT}.type Invalid value: "string": must be array if x-kubernetes-list-type is specified`]],
  ['a set of granular objects', definition(withField({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' })), [
    `Invalid ${AT}.items.x-kubernetes-map-type Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
  ]],
  ['a default of a wrong type', definition(withField({ type: 'string', default: 5 })), [`TypeInvalid ${AT}.default Invalid value: "integer":  in body must be of type string: "integer"`]],
  ['a default with an unknown field', definition(withField({ type: 'object', properties: { b: { type: 'string' } }, default: { c: 'x' } })), [`Invalid ${AT}.default Invalid value: {"c":"x"}: must not have unknown fields`]],
  ['a default item of a wrong type', definition(withField({ type: 'array', items: { type: 'integer' }, default: ['x', 1] })), [`TypeInvalid ${AT}.default.[0] Invalid value: "string": [0] in body must be of type integer: "string"`]],
  ['a default at the top of metadata', definition(withSchema({ type: 'object', properties: { metadata: { type: 'object', default: {} } } })), [
    'Forbidden spec.validation.openAPIV3Schema.properties[metadata].default Forbidden: must not be set in top-level metadata',
  ]],
  ['a column of an unknown type', definition({ versions: [version({ additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'spec' }] })] }), [
    'Invalid spec.additionalPrinterColumns[0].JSONPath Invalid value: "spec": must be a simple json path starting with .',
    'Invalid spec.additionalPrinterColumns[0].type Invalid value: "text": must be one of boolean,date,integer,number,string',
  ]],
  ['scale paths of the wrong places', definition({ versions: [version({ subresources: { scale: { specReplicasPath: '.status.x', statusReplicasPath: '', labelSelectorPath: '.x.y' } } })] }), [
    'Invalid spec.subresources.scale.labelSelectorPath Invalid value: ".x.y": should be a json path under either .spec or .status',
    'Invalid spec.subresources.scale.specReplicasPath Invalid value: ".status.x": should be a json path under .spec',
    'Required spec.subresources.scale.statusReplicasPath Required value',
  ]],
  ['selectable fields', definition({ versions: [version({ selectableFields: [{ jsonPath: '.spec.b' }, { jsonPath: '.spec.a[0]' }, { jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }, { jsonPath: '.spec' }, { jsonPath: 'spec.a' }] })] }), [
    'Duplicate spec.selectableFields[3].jsonPath Duplicate value: ".spec.a"',
    'Invalid spec.selectableFields[0].jsonPath Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
    'Invalid spec.selectableFields[1].jsonPath Invalid value: ".spec.a[0]": is an invalid path: array notation is not allowed',
    'Invalid spec.selectableFields[4].jsonPath Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    'Invalid spec.selectableFields[5].jsonPath Invalid value: "spec.a": is an invalid path: expected [ or . but got: spec',
  ]],
  ['an unknown conversion', definition({ conversion: { strategy: 'Magic' } }), ['NotSupported spec.conversion.strategy Unsupported value: "Magic": supported values: "None", "Webhook"']],
  ['a webhook with None', definition({ conversion: { strategy: 'None', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://x' } } } }), [
    'Forbidden spec.conversion.conversionReviewVersions Forbidden: should not be set when strategy is not set to Webhook',
    'Forbidden spec.conversion.webhookClientConfig Forbidden: should not be set when strategy is not set to Webhook',
  ]],
  ['a URL with everything in it', definition(webhook({ url: 'http://u:p@x/y?q=1#f' })), [
    'Invalid spec.conversion.webhookClientConfig.url Invalid value: "f": fragments are not permitted in the URL',
    'Invalid spec.conversion.webhookClientConfig.url Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
    'Invalid spec.conversion.webhookClientConfig.url Invalid value: "q=1": query parameters are not permitted in the URL',
    'Invalid spec.conversion.webhookClientConfig.url Invalid value: "u:p": user information is not permitted in the URL',
  ]],
  ['a service without a namespace (the real server names the wrong field)', definition(webhook({ service: { namespace: '', name: 'a', port: 99_999, path: '/a//b' } })), [
    'Invalid spec.conversion.webhookClientConfig.service.path Invalid value: "/a//b": segment[1] may not be empty',
    'Invalid spec.conversion.webhookClientConfig.service.port Invalid value: 99999: port is not valid: must be between 1 and 65535, inclusive',
    'Required spec.conversion.webhookClientConfig.service.name Required value',
  ]],
  ['a URL that is none', definition(webhook({ url: ':' })), ['Required spec.conversion.webhookClientConfig.url Required value: url must be a valid URL: parse ":": missing protocol scheme; desired format: https://host[/path]']],
  ['a default of the root that is no resource', definition(withSchema({ type: 'object', default: {} })), ['Required spec.validation.openAPIV3Schema.default.apiVersion Required value', 'Required spec.validation.openAPIV3Schema.default.kind Required value']],
  ['a default within metadata of an embedded resource', definition(withField({ type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true, properties: { metadata: { type: 'object', properties: { name: { type: 'string', default: 'a/b' } } } } })), [
    `Invalid ${AT}.properties[metadata].properties[name].default Invalid value: "a/b": must result in valid metadata: metadata.name: Invalid value: "a/b": may not contain '/'`,
  ]],
  ['review versions that nobody speaks', definition(webhook({ url: 'https://x' }, ['v7'])), ['Invalid spec.conversion.conversionReviewVersions Invalid value: ["v7"]: must include at least one of v1, v1beta1']],
  ['a rule without a rule', definition(withField({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] })), [`Required ${AT}.x-kubernetes-validations[0].rule Required value: rule is not specified`]],
  ['a protected group without an approval', definition({ group: 'x.k8s.io' }), [
    'Required metadata.annotations[api-approved.kubernetes.io] Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
  ]],
];

describe('a new definition', () => {
  it.each(cases)('tells %s', (_what, object, expected) => {
    expect(problems(object)).toEqual(expected);
  });
});

describe('a changed definition', () => {
  const established = { conditions: [{ type: 'Established', status: 'True' }], acceptedNames: { plural: 'widgets', kind: 'Widget' }, storedVersions: ['v1'] };
  const changed = (spec: Json): string[] => {
    const old = definition();
    (old as unknown as Json)['status'] = established;
    definitionStrategy.prune(old);
    definitionStrategy.applyDefaults(old);
    const next = structuredClone(definition(spec, { name: 'widgets.example.com' }));
    definitionStrategy.prune(next);
    definitionStrategy.applyDefaults(next);
    definitionStrategy.prepareForUpdate(next, old, '');
    return definitionStrategy.validateUpdate(next, old, '').map(({ field: path, message }) => `${path} ${message}`);
  };

  it.each<[string, Json, string[]]>([
    ['its kind', { names: { kind: 'Gadget' } }, ['spec.names.kind Invalid value: "Gadget": field is immutable']],
    ['its plural', { names: { plural: 'gadgets' } }, ['spec.names.plural Invalid value: "gadgets": field is immutable']],
    ['its scope', { scope: 'Cluster' }, ['spec.scope Invalid value: "Cluster": field is immutable']],
    ['its group', { group: 'other.example.com' }, ['spec.group Invalid value: "other.example.com": field is immutable']],
    ['a stored version', { versions: [version({ name: 'v2' })] }, [
      'status.storedVersions[0] Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
    ]],
  ])('can not lose %s', (_what, spec, expected) => {
    expect(changed(spec)).toEqual(expected);
  });

  it('may change its other names and gain versions', () => {
    expect(changed({ names: { singular: 'wid', shortNames: ['w'], categories: ['all'], listKind: 'WList' }, versions: [version(), version({ name: 'v2', storage: false })] })).toEqual([]);
  });
});
