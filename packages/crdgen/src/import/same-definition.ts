import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition } from '../crd/definition.js';
import { canonical, normalSchema, withoutDescriptions } from './normal-schema.js';

/** How definitions are compared. */
export interface SameDefinitionOptions {
  /** Compare without descriptions: those inside built-in types are not kept. @default false */
  readonly ignoreDescriptions?: boolean;
}

/**
 * Where two definitions differ, as paths with both values; none where a server would keep the same. The order of versions, fields that the
 * server fills in (`status`, `strategy: None`) and `apiVersion`, `kind` and `metadata` that a schema leaves out say nothing.
 */
export function definitionDifferences(a: Definition, b: Definition, options: SameDefinitionOptions = {}): string[] {
  const differences: string[] = [];
  compare(normalDefinition(a, options), normalDefinition(b, options), '', differences);
  return differences;
}

function compare(a: unknown, b: unknown, path: string, out: string[]): void {
  if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compare(a[key], b[key], `${path}.${key}`, out);
    return;
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) return a.forEach((item, index) => compare(item, b[index], `${path}[${index}]`, out));
  if (canonical(a ?? null) !== canonical(b ?? null)) out.push(`${path}: ${short(a)} is now ${short(b)}`);
}

function normalDefinition({ metadata, spec }: Definition, options: SameDefinitionOptions): unknown {
  const { annotations = {}, labels = {} } = metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...kept } = annotations;
  const { strategy } = (spec.conversion ?? {}) as { strategy?: string };
  return {
    name: metadata.name,
    annotations: kept,
    labels,
    group: spec.group,
    names: { ...spec.names, listKind: spec.names.listKind ?? `${spec.names.kind}List`, singular: spec.names.singular || spec.names.kind.toLowerCase() },
    scope: spec.scope,
    ...(strategy === 'Webhook' ? { conversion: spec.conversion } : {}),
    versions: Object.fromEntries(spec.versions.map((version) => [version.name, normalVersion(version, options)])),
  };
}

function normalVersion(version: Definition['spec']['versions'][number], { ignoreDescriptions }: SameDefinitionOptions): unknown {
  const { schema, subresources, deprecated, additionalPrinterColumns, selectableFields, ...rest } = version;
  const columns = (additionalPrinterColumns as { priority?: number }[] | undefined)?.map(({ priority, ...column }) => ({ ...column, ...(priority ? { priority } : {}) }));
  return {
    ...rest,
    ...(deprecated ? { deprecated } : {}),
    ...(columns?.length ? { additionalPrinterColumns: columns } : {}),
    ...((selectableFields as unknown[] | undefined)?.length ? { selectableFields } : {}),
    ...(Object.keys(subresources ?? {}).length > 0 ? { subresources } : {}),
    schema: normalRoot(schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, ignoreDescriptions === true),
  };
}

function normalRoot(given: JSONSchemaProps, ignoreDescriptions: boolean): JSONSchemaProps {
  const normal = normalSchema(given);
  const schema = ignoreDescriptions ? withoutDescriptions(normal) : normal;
  const { apiVersion, kind, metadata, ...own } = schema.properties ?? {};
  const restricted = metadata?.properties ? { metadata: { ...metadata, description: undefined } } : {};
  // Generating adds a description where there was none.
  const described = (one: JSONSchemaProps | undefined) => (one?.description && !isUsual(one.description) ? one.description : undefined);
  return { ...schema, properties: { ...own, ...restricted, apiVersion: { description: described(apiVersion) }, kind: { description: described(kind) } } as Record<string, JSONSchemaProps> };
}

function isUsual(description: string): boolean {
  return /^(APIVersion defines the versioned schema|Kind is a string value representing)/.test(description);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
