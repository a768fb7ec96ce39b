import { formatApiVersion, type KubeObject, type TypedSchema } from '@kubewright/api';
import type { Random } from '@kubewright/platform';

import { builtinDiscovery, fieldLabels, type BuiltinResource } from '../schemas/builtin-discovery.js';
import { builtinSchema } from '../schemas/builtin-schemas.js';
import { tableFor } from '../table/table-for.js';
import type { TableConvertor } from '../table/table.js';
import { BuiltinStrategy, type KindRules } from './builtin-strategy.js';
import type { ObjectSource } from '../storage/object-source.js';
import type { ResourceInfo, Strategy, SubresourceInfo } from './resource.js';
import { convertAutoscalers } from './strategies/autoscaler-versions.js';
import { convertEvents } from './strategies/event.js';
import { kindRules } from './strategies/rules.js';

/**
 * Everything that a fresh server serves. Only names are read here: schemas, tables and field labels are made on first use.
 * @param strategies of kinds that another folder takes care of, by `group/plural`
 * @param serviceRange addresses of Services
 */
export function builtinResources(objects: ObjectSource, random: Random, strategies: Readonly<Record<string, Strategy>> = {}, serviceRange?: string): ResourceInfo[] {
  const rules = kindRules(objects, random, serviceRange);
  return builtinDiscovery().flatMap(({ group, version, resources }) =>
    resources.map((resource) => new BuiltinResourceInfo(group, version, resource, rules[`${group}/${resource.plural}`] ?? {}, strategies[`${group}/${resource.plural}`])));
}

/** The version in which a group is stored where that is not the one it is served in. */
const STORAGE_VERSIONS: Readonly<Record<string, string>> = { 'autoscaling/horizontalpodautoscalers': 'v2' };

const DEPRECATIONS: Readonly<Record<string, string>> = {
  '/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  '/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
};

class BuiltinResourceInfo implements ResourceInfo {
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceInfo[];
  readonly custom = false;
  readonly storageVersion: string;
  readonly storedAs?: { group: string; plural: string };
  readonly convert?: NonNullable<ResourceInfo['convert']>;
  readonly deprecationWarning?: string;
  #schema: TypedSchema | undefined;
  #strategy: Strategy | undefined;
  #table: TableConvertor | undefined;

  constructor(readonly group: string, readonly version: string, resource: BuiltinResource, private readonly rules: KindRules, strategy: Strategy | undefined) {
    this.#strategy = strategy;
    this.kind = resource.kind;
    this.listKind = `${resource.kind}List`;
    this.plural = resource.plural;
    this.singular = resource.singular;
    this.namespaced = resource.namespaced;
    this.shortNames = resource.shortNames;
    this.categories = resource.categories;
    this.verbs = resource.verbs;
    this.subresources = resource.subresources;
    const key = `${group}/${resource.plural}`;
    this.storageVersion = STORAGE_VERSIONS[key] ?? version;
    if (key === 'events.k8s.io/events') this.storedAs = { group: '', plural: 'events' };
    if (resource.kind === 'Event') this.convert = convertEvents;
    if (resource.kind === 'HorizontalPodAutoscaler') this.convert = convertAutoscalers;
    const deprecation = DEPRECATIONS[key];
    if (deprecation) this.deprecationWarning = deprecation;
  }

  get schema(): TypedSchema | undefined {
    this.#schema ??= builtinSchema(this.group, this.version, this.kind);
    return this.#schema;
  }

  get strategy(): Strategy {
    this.#strategy ??= new BuiltinStrategy(formatApiVersion(this.group, this.version), this.kind, this.subresources.some(({ name }) => name === 'status'), () => this.schema, this.#selectableFields(), this.rules);
    return this.#strategy;
  }

  get table(): TableConvertor {
    return (this.#table ??= tableFor(this.group, this.version, this.plural));
  }

  #selectableFields(): Strategy['selectableFields'] {
    const labels = fieldLabels(formatApiVersion(this.group, this.version), this.plural).filter((label) => label !== 'metadata.name' && label !== 'metadata.namespace');
    return Object.fromEntries(labels.map((label) => [label, (object: KubeObject) => valueOf(object, label)]));
  }
}

/** Labels that are not simply paths. */
const SPECIAL: Readonly<Record<string, string>> = { source: 'source.component', 'status.successful': 'status.succeeded' };
/** What a flag that is absent says. */
const FLAGS = new Set(['spec.unschedulable', 'spec.hostNetwork']);

function valueOf(object: KubeObject, label: string): string {
  const path = (SPECIAL[label] ?? label).split('.');
  const value = path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined), object);
  if (value === undefined || value === null) return FLAGS.has(label) ? 'false' : label === 'status.successful' ? '0' : '';
  if (Array.isArray(value)) return value.map((item: unknown) => (typeof item === 'object' && item !== null && 'ip' in item ? String(item.ip) : String(item))).join(',');
  return typeof value === 'object' ? '' : String(value);
}
