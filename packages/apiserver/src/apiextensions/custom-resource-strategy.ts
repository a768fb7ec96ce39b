import {
  ApiError, GoDecodeError, NO_FIELD, applyDefaults, badRequest, deepEqual, fieldInvalid, goQuote, parseApiVersion, pruneObject, readEmbeddedMetadata, readObjectMeta, structuralSchema,
  validateEmbeddedResources, validateListTypes, validateQualifiedName, validateSchema, type FieldError, type JSONSchemaProps, type KubeObject, type TypedSchema,
} from '@kubewright/api';
import { evaluateRules } from '@kubewright/cel';

import type { Strategy } from '../registry/resource.js';
import { validateScale, type ScalePaths } from './validate-scale.js';

/** What a version of a definition asks of its objects. */
export interface CustomResourceRules {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly schema: TypedSchema;
  /** Schemas of all versions, by apiVersion. */
  readonly schemas: ReadonlyMap<string, TypedSchema>;
  readonly hasStatus: boolean;
  readonly hasRules: boolean;
  readonly scale: ScalePaths | undefined;
  /** The definition is being deleted: nothing new may come. */
  readonly isTerminating: boolean;
  readonly selectableFields: Strategy['selectableFields'];
}

/** Pruning, defaults, validation and the parts of a write that objects of a custom resource get (apiextensions-apiserver/pkg/registry/customresource). */
export class CustomResourceStrategy implements Strategy {
  readonly allowUnconditionalUpdate = false;
  readonly selectableFields: Strategy['selectableFields'];

  constructor(private readonly rules: CustomResourceRules) {
    this.selectableFields = rules.selectableFields;
  }

  prune(object: KubeObject): string[] {
    const { kind, version } = this.rules;
    const schema = this.#schemaOf(object);
    try {
      const unknown: string[] = [];
      if (object.metadata === undefined || object.metadata === null) object.metadata = {};
      else {
        const read = readObjectMeta(object.metadata);
        object.metadata = read.metadata;
        unknown.push(...read.unknown);
      }
      if (schema) unknown.push(...readEmbeddedMetadata(object, schema), ...pruneObject(object, schema));
      return unknown.sort((a, b) => (a < b ? -1 : 1));
    } catch (error) {
      if (error instanceof GoDecodeError) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
      throw error;
    }
  }

  applyDefaults(object: KubeObject, merged = false): void {
    applyDefaults(object, this.rules.schema, { keepNulls: merged });
  }

  prepareForCreate(object: KubeObject): void {
    if (this.rules.isTerminating) {
      const message = 'create not allowed while custom resource definition is terminating';
      throw ApiError.of(405, 'MethodNotAllowed', message, { group: this.rules.group, kind: this.rules.plural });
    }
    if (this.rules.hasStatus) delete fieldsOf(object)['status'];
    object.metadata.generation = 1;
  }

  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void {
    if (subresource === 'status') {
      this.#keepAllButStatus(object, old);
      return;
    }
    const [fields, before] = [fieldsOf(object), fieldsOf(old)];
    if (this.rules.hasStatus) {
      if (Object.hasOwn(before, 'status')) fields['status'] = before['status'];
      else delete fields['status'];
    }
    if (!deepEqual(withoutMetadata(fields), withoutMetadata(before))) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }

