import type { JSONSchemaProps } from '@kubewright/api';

import type { ResourceInfo } from '../registry/resource.js';
import { documentName } from '../schemas/builtin-schemas.js';
import { readDocument } from '../schemas/load.js';
import { openApiPaths } from './openapi-paths.js';

const REFERENCE = '#/components/schemas/';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** The OpenAPI v3 document of one version of a custom group. */
export function customDocument(resources: readonly ResourceInfo[]): unknown {
  const schemas: Record<string, unknown> = metaDefinitions();
  for (const resource of resources) {
    schemas[modelName(resource, resource.kind)] = customDefinition(resource, `${REFERENCE}${META}.ObjectMeta`);
    schemas[modelName(resource, resource.listKind)] = listDefinition(resource, REFERENCE);
  }
  const names = new Map(resources.flatMap((resource) => [resource.kind, resource.listKind].map((kind) => [`${resource.group}/${resource.version} ${kind}`, modelName(resource, kind)])));
  names.set('autoscaling/v1 Scale', SCALE);
  const definitionOf = (group: string, version: string, kind: string) => {
    const name = names.get(`${group}/${version} ${kind}`);
    return name === undefined ? undefined : REFERENCE + name;
  };
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }, paths: openApiPaths(resources, definitionOf), components: { schemas },
  };
}

/** `com.example.v1.Widget` for Widget of example.com/v1. */
export function modelName({ group, version }: ResourceInfo, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.');
}

const API_VERSION = 'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
const KIND = 'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
const METADATA = "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
const LIST_METADATA = 'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
const EMBEDDED_API_VERSION = 'apiVersion defines the versioned schema of this representation of an object. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
const EMBEDDED_KIND = 'kind is a string value representing the type of this object. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';

/** The schema of a custom kind with the metadata that every object has. @param metadata reference to its definition */
export function customDefinition(resource: ResourceInfo, metadata: string): Record<string, unknown> {
  const { group, version, kind } = resource;
  const root = resource.schema?.root;
  const base: Record<string, unknown> = root?.properties === undefined ? { type: 'object' } : published(root, metadata);
  if (base.properties !== undefined) {
    base.properties = {
      ...(base.properties as object),
      apiVersion: { type: 'string', description: API_VERSION }, kind: { type: 'string', description: KIND }, metadata: reference(metadata, METADATA),
    };
  }
  return { ...base, 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

/** @param prefix of references */
export function listDefinition(resource: ResourceInfo, prefix: string): unknown {
  const { group, version, kind, listKind } = resource;
  return {
    description: `${listKind} is a list of ${kind}`, type: 'object', required: ['items'],
    properties: {
      apiVersion: { type: 'string', description: API_VERSION }, kind: { type: 'string', description: KIND },
      metadata: reference(`${prefix}${META}.ListMeta`, LIST_METADATA),
      items: {
        type: 'array', description: `List of ${resource.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        items: { $ref: prefix + modelName(resource, kind) },
      },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
  };
}

/** A schema as it is published: embedded resources say what every object has, int-or-string says so in words of OpenAPI. */
function published(schema: JSONSchemaProps, metadata: string): Record<string, unknown> {
  const node: Record<string, unknown> = { ...schema };
  const { properties, items, additionalProperties } = schema;
  if (properties !== undefined) node.properties = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, published(property, metadata)]));
  if (items !== undefined) node.items = published(items, metadata);
  if (typeof additionalProperties === 'object') node.additionalProperties = published(additionalProperties, metadata);
  if (schema['x-kubernetes-int-or-string'] === true && schema.anyOf === undefined && schema.allOf === undefined) {
    node.anyOf = [{ type: 'integer' }, { type: 'string' }];
  }
  if (schema['x-kubernetes-embedded-resource'] === true) {
    node.properties = {
      ...(node.properties as object | undefined), apiVersion: { type: 'string', description: EMBEDDED_API_VERSION },
      kind: { type: 'string', description: EMBEDDED_KIND }, metadata: reference(metadata, METADATA),
    };
    node.required = [...new Set([...(schema.required ?? []), 'kind', 'apiVersion'])];
  }
  return node;
}

function reference(target: string, description: string): unknown {
  return { allOf: [{ $ref: target }], description };
}

const SCALE = 'io.k8s.api.autoscaling.v1.Scale';

/** Definitions that custom kinds refer to. */
function metaDefinitions(): Record<string, unknown> {
  const all = { ...definitionsOf('coordination.k8s.io', 'v1'), ...pick(definitionsOf('apps', 'v1'), SCALE) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('io.k8s.apimachinery.') || name.startsWith(SCALE)));
}

function definitionsOf(group: string, version: string): Record<string, unknown> {
  const bytes = readDocument(`openapi-v3/${documentName(group, version)}`)!;
  return (JSON.parse(bytes.toString('utf8')) as { components: { schemas: Record<string, unknown> } }).components.schemas;
}

function pick(definitions: Record<string, unknown>, prefix: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => name.startsWith(prefix)));
}
