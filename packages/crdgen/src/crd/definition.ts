/**
 * @module crd: from decorated classes and their schemas to CustomResourceDefinitions. definition.ts puts all versions of a kind together and
 * refuses what the server would refuse, or would accept to nobody's use; names.ts, columns.ts and subresources.ts each check one part.
 */
import type { JSONSchemaProps } from '@kubewright/api';

import type { ResourceDeclaration } from '../collect/resources.js';
import type { SchemaContext } from '../schema/context.js';
import { SchemaBuilder } from '../schema/build-schema.js';
import { TypeResolver } from '../schema/resolve-type.js';
import { checkRules } from '../schema/rule-checks.js';
import { checkStructural } from '../schema/structural.js';
import { columnsOf } from './columns.js';
import { conversionOf } from './conversion.js';
import { trimDescriptions } from './descriptions.js';
import { checkNames, checkSameNames, namesOf, pluralOf } from './names.js';
import { rootSchema } from './root-schema.js';
import { scaleOf, selectableFieldsOf } from './subresources.js';

/** A CustomResourceDefinition of apiextensions.k8s.io/v1, as plain data. */
export interface Definition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly group: string;
    readonly names: ReturnType<typeof namesOf>;
    readonly scope: string;
    readonly conversion?: object;
    readonly versions: readonly DefinitionVersion[];
  };
}

/** One entry of `spec.versions`. */
export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema: { readonly openAPIV3Schema: JSONSchemaProps };
  readonly [key: string]: unknown;
}

export interface DefinitionOptions {
  /** Longest description in bytes; 0 removes all. @default no limit */
  readonly maxDescriptionLength?: number;
}

/** One definition with the files that it was read from. */
export interface BuiltDefinition {
  readonly definition: Definition;
  readonly sources: readonly string[];
}

/** Definitions by name, from all versions of all kinds. What is wrong is reported; look at the diagnostics before using the result. */
export function buildDefinitions(
  resources: readonly ResourceDeclaration[],
  context: SchemaContext,
  options: DefinitionOptions = {},
): BuiltDefinition[] {
  const byKind = new Map<string, ResourceDeclaration[]>();
  for (const resource of resources) {
    const key = `${resource.options.group} ${resource.kind}`;
    byKind.set(key, [...(byKind.get(key) ?? []), resource]);
  }
  const built = [...byKind.values()].map((versions) => buildDefinition(versions, context, options));
  checkDistinct(built, byKind, context);
  return built.sort((a, b) => compare(a.definition.metadata.name, b.definition.metadata.name));
}

function buildDefinition(given: readonly ResourceDeclaration[], context: SchemaContext, options: DefinitionOptions): BuiltDefinition {
  const { diagnostics } = context;
  const versions = [...given].sort((a, b) => compare(a.options.version, b.options.version));
  for (const version of versions) checkNames(version, diagnostics);
  const stored = storedVersion(versions, context);
  checkSameNames(
    stored,
    versions.filter((one) => one !== stored),
    diagnostics,
  );
  if (versions.every((one) => one.options.served === false))
    diagnostics.report('KW1505', stored.at('served'), `${stored.kind} serves no version: nobody could read or write it`);
  const twice = versions.find((one, index) => versions[index - 1]?.options.version === one.options.version);
  if (twice)
    diagnostics.report(
      'KW1505',
      twice.at('version'),
      `${twice.kind} has version ${twice.options.version} twice: ${versions
        .filter((one) => one.options.version === twice.options.version)
        .map(fileOf)
        .join(', ')}`,
    );
  context.visited.clear();
  const built = versions.map((version) => buildVersion(version, version === stored, context, options));
  const { group } = stored.options;
  const annotations = merged(versions, 'annotations', context);
  const labels = merged(versions, 'labels', context);
  checkProtected(stored, annotations, context);
  const conversion = conversionOf(versions, diagnostics);
  const definition: Definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}), name: `${pluralOf(stored)}.${group}` },
    spec: { group, names: namesOf(stored), scope: stored.options.scope ?? 'Namespaced', ...(conversion ? { conversion } : {}), versions: built },
  };
  checkSize(stored, definition, context);
  return { definition, sources: [...context.visited].filter((path) => !path.startsWith('/.kubewright/') && !path.includes('/node_modules/')).sort() };
}

function buildVersion(resource: ResourceDeclaration, isStored: boolean, context: SchemaContext, options: DefinitionOptions): DefinitionVersion {
  const { diagnostics } = context;
  const resolver = new TypeResolver(context);
  context.visited.add(resource.node.getSourceFile().fileName);
  const schema = rootSchema(resource, resolver, new SchemaBuilder(context));
  const at = resource.node.name ?? resource.node;
  checkStructural(schema, { at, path: '' }, context);
  checkRules(schema, { at, isResource: true }, context);
  const columns = columnsOf(resource, schema, diagnostics);
  const selectableFields = selectableFieldsOf(resource, schema, diagnostics);
  const scale = scaleOf(resource, schema, diagnostics);
  const hasStatus = resource.options.status ?? schema.properties?.status !== undefined;
  const subresources = { ...(hasStatus ? { status: {} } : {}), ...(scale ? { scale } : {}) };
  return {
    ...(columns.length > 0 ? { additionalPrinterColumns: columns } : {}),
    ...deprecationOf(resource, context),
    name: resource.options.version,
    schema: { openAPIV3Schema: trimDescriptions(schema, options.maxDescriptionLength) },
    ...(selectableFields ? { selectableFields } : {}),
    served: resource.options.served ?? true,
    storage: isStored,
    ...(Object.keys(subresources).length > 0 ? { subresources } : {}),
  };
}

