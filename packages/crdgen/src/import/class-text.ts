import { pluralize, type JSONSchemaProps } from '@kubewright/api';

import { columnTypeAt } from '../crd/columns.js';
import type { Definition, DefinitionVersion } from '../crd/definition.js';
import { literalText } from './node-text.js';

/** The options of `@CustomResource` for one version, as source. Names and metadata stand at the stored version only. */
export function optionsText(definition: Definition, version: DefinitionVersion, className: string): string {
  const { spec, metadata } = definition;
  const { names } = spec;
  const isSingle = spec.versions.length === 1;
  const options: Record<string, unknown> = { group: spec.group, version: version.name };
  if (names.kind !== className) options.kind = names.kind;
  if (version.storage || isSingle) {
    if (names.plural !== pluralize(names.kind.toLowerCase())) options.plural = names.plural;
    if (names.singular && names.singular !== names.kind.toLowerCase()) options.singular = names.singular;
    if (names.listKind && names.listKind !== `${names.kind}List`) options.listKind = names.listKind;
    if (spec.scope === 'Cluster') options.scope = 'Cluster';
    if (names.shortNames?.length) options.shortNames = names.shortNames;
    if (names.categories?.length) options.categories = names.categories;
    if (metadata.labels && Object.keys(metadata.labels).length > 0) options.labels = metadata.labels;
    const annotations = Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([name]) => name !== LAST_APPLIED));
    if (Object.keys(annotations).length > 0) options.annotations = annotations;
    const conversion = conversionOptions(spec.conversion);
    if (conversion) options.conversion = conversion;
  }
  if (version.storage && !isSingle) options.storage = true;
  if (!version.served) options.served = false;
  Object.assign(options, deprecation(version), subresourceOptions(version));
  const columns = version.additionalPrinterColumns as readonly PrinterColumnOfDefinition[] | undefined;
  if (columns?.length) options.printColumns = columns.map((column) => columnOptions(column, version.schema.openAPIV3Schema));
  const selectable = version.selectableFields as readonly { jsonPath: string }[] | undefined;
  if (selectable?.length) options.selectableFields = selectable.map((field) => field.jsonPath);
  return valueText(options, '');
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface PrinterColumnOfDefinition {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

function columnOptions({ name, type, jsonPath, format, description, priority }: PrinterColumnOfDefinition, root: JSONSchemaProps): object {
  const isInferred = columnTypeAt(jsonPath, root) === type;
  return { name, path: jsonPath, ...(isInferred ? {} : { type }), ...(format ? { format } : {}), ...(description ? { description } : {}), ...(priority ? { priority } : {}) };
}

function deprecation(version: DefinitionVersion): object {
  if (!version.deprecated) return {};
  return { deprecated: typeof version.deprecationWarning === 'string' ? version.deprecationWarning : true };
}

function subresourceOptions(version: DefinitionVersion): object {
  const { status, scale } = (version.subresources ?? {}) as { status?: object; scale?: object };
  const hasMember = version.schema.openAPIV3Schema.properties?.status !== undefined;
  return { ...(Boolean(status) === hasMember ? {} : { status: Boolean(status) }), ...(scale ? { scale } : {}) };
}

function conversionOptions(given: object | undefined): object | undefined {
  const { strategy, webhook } = (given ?? {}) as {
    strategy?: string;
    webhook?: { clientConfig?: { service?: object; url?: string; caBundle?: string }; conversionReviewVersions?: string[] };
  };
  if (strategy !== 'Webhook' || !webhook?.clientConfig) return undefined;
  const { service, url, caBundle } = webhook.clientConfig;
  const versions = webhook.conversionReviewVersions ?? ['v1'];
  return {
    ...(service ? { service } : {}),
    ...(url ? { url } : {}),
    ...(caBundle && caBundle !== 'Cg==' ? { caBundle } : {}),
    ...(versions.length === 1 && versions[0] === 'v1' ? {} : { reviewVersions: versions }),
  };
}

const WIDTH = 110;

/** A value as TypeScript source, on one line where it fits. */
function valueText(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return literalText(value);
  const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : literalText(name));
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = (at: string) => (isList ? value.map((item) => valueText(item, at)) : Object.entries(value).map(([name, item]) => `${key(name)}: ${valueText(item, at)}`));
  const flat = isList ? `[${parts('').join(', ')}]` : `{ ${parts('').join(', ')} }`;
  if (flat.length + indent.length <= WIDTH && !flat.includes('\n')) return flat;
  return `${isList ? '[' : '{'}\n${parts(inner).map((part) => `${inner}${part},\n`).join('')}${indent}${isList ? ']' : '}'}`;
}
