import {
  GoRaw, deepEqual, fieldInvalid, fieldNotSupported, fieldRequired, goJson, validateDns1035Label, validateDns1123Subdomain, type FieldError,
  type ValidationRule,
} from '@kubewright/api';

import { validateApiApproval } from './api-approval.js';
import { isConditionTrue, schemaOf, someSchema, type Definition, type DefinitionNames, type DefinitionVersion } from './definition.js';
import { internalSpec, shownVersions, type InternalSpec } from './internal-spec.js';
import { validateConversion } from './validate-conversion.js';
import { validateSchemaDefinition } from './validate-schema.js';
import { validateColumns, validateScalePaths, validateSelectableFields } from './validate-version-parts.js';

/** Problems of a new definition. Those of its metadata in general are the registry's business. */
export function validateDefinition(definition: Definition): FieldError[] {
  const { name, generateName } = definition.metadata;
  const { group, names } = definition.spec;
  const misnamed = (given: string | undefined): given is string => given !== undefined && given !== '' && given !== `${names.plural}.${group}`;
  return [
    ...(misnamed(generateName) ? [fieldInvalid('metadata.generateName', generateName, MISNAMED)] : []),
    ...(misnamed(name) ? [fieldInvalid('metadata.name', name, MISNAMED)] : []),
    ...validateSpec(definition, { allowInvalidCaBundle: true }),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApiApproval(definition),
    ...validatePreserveUnknownFields(definition),
  ];
}

const MISNAMED = 'must be spec.names.plural+"."+spec.group';

/** Problems of a change to a definition. */
export function validateDefinitionUpdate(definition: Definition, old: Definition): FieldError[] {
  const isEstablished = isConditionTrue(old, 'Established');
  const known = ruleExpressions(old);
  const { spec } = definition;
  const immutable = (path: string, value: unknown, before: unknown): FieldError[] => (deepEqual(value, before) ? [] : [fieldInvalid(path, value, 'field is immutable')]);
  return [
    ...validateSpec(definition, { allowInvalidCaBundle: !isEstablished, isKnownRule: (expression) => known.has(expression) }),
    ...(isEstablished ? immutable('spec.scope', spec.scope, old.spec.scope) : []),
    ...(isEstablished ? immutable('spec.names.kind', spec.names.kind, old.spec.names.kind) : []),
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApiApproval(definition, old),
    ...validatePreserveUnknownFields(definition),
  ];
}

/** Problems of a written status. */
export function validateStatus(definition: Definition): FieldError[] {
  const names = definition.status?.acceptedNames;
  return names ? validateNames(names, 'status.acceptedNames') : [];
}

interface SpecOptions {
  readonly allowInvalidCaBundle: boolean;
  readonly isKnownRule?: (expression: string) => boolean;
}

function validateSpec(definition: Definition, options: SpecOptions): FieldError[] {
  const { spec } = definition;
  const internal = internalSpec(spec);
  return [
    ...validateGroup(spec.group ?? ''),
    ...validateScope(spec.scope ?? ''),
    ...internal.given.versions?.flatMap((version, index) => (schemaOf(version) ? [] : [fieldRequired(`spec.versions[${index}].schema.openAPIV3Schema`)])) ?? [],
    ...validateVersions(internal, options),
    ...requiredNames(spec.names),
    ...validateNames(spec.names, 'spec.names'),
    ...validateSchemaDefinition(internal.validation, 'spec.validation', { hasStatus: spec.versions?.some(hasStatus) ?? false, ...(options.isKnownRule && { isKnownRule: options.isKnownRule }) }),
    ...validateScalePaths(internal.subresources?.scale, 'spec.subresources'),
    ...validateColumns(internal.additionalPrinterColumns, 'spec.additionalPrinterColumns'),
    ...(internal.selectableFields && internal.selectableFields.length > 0
      ? internal.validation === undefined
        ? [fieldInvalid('spec.selectableFields', '', 'may only be set when validations.schema is included')]
        : validateSelectableFields(internal.selectableFields, internal.validation.openAPIV3Schema, 'spec.selectableFields')
      : []),
    ...validateConversion(spec.conversion, options),
  ];
}

function hasStatus(version: DefinitionVersion): boolean {
  return version.subresources?.status !== undefined;
}