/** The version that is stored; a single one need not say so. */
function storedVersion(versions: readonly ResourceDeclaration[], { diagnostics }: SchemaContext): ResourceDeclaration {
  const [first, ...more] = versions;
  const stored = versions.filter((one) => one.options.storage);
  const [chosen, second] = stored;
  if (!first) throw new TypeError('a definition needs a version');
  if (more.length === 0 && first.options.storage !== false) return first;
  if (!chosen)
    diagnostics.report(
      'KW1505',
      first.at('version'),
      `${first.kind} has no storage version: say storage: true at one of ${versions.map((one) => one.options.version).join(', ')}`,
    );
  else if (second)
    diagnostics.report(
      'KW1505',
      second.at('storage'),
      `${first.kind} has two storage versions: ${stored.map((one) => one.options.version).join(', ')} (${stored.map(fileOf).join(', ')})`,
    );
  return chosen ?? first;
}

function deprecationOf(resource: ResourceDeclaration, { diagnostics }: SchemaContext): object {
  const { deprecated, deprecationWarning: given } = resource.options;
  const key = given === undefined ? 'deprecated' : 'deprecationWarning';
  const report = (message: string) => diagnostics.report('KW1506', resource.at(key), message);
  const warning = given ?? (typeof deprecated === 'string' ? deprecated : undefined);
  if (given !== undefined && !deprecated) report('a warning can only be set for deprecated versions');
  if (warning === '') report('a deprecation warning must not be an empty string');
  else if (warning !== undefined && [...warning].length > 256)
    report(`a deprecation warning must be <= 256 characters long, this has ${[...warning].length}`);
  else if (warning !== undefined && /[\p{Cc}\p{Cf}\p{Cs}]/u.test(warning)) report('a deprecation warning has only printable characters');
  if (deprecated === undefined || deprecated === false) return {};
  return { deprecated: true, ...(warning ? { deprecationWarning: warning } : {}) };
}

function merged(
  versions: readonly ResourceDeclaration[],
  key: 'annotations' | 'labels',
  { diagnostics }: SchemaContext,
): Record<string, string> | undefined {
  const out: Record<string, string> = {};
  for (const version of versions)
    for (const [name, value] of Object.entries(version.options[key] ?? {})) {
      if (out[name] !== undefined && out[name] !== value)
        diagnostics.report('KW1505', version.at(key, name), `two versions of ${version.kind} give ${name} different values`);
      out[name] = value;
    }
  return Object.keys(out).length > 0 ? out : undefined;
}

function checkProtected(
  resource: ResourceDeclaration,
  annotations: Readonly<Record<string, string>> | undefined,
  { diagnostics }: SchemaContext,
): void {
  const { group } = resource.options;
  if (!/(^|\.)(k8s\.io|kubernetes\.io)$/.test(group)) return;
  const approval = annotations?.['api-approved.kubernetes.io'];
  if (approval === undefined)
    diagnostics.report(
      'KW1507',
      resource.at('group'),
      `protected groups must have approval annotation "api-approved.kubernetes.io": ${group} is one of Kubernetes' own`,
      'use a group under your own domain',
    );
  else if (!/^(https?:\/\/\S+|unapproved.*)$/.test(approval))
    diagnostics.report('KW1507', resource.at('annotations'), 'api-approved.kubernetes.io is a URL, or starts with "unapproved"');
}

const APPLY_LIMIT = 262_144;
const REQUEST_LIMIT = 1_572_864;

function checkSize(resource: ResourceDeclaration, definition: Definition, { diagnostics }: SchemaContext): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  const at = resource.node.name ?? resource.node;
  if (bytes > REQUEST_LIMIT)
    diagnostics.report(
      'KW1601',
      at,
      `the definition of ${resource.kind} has ${bytes} bytes: the server takes at most ${REQUEST_LIMIT}`,
      'shorten descriptions with --max-desc-len',
    );
  else if (bytes > APPLY_LIMIT)
    diagnostics.report(
      'KW2601',
      at,
      `the definition of ${resource.kind} has ${bytes} bytes: kubectl apply can not keep more than ${APPLY_LIMIT}`,
      'use kubectl apply --server-side, or --max-desc-len',
    );
}

function checkDistinct(
  built: readonly BuiltDefinition[],
  byKind: ReadonlyMap<string, readonly ResourceDeclaration[]>,
  { diagnostics }: SchemaContext,
): void {
  const kinds = [...byKind.values()];
  built.forEach(({ definition }, index) => {
    const other = built.findIndex((one) => one.definition.metadata.name === definition.metadata.name);
    const [first] = kinds[index] ?? [];
    if (other !== index && first)
      diagnostics.report(
        'KW1501',
        first.node.name ?? first.node,
        `${definition.spec.names.kind} and ${built[other]?.definition.spec.names.kind ?? ''} are both ${definition.metadata.name}`,
        'give one of them a plural of its own',
      );
  });
}

function fileOf(resource: ResourceDeclaration): string {
  return resource.node.getSourceFile().fileName;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
