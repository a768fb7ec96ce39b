import { applyDefaults, deepEqual, formatApiVersion, notImplemented, pruneObject, structuralSchema, type KubeObject, type TypedSchema } from '@kubewright/api';

import type { ResourceInfo, SubresourceInfo } from '../registry/resource.js';
import { compareVersionPriority } from '../registry/version-order.js';
import { CustomResourceStrategy } from './custom-resource-strategy.js';
import { isConditionTrue, schemaOf, someSchema, type Definition, type DefinitionNames, type DefinitionVersion } from './definition.js';
import { printerColumns, scaleColumns, selectableFieldsOf } from './printer-columns.js';
import { webhookConversion, type ConversionTools } from './webhook-conversion.js';

/**
 * The resources that a definition makes the server serve, one a served version; none before its names are accepted.
 * @param tools for conversion by webhooks; without them objects that need one are refused
 */
export function customResources(definition: Definition, tools?: ConversionTools): ResourceInfo[] {
  const names = definition.status?.acceptedNames;
  const storage = definition.spec.versions.find((version) => version.storage);
  if (!names?.plural || !names.kind || storage === undefined || !isConditionTrue(definition, 'NamesAccepted') && !isConditionTrue(definition, 'Established')) return [];
  const schemas = new Map(definition.spec.versions.map((version) => [formatApiVersion(definition.spec.group, version.name), schemaFor(version)]));
  const shared: Shared = {
    definition, names, schemas, storageVersion: storage.name, readStored: upToDate(schemas, definition.metadata.generation ?? 1), convert: converter(definition, schemas, tools),
    isTerminating: isConditionTrue(definition, 'Terminating') || definition.metadata.deletionTimestamp !== undefined,
  };
  return definition.spec.versions.filter(({ served }) => served).map((version) => customResource(version, shared));
}

/** What all versions of a definition have in common. */
interface Shared {
  readonly definition: Definition;
  readonly names: DefinitionNames;
  readonly schemas: ReadonlyMap<string, TypedSchema>;
  readonly storageVersion: string;
  readonly isTerminating: boolean;
  readonly readStored: NonNullable<ResourceInfo['readStored']>;
  readonly convert: NonNullable<ResourceInfo['convert']>;
}

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

function customResource(version: DefinitionVersion, shared: Shared): ResourceInfo {
  const { names } = shared;
  const { group, scope } = shared.definition.spec;
  const schema = schemaFor(version);
  const { scale } = version.subresources ?? {};
  const hasStatus = version.subresources?.status !== undefined;
  return {
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? '',
    namespaced: scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: VERBS,
    subresources: [
      ...(hasStatus ? [{ name: 'status', verbs: SUBRESOURCE_VERBS, kind: names.kind }] : []),
      ...(scale ? [{ name: 'scale', verbs: SUBRESOURCE_VERBS, group: 'autoscaling', version: 'v1', kind: 'Scale', scale, table: scaleColumns(scale) } satisfies SubresourceInfo] : []),
    ],
    custom: true,
    storageVersion: shared.storageVersion,
    readStored: shared.readStored,
    convert: shared.convert,
    convertsByName: shared.definition.spec.conversion?.strategy !== 'Webhook',
    schema,
    strategy: new CustomResourceStrategy({
      group, version: version.name, kind: names.kind, plural: names.plural, schema, schemas: shared.schemas, hasStatus, scale, isTerminating: shared.isTerminating,
      hasRules: someSchema(schemaOf(version), (node) => node['x-kubernetes-validations'] !== undefined),
      selectableFields: selectableFieldsOf(version.selectableFields),
    }),
    table: printerColumns(version.additionalPrinterColumns),
    ...(version.deprecated === true && { deprecationWarning: version.deprecationWarning ?? defaultDeprecation(shared.definition, version.name) }),
  };
}

/** Names the best version that is served, not deprecated and of a higher priority. */
function defaultDeprecation({ spec: { group, names, versions } }: Definition, name: string): string {
  const better = versions.filter((other) => other.served && !other.deprecated && compareVersionPriority(other.name, name) < 0).map((other) => other.name).sort(compareVersionPriority);
  const instead = better[0] === undefined ? '' : `; use ${formatApiVersion(group, better[0])} ${names.kind}`;
  return `${formatApiVersion(group, name)} ${names.kind} is deprecated${instead}`;
}

function schemaFor(version: DefinitionVersion): TypedSchema {
  return structuralSchema((version.schema?.openAPIV3Schema) ?? { 'x-kubernetes-preserve-unknown-fields': true });
}

/** Strategy None: another apiVersion, and no field that the other version does not know. */
function converter(definition: Definition, schemas: ReadonlyMap<string, TypedSchema>, tools: ConversionTools | undefined): Shared['convert'] {
  if (definition.spec.conversion?.strategy === 'Webhook') return tools ? webhookConversion(definition, schemas, tools) : refuseConversion;
  return (objects, apiVersion) => {
    const schema = schemas.get(apiVersion);
    return objects.map((object) => {
      if (object.apiVersion === apiVersion) return object;
      const converted = structuredClone(object);
      converted.apiVersion = apiVersion;
      if (schema) pruneObject(converted, schema);
      return converted;
    });
  };
}

const refuseConversion: Shared['convert'] = (objects, apiVersion) => {
  if (objects.some((object) => object.apiVersion !== apiVersion)) throw notImplemented('conversion webhooks');
  return objects;
};

/**
 * Brings an object up to the schema that the version in which it was stored has now: fields that it has lost go, defaults that it has gained
 * come, as do those of fields that another version does not have. What was written under the first schema of the only version fits it. What has been looked at once is remembered as long as it lives.
 */
function upToDate(schemas: ReadonlyMap<string, TypedSchema>, generation: number): NonNullable<ResourceInfo['readStored']> {
  if (generation <= 1 && schemas.size <= 1) return (object) => object;
  const read = new WeakMap<KubeObject, KubeObject>();
  return (object) => {
    let result = read.get(object);
    const schema = schemas.get(object.apiVersion ?? '');
    if (schema === undefined) return object;
    if (result === undefined) {
      const copy = structuredClone(object);
      pruneObject(copy, schema);
      applyDefaults(copy, schema);
      result = deepEqual(copy, object) ? object : copy;
      read.set(object, result);
    }
    return result;
  };
}
