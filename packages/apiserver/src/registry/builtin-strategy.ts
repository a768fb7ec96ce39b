import { applyDefaults, deepEqual, type FieldError, type KubeObject, type TypedSchema } from '@kubewright/api';

import { dropEmptyKept, fillZeros, jsonFormOf } from '../protobuf/json-form.js';
import { copyJson } from '../storage/immutable.js';
import type { Strategy } from './resource.js';
import { readTyped, type Source } from './typed-reader.js';

/** An object whose fields are looked at without knowing its kind. */
export type Fields = KubeObject & Record<string, unknown>;

/** What one built-in kind adds to what is true of all of them. Everything is optional; strategies/ has one file a kind. */
export interface KindRules extends Partial<Pick<Strategy, 'gracePeriod' | 'warnings' | 'validateName' | 'allowCreateOnUpdate' | 'allowUnconditionalUpdate' | 'returnsDeletedObject' | 'defaultPropagation' | 'allocate' | 'holdsDeletion' | 'prepareForDeletion'>> {
  /** Whether metadata.generation counts the changes of the spec. @default false */
  readonly hasGeneration?: boolean;
  /** Whether annotations count as well. @default false */
  readonly generationCountsAnnotations?: boolean;
  /** What the user left out; called after the defaults of the types. */
  defaults?(object: Fields): void;
  prepareForCreate?(object: Fields): void;
  /** Called after spec, status and generation have been put right. */
  prepareForUpdate?(object: Fields, old: Fields, subresource: string): void;
  validate?(object: Fields): FieldError[];
  /** @default {@link validate} for the main resource */
  validateUpdate?(object: Fields, old: Fields, subresource: string): FieldError[];
}

/** The strategy of a built-in kind: types and zero values from its OpenAPI document, the rest from its {@link KindRules}. */
export class BuiltinStrategy implements Strategy {
  readonly gracePeriod?: NonNullable<Strategy['gracePeriod']>;
  readonly warnings?: NonNullable<Strategy['warnings']>;
  readonly validateName?: NonNullable<Strategy['validateName']>;
  readonly allocate?: NonNullable<Strategy['allocate']>;
  readonly holdsDeletion?: NonNullable<Strategy['holdsDeletion']>;
  readonly prepareForDeletion?: NonNullable<Strategy['prepareForDeletion']>;
  readonly allowCreateOnUpdate: boolean;
  readonly allowUnconditionalUpdate: boolean;
  readonly returnsDeletedObject: boolean;
  readonly defaultPropagation: 'background' | 'orphan' | 'unsupported';

  constructor(
    private readonly apiVersion: string,
    private readonly kind: string,
    private readonly hasStatus: boolean,
    private readonly schema: () => TypedSchema | undefined,
    readonly selectableFields: Strategy['selectableFields'],
    private readonly rules: KindRules,
  ) {
    if (rules.gracePeriod) this.gracePeriod = rules.gracePeriod.bind(rules);
    if (rules.warnings) this.warnings = rules.warnings.bind(rules);
    if (rules.validateName) this.validateName = rules.validateName.bind(rules);
    if (rules.allocate) this.allocate = rules.allocate.bind(rules);
    if (rules.holdsDeletion) this.holdsDeletion = rules.holdsDeletion.bind(rules);
    if (rules.prepareForDeletion) this.prepareForDeletion = rules.prepareForDeletion.bind(rules);
    this.allowCreateOnUpdate = rules.allowCreateOnUpdate ?? false;
    this.allowUnconditionalUpdate = rules.allowUnconditionalUpdate ?? true;
    this.returnsDeletedObject = rules.returnsDeletedObject ?? false;
    this.defaultPropagation = rules.defaultPropagation ?? 'background';
  }

  applyDefaults(object: KubeObject): void {
    const schema = this.schema();
    if (schema) applyDefaults(object, schema, { keepNulls: true });
    this.rules.defaults?.(object as Fields);
  }

  prune(object: KubeObject, source: Source = 'json'): string[] {
    const schema = this.schema();
    return schema ? readTyped(object as Fields, schema, this.kind, this.apiVersion, source) : [];
  }

  prepareForCreate(object: KubeObject): void {
    if (this.hasStatus) this.#clearStatus(object as Fields);
    if (this.rules.hasGeneration) object.metadata.generation = 1;
    this.rules.prepareForCreate?.(object as Fields);
    this.#dropEmpty(object as Fields);
  }

  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void {
    const [next, before] = [object as Fields, old as Fields];
    // A binding sets a pod's node and tells so in its status; nobody asked for a new generation.
    if (subresource === 'binding') return;
    const isStatus = subresource === 'status' || subresource === 'approval';
    if (isStatus) {
      for (const field of new Set([...Object.keys(next), ...Object.keys(before)])) {
        if (field !== 'status' && field !== 'metadata') restore(next, before, field);
      }
    } else if (this.hasStatus) restore(next, before, 'status');
    if (this.rules.hasGeneration && !isStatus && this.#isChanged(next, before)) {
      next.metadata.generation = (before.metadata.generation ?? 0) + 1;
    }
    this.rules.prepareForUpdate?.(next, before, subresource);
    this.#dropEmpty(next);
  }

  validate(object: KubeObject): FieldError[] {
    return this.rules.validate?.(object as Fields) ?? [];
  }

  validateUpdate(object: KubeObject, old: KubeObject, subresource: string): FieldError[] {
    if (this.rules.validateUpdate) return this.rules.validateUpdate(object as Fields, old as Fields, subresource);
    return subresource === 'status' ? [] : this.validate(object);
  }

  /** Everything but metadata and status is what the user asks for. */
  #isChanged(next: Fields, before: Fields): boolean {
    const { metadata, status: _status, ...asked } = next;
    const { metadata: oldMetadata, status: _oldStatus, ...askedBefore } = before;
    if (!deepEqual(asked, askedBefore)) return true;
    return Boolean(this.rules.generationCountsAnnotations) && !deepEqual(metadata.annotations ?? {}, oldMetadata.annotations ?? {});
  }

  #dropEmpty(object: Fields): void {
    const form = jsonFormOf(this.apiVersion, this.kind);
    if (form) dropEmptyKept(object, form);
  }

  #clearStatus(object: Fields): void {
    delete object.status;
    const form = jsonFormOf(this.apiVersion, this.kind);
    if (form) fillZeros(object, form);
    const schema = this.schema();
    if (schema) applyDefaults(object, schema, { keepNulls: true });
  }
}

function restore(object: Fields, old: Fields, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = copyJson(old[field]);
}
