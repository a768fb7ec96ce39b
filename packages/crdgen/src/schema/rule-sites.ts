import type { JSONSchemaProps } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { Origins } from './origins.js';

/** What bounds the size of a value. */
export type Bound = 'maxItems' | 'maxProperties' | 'maxLength';

/** A list, map or text in a schema. */
export interface Sized {
  readonly schema: JSONSchemaProps;
  readonly bound: Bound;
  /** `ports[].name`; empty for the value itself. */
  readonly path: string;
  /** The nearest property on the way to it. */
  readonly name: string | undefined;
}

/** A node of a schema, as rules see it. */
export interface RuleSite {
  readonly schema: JSONSchemaProps;
  readonly path: string;
  readonly isResource: boolean;
  /** The lists and maps that it is in: by their sizes it may be there several times. */
  readonly above: readonly Sized[];
  /** The nearest declaration. */
  readonly at: ts.Node;
}

/** All nodes of a schema by the paths that the server has for them, and those which nothing is known of. */
export function ruleSites(root: JSONSchemaProps, serverPath: string, top: { readonly at: ts.Node; readonly isResource: boolean }, origins: Origins): { sites: Map<string, RuleSite>; unknown: string[] } {
  const sites = new Map<string, RuleSite>();
  const unknown: string[] = [];
  const visit = (server: string, site: RuleSite): void => {
    const { schema, path, above, at } = site;
    sites.set(server, site);
    if (Object.keys(schema).every((key) => key === 'description')) unknown.push(server);
    const child = (part: string, node: JSONSchemaProps, childPath: string, sizes: readonly Sized[]): void =>
      visit(`${server}${part}`, { schema: node, path: childPath, isResource: node['x-kubernetes-embedded-resource'] === true, above: sizes, at: origins.of(node) ?? at });
    const own = sizedBy(schema, path, undefined);
    const sizes = own && own.bound !== 'maxLength' ? [...above, own] : above;
    for (const [name, node] of Object.entries(schema.properties ?? {})) child(`.properties[${name}]`, node, path ? `${path}.${name}` : name, above);
    if (typeof schema.additionalProperties === 'object') child('.additionalProperties', schema.additionalProperties, `${path}[*]`, sizes);
    if (schema.items) child('.items', schema.items, `${path}[]`, sizes);
  };
  visit(serverPath, { schema: root, path: '', isResource: top.isResource, above: [], at: origins.of(root) ?? top.at });
  return { sites, unknown };
}

/** Everything with a size at and below a node. */
export function sizedIn(schema: JSONSchemaProps, path: string, name?: string): Sized[] {
  const own = sizedBy(schema, path, name);
  return [
    ...(own ? [own] : []),
    ...(schema.items ? sizedIn(schema.items, `${path}[]`, name) : []),
    ...(typeof schema.additionalProperties === 'object' ? sizedIn(schema.additionalProperties, `${path}[*]`, name) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => sizedIn(child, path ? `${path}.${key}` : key, key)),
  ];
}

function sizedBy(schema: JSONSchemaProps, path: string, name: string | undefined): Sized | undefined {
  const bound = boundOf(schema);
  return bound && { schema, bound, path, name };
}

function boundOf(schema: JSONSchemaProps): Bound | undefined {
  if (schema['x-kubernetes-int-or-string']) return 'maxLength';
  if (schema.type === 'array') return 'maxItems';
  if (schema.type === 'object') return typeof schema.additionalProperties === 'object' ? 'maxProperties' : undefined;
  const isOfFixedSize = schema.enum !== undefined || /^(date|date-time|duration)$/.test(schema.format ?? '');
  return schema.type === 'string' && !isOfFixedSize ? 'maxLength' : undefined;
}
