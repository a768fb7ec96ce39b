import { validateDns1035Label, validateDns1123Label, validateLabelValue, validatePathSegmentName, validateQualifiedName } from '../meta/names.js';
import type { OwnerReference } from '../meta/object-meta.js';
import type { FieldError } from '../status/field-error.js';

import { childPath, fieldInvalid, fieldRequired } from './field-errors.js';
import { goJson } from './go-text.js';
import { GoDecodeError } from './go-shape.js';
import type { JSONSchemaProps } from './json-schema.js';
import { readObjectMeta } from './object-meta.js';
import type { TypedSchema } from './typed-schema.js';
import { isRecord } from './value-kind.js';

/** Embedded resources (x-kubernetes-embedded-resource) need apiVersion and kind, and metadata, if there is some, must be valid. */
export function validateEmbeddedResources(object: unknown, schema: TypedSchema, base = ''): FieldError[] {
  const errors: FieldError[] = [];
  walkEmbedded(object, schema, base, (resource, path) => errors.push(...validateResource(resource, path)));
  return errors;
}

/**
 * Reads the metadata of embedded resources as the server's own type, in place, and returns the paths of unknown fields in it.
 * @throws GoDecodeError naming the place, for metadata of a wrong type
 */
export function readEmbeddedMetadata(object: unknown, schema: TypedSchema): string[] {
  const unknown: string[] = [];
  walkEmbedded(object, schema, '', (resource, path) => {
    for (const key of ['apiVersion', 'kind'] as const) {
      if (Object.hasOwn(resource, key) && typeof resource[key] !== 'string') {
        throw new GoDecodeError(`${childPath(path, key)}: Invalid value: ${goJson(resource[key])}: must be a string`);
      }
    }
    if (!Object.hasOwn(resource, 'metadata')) return;
    const place = childPath(path, 'metadata');
    try {
      const read = readObjectMeta(resource['metadata'], place);
      resource['metadata'] = read.metadata;
      unknown.push(...read.unknown);
    } catch (error) {
      if (!(error instanceof GoDecodeError)) throw error;
      throw new GoDecodeError(`${place}: Invalid value: ${goJson(resource['metadata'])}: ${error.message}`);
    }
  });
  return unknown.sort();
}

function walkEmbedded(object: unknown, schema: TypedSchema, base: string, visit: (resource: Record<string, unknown>, path: string) => void): void {
  descend(object, schema.root, base);

  function descend(value: unknown, node: JSONSchemaProps | undefined, path: string): void {
    if (node === undefined) return;
    const resolved = schema.resolve(node);
    if (Array.isArray(value)) {
      value.forEach((item, index) => descend(item, resolved.items, `${path}[${index}]`));
    } else if (isRecord(value)) {
      if (resolved['x-kubernetes-embedded-resource'] === true) visit(value, path);
      for (const [key, item] of Object.entries(value)) {
        const { properties, additionalProperties } = resolved;
        if (properties && Object.hasOwn(properties, key)) descend(item, properties[key], childPath(path, key));
        else if (typeof additionalProperties === 'object') descend(item, additionalProperties, `${path}[${key}]`);
      }
    }
  }
}

function validateResource(resource: Record<string, unknown>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { apiVersion, kind, metadata } = resource;
  const at = (name: string): string => childPath(path, name);
  if (apiVersion === undefined) errors.push(fieldRequired(at('apiVersion')));
  if (kind === undefined) errors.push(fieldRequired(at('kind')));

  if (apiVersion !== undefined) {
    if (typeof apiVersion !== 'string') errors.push(fieldInvalid(at('apiVersion'), apiVersion, 'must be a string'));
    else if (apiVersion === '') errors.push(fieldInvalid(at('apiVersion'), apiVersion, 'must not be empty'));
    else if (apiVersion.split('/').length > 2) errors.push(fieldInvalid(at('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (kind !== undefined) {
    if (typeof kind !== 'string') errors.push(fieldInvalid(at('kind'), kind, 'must be a string'));
    else if (kind === '') errors.push(fieldInvalid(at('kind'), kind, 'must not be empty'));
    else {
      const problems = validateDns1035Label(kind.toLowerCase());
      if (problems.length > 0) errors.push(fieldInvalid(at('kind'), kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
    }
  }
  if (metadata !== undefined) errors.push(...validateMetadata(metadata, at('metadata')));
  return errors;
}

function validateMetadata(given: unknown, path: string): FieldError[] {
  let metadata: Record<string, unknown>;
  try {
    metadata = readObjectMeta(given, path).metadata;
  } catch (error) {
    if (error instanceof GoDecodeError) return [fieldInvalid(path, given, error.message)];
    throw error;
  }
  const errors: FieldError[] = [];
  const report = (field: string, value: unknown, problems: readonly string[]): void => {
    errors.push(...problems.map((problem) => fieldInvalid(`${path}.${field}`, value, problem)));
  };
  for (const field of ['generateName', 'name'] as const) {
    if (typeof metadata[field] === 'string') report(field, metadata[field], validatePathSegmentName(metadata[field]));
  }
  if (typeof metadata['namespace'] === 'string') report('namespace', metadata['namespace'], validateDns1123Label(metadata['namespace']));
  if (Number(metadata['generation'] ?? 0) < 0) report('generation', metadata['generation'], ['must be greater than or equal to 0']);
  for (const [key, value] of Object.entries((metadata['labels'] ?? {}) as Record<string, string>)) {
    report('labels', key, validateQualifiedName(key));
    report('labels', value, validateLabelValue(value));
  }
  for (const key of Object.keys(metadata['annotations'] ?? {})) report('annotations', key, validateQualifiedName(key.toLowerCase()));
  for (const owner of (metadata['ownerReferences'] ?? []) as OwnerReference[]) {
    if (owner.apiVersion === '') report('ownerReferences.apiVersion', '', ['version must not be empty']);
    for (const field of ['kind', 'name', 'uid'] as const) if (owner[field] === '') report(`ownerReferences.${field}`, '', ['must not be empty']);
  }
  for (const finalizer of (metadata['finalizers'] ?? []) as string[]) report('finalizers', finalizer, validateQualifiedName(finalizer));
  return errors;
}