function validateGroup(group: string): FieldError[] {
  if (group === '') return [fieldRequired('spec.group')];
  const problems = validateDns1123Subdomain(group);
  if (problems.length > 0) return [fieldInvalid('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [fieldInvalid('spec.group', group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): FieldError[] {
  if (scope === '') return [fieldRequired('spec.scope')];
  return scope === 'Cluster' || scope === 'Namespaced' ? [] : [fieldNotSupported('spec.scope', scope, ['Cluster', 'Namespaced'])];
}

function validateVersions(internal: InternalSpec, { isKnownRule }: SpecOptions): FieldError[] {
  const rules = isKnownRule ? { isKnownRule } : {};
  const { versions } = internal;
  const errors: FieldError[] = [];
  versions.forEach((version, index) => {
    const path = `spec.versions[${index}]`;
    errors.push(...validateVersionName(version.name, `${path}.name`));
    errors.push(...validateDeprecationWarning(version).map((problem) => fieldInvalid(`${path}.deprecationWarning`, new GoRaw(goJson(version.deprecationWarning)), problem)));
    errors.push(...validateSchemaDefinition(version.schema, `${path}.schema`, { hasStatus: internal.given.versions.some((other) => other.name === version.name && hasStatus(other)), ...rules }));
    errors.push(...validateScalePaths(version.subresources?.scale, `${path}.subresources`));
    errors.push(...validateColumns(version.additionalPrinterColumns, `${path}.additionalPrinterColumns`));
    if (!version.selectableFields || version.selectableFields.length === 0) return;
    // A schema that all versions share is not seen from here, which the server has never minded to say wrongly.
    if (schemaOf(version) === undefined) errors.push(fieldInvalid(`${path}.selectableFields`, '', 'may only be set when `version.schema.openAPIV3Schema` is not included'));
    else errors.push(...validateSelectableFields(version.selectableFields, version.schema?.openAPIV3Schema, `${path}.selectableFields`));
  });
  if (new Set(versions.map(({ name }) => name)).size < versions.length) errors.push(fieldInvalid('spec.versions', shownVersions(internal), 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(fieldInvalid('spec.versions', shownVersions(internal), 'must have exactly one version marked as storage version'));
  }
  const first = versions[0]?.name ?? '';
  if (first !== '') errors.push(...validateVersionName(first, 'spec.version'));
  return errors;
}

function validateVersionName(name: string, path: string): FieldError[] {
  const problems = validateDns1035Label(name);
  return problems.length === 0 ? [] : [fieldInvalid(path, name, problems.join(','))];
}

function validateDeprecationWarning({ deprecated, deprecationWarning }: DefinitionVersion): string[] {
  if (deprecationWarning === undefined) return [];
  if (deprecated !== true) return ['can only be set for deprecated versions'];
  const problems: string[] = [];
  const bytes = new TextEncoder();
  if (bytes.encode(deprecationWarning).length > 256) problems.push('must be <= 256 characters long');
  if (deprecationWarning === '') problems.push('must not be an empty string');
  const stray = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.exec(deprecationWarning);
  if (stray) {
    const index = bytes.encode(deprecationWarning.slice(0, stray.index)).length;
    problems.push(`must only contain printable UTF-8 characters; non-printable character found at index ${index}`);
  }
  return problems;
}

function requiredNames(names: DefinitionNames): FieldError[] {
  return (['plural', 'singular', 'kind', 'listKind'] as const).filter((name) => !names[name]).map((name) => fieldRequired(`spec.names.${name}`));
}

function validateNames(names: DefinitionNames, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const label = (field: string, value: string | undefined, prefix = '', checked = value): void => {
    const problems = value ? validateDns1035Label(checked ?? '') : [];
    if (problems.length > 0) errors.push(fieldInvalid(`${path}.${field}`, value, prefix + problems.join(',')));
  };
  const mixedCase = 'may have mixed case, but should otherwise match: ';
  label('plural', names.plural);
  label('singular', names.singular);
  label('kind', names.kind, mixedCase, names.kind?.toLowerCase());
  label('listKind', names.listKind, mixedCase, names.listKind?.toLowerCase());
  names.shortNames?.forEach((name, index) => errors.push(...validateVersionName(name, `${path}.shortNames[${index}]`)));
  if (names.kind && names.kind === names.listKind) errors.push(fieldInvalid(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same'));
  names.categories?.forEach((name, index) => errors.push(...validateVersionName(name, `${path}.categories[${index}]`)));
  return errors;
}

function validateStoredVersions(definition: Definition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = definition.status?.storedVersions ?? [];
  if (stored.length === 0) return [fieldInvalid(path, definition.status?.storedVersions ?? null, 'must have at least one stored version')];
  const versions = definition.spec.versions ?? [];
  const errors = versions.filter(({ name, storage }) => storage && !stored.includes(name)).map(({ name }) => fieldInvalid(path, stored, `must have the storage version ${name}`));
  stored.forEach((name, index) => {
    if (versions.some((version) => version.name === name)) return;
    errors.push(fieldInvalid(`${path}[${index}]`, name,
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`));
  });
  return errors;
}

function validatePreserveUnknownFields({ spec }: Definition): FieldError[] {
  if (spec.preserveUnknownFields !== true) return [];
  return [fieldInvalid('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead')];
}

/** The expressions of all rules of a definition, in every version. */
function ruleExpressions(definition: Definition): ReadonlySet<string> {
  const found = new Set<string>();
  for (const version of definition.spec.versions ?? []) {
    someSchema(schemaOf(version), (node) => {
      for (const { rule, messageExpression } of (node['x-kubernetes-validations'] ?? []) as ValidationRule[]) for (const each of [rule, messageExpression]) if (each) found.add(each);
      return false;
    });
  }
  return found;
}