  validate(object: KubeObject): FieldError[] {
    const wrongType = this.#validateTypeMeta(object);
    const { schema, scale } = this.rules;
    return this.#withRules(object, undefined, [
      ...(wrongType.length > 0 ? wrongType : [...validateSchema(object, schema), ...(scale ? validateScale(object, scale, 'all') : [])]),
      ...validateEmbeddedResources(object, schema),
      ...validateListTypes(object, schema),
    ]);
  }

  validateUpdate(object: KubeObject, old: KubeObject, subresource: string, warn?: (warning: string) => void): FieldError[] {
    const { schema, scale } = this.rules;
    const wrongType = this.#validateTypeMeta(object);
    const lists = validateListTypes(object, schema);
    const newInLists = lists.length > 0 && validateListTypes(old, schema).length === 0 ? lists : [];
    if (subresource === 'status') {
      const values = [...this.#validateStatus(object, old), ...(scale ? validateScale(object, scale, 'status') : [])];
      return this.#withRules(object, old, [...(wrongType.length > 0 ? wrongType : values), ...newInLists], warn);
    }
    const values = [...validateSchema(object, schema, { old }), ...(scale ? validateScale(object, scale, 'all') : [])];
    return this.#withRules(object, old, [...(wrongType.length > 0 ? wrongType : values), ...validateEmbeddedResources(object, schema), ...newInLists], warn);
  }

  warnings(object: KubeObject, old?: KubeObject): string[] {
    const before = new Set(old?.metadata.finalizers);
    const added = [...new Set(object.metadata.finalizers)].filter((finalizer) => !before.has(finalizer)).sort();
    return added.flatMap(finalizerWarnings);
  }

  /** The schema by which an object is pruned: that of the version that it says it has. What says it is another kind is left as it is. */
  #schemaOf({ apiVersion, kind }: KubeObject): TypedSchema | undefined {
    const { group, version, schemas } = this.rules;
    if (kind !== this.rules.kind || (apiVersion !== undefined && parseApiVersion(apiVersion).group !== group)) return undefined;
    if (apiVersion === undefined || apiVersion === `${group}/${version}`) return this.rules.schema;
    return schemas.get(apiVersion) ?? NOTHING_KNOWN;
  }

  #keepAllButStatus(object: KubeObject, old: KubeObject): void {
    const fields = fieldsOf(object);
    const { status } = fields;
    const hasStatus = Object.hasOwn(fields, 'status');
    const { managedFields } = object.metadata;
    for (const key of Object.keys(fields)) delete fields[key];
    Object.assign(fields, old, { metadata: { ...old.metadata } });
    if (managedFields) object.metadata.managedFields = managedFields;
    else delete object.metadata.managedFields;
    if (hasStatus) fields['status'] = status;
    else delete fields['status'];
  }

  #validateTypeMeta(object: KubeObject): FieldError[] {
    const { group, version, kind } = this.rules;
    const apiVersion = `${group}/${version}`;
    return [
      ...(object.kind === kind ? [] : [fieldInvalid('kind', object.kind ?? '', `must be ${kind}`)]),
      ...(object.apiVersion === apiVersion ? [] : [fieldInvalid('apiVersion', object.apiVersion ?? '', `must be ${apiVersion}`)]),
    ];
  }

  /** Through /status only `status` is looked at, by its own part of the schema; messages name paths from there. */
  #validateStatus(object: KubeObject, old: KubeObject): FieldError[] {
    const fields = fieldsOf(object);
    const root: JSONSchemaProps | undefined = this.rules.schema.root.properties?.['status'];
    if (root === undefined || !Object.hasOwn(fields, 'status')) return [];
    return validateSchema(fields['status'], { root, resolve: this.rules.schema.resolve }, { at: 'status', old: fieldsOf(old)['status'] });
  }

  /** Runs the rules (x-kubernetes-validations) as well. The server runs none over an object that its schema refuses, and says so. */
  #withRules(object: KubeObject, old: KubeObject | undefined, errors: FieldError[], onWarning: (warning: string) => void = () => {}): FieldError[] {
    if (!this.rules.hasRules) return errors;
    if (!errors.some(({ type }) => BLOCKING.has(type))) return [...errors, ...evaluateRules(this.rules.schema.root, object, old, { onWarning })];
    const message = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [...errors, fieldInvalid(NO_FIELD, null, message)];
  }
}

const BLOCKING: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid',
]);

const NOTHING_KNOWN = structuralSchema({ type: 'object' });

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function finalizerWarnings(finalizer: string): string[] {
  const warnings = validateQualifiedName(finalizer).map((problem) => `metadata.finalizers: ${goQuote(finalizer)}: ${problem}`);
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return warnings;
  const including = finalizer.includes('.') ? ' including a path (/)' : '';
  return [...warnings, `metadata.finalizers: ${goQuote(finalizer)}: prefer a domain-qualified finalizer name${including} to avoid accidental conflicts with other finalizer writers`];
}

function withoutMetadata({ metadata: _metadata, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function fieldsOf(object: KubeObject): Record<string, unknown> {
  return object as unknown as Record<string, unknown>;
}
