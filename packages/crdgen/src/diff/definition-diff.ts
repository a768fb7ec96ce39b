/**
 * @module diff: whether clients and stored objects of one revision of a definition still work with the next. schema-diff.ts compares two
 * schemas node by node; this file compares names, versions, and the versions that are served side by side.
 */
import type { Definition, DefinitionVersion } from '../crd/definition.js';
import { canonical } from '../import/normal-schema.js';
import type { ChangeSink, SchemaChange } from './change.js';
import { diffSchemas } from './schema-diff.js';

export interface DiffOptions {
  /** Versions that objects are still stored in (`status.storedVersions`); proof that a removed version is not one of them. @default not known */
  readonly storedVersions?: readonly string[];
}

/** All changes from one set of definitions to the next, by definition and path, worst first at equal paths. */
export function diffDefinitions(before: readonly Definition[], after: readonly Definition[], options: DiffOptions = {}): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const pairs = pair(before, after);
  for (const [old, next] of pairs) {
    const name = (old ?? next)?.metadata.name ?? '';
    const report: ChangeSink = (verdict, code, path, message, hint) => changes.push({ verdict, code, definition: name, path, message, ...(hint === undefined ? {} : { hint }) });
    if (!old) report('ok', 'definition-added', '', 'the definition is new');
    else if (!next) report('breaking', 'definition-removed', '', 'the definition is gone: all objects of the kind go with it');
    else changes.push(...diffDefinition(old, next, options));
  }
  return changes.sort((a, b) => compare(a.definition, b.definition) || compare(a.version ?? '', b.version ?? '') || compare(a.path, b.path) || RANK[a.verdict] - RANK[b.verdict]);
}

const RANK = { breaking: 0, warning: 1, ok: 2 } as const;

/** By name; what is left over by kind, because a plural or a group that changed is one change and not two. */
function pair(before: readonly Definition[], after: readonly Definition[]): [Definition | undefined, Definition | undefined][] {
  const pairs: [Definition | undefined, Definition | undefined][] = [];
  const left = [...after];
  const take = (matches: (one: Definition) => boolean) => {
    const index = left.findIndex(matches);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const unmatched: Definition[] = [];
  for (const old of before) {
    const next = take((one) => one.metadata.name === old.metadata.name);
    if (next) pairs.push([old, next]);
    else unmatched.push(old);
  }
  for (const old of unmatched) {
    const isOnly = before.length === 1 && after.length === 1;
    pairs.push([old, take((one) => isOnly || one.spec.names.kind === old.spec.names.kind)]);
  }
  return [...pairs, ...left.map((next): [undefined, Definition] => [undefined, next])];
}

function diffDefinition(before: Definition, after: Definition, options: DiffOptions): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const definition = before.metadata.name;
  const sink =
    (version?: string): ChangeSink =>
    (verdict, code, path, message, hint) =>
      changes.push({ verdict, code, definition, ...(version === undefined ? {} : { version }), path, message, ...(hint === undefined ? {} : { hint }) });
  diffNames(before, after, sink());
  diffVersions(before, after, options, sink());
  for (const old of before.spec.versions) {
    const next = after.spec.versions.find((one) => one.name === old.name);
    if (!next) continue;
    diffSchemas(old.schema.openAPIV3Schema, next.schema.openAPIV3Schema, { isConverted: false, isBetweenVersions: false }, sink(next.name));
    diffVersion(old, next, sink(next.name));
  }
  changes.push(...newServedDifferences(before, after));
  return changes;
}

function diffNames({ spec: from }: Definition, { spec: to }: Definition, report: ChangeSink): void {
  const fixed = (what: string, a: string, b: string) => {
    if (a !== b) report('breaking', `${what}-changed`, '', `the ${what} was ${a} and is ${b}: it can not be changed`, 'make a new definition, and move the objects');
  };
  fixed('group', from.group, to.group);
  fixed('kind', from.names.kind, to.names.kind);
  fixed('plural', from.names.plural, to.names.plural);
  fixed('scope', from.scope, to.scope);
  for (const what of ['singular', 'listKind'] as const)
    if ((from.names[what] ?? '') !== (to.names[what] ?? '')) report('warning', `${what}-changed`, '', `${what} was ${from.names[what]} and is ${to.names[what]}`);
  for (const what of ['shortNames', 'categories'] as const)
    if (canonical(from.names[what] ?? []) !== canonical(to.names[what] ?? [])) report('ok', `${what}-changed`, '', `${what} changed`);
}

function diffVersions(before: Definition, after: Definition, { storedVersions }: DiffOptions, report: ChangeSink): void {
  const isConverted = isConvertedByWebhook(after);
  for (const old of before.spec.versions) {
    const next = after.spec.versions.find((one) => one.name === old.name);
    if (next) {
      if (old.served && !next.served) report('breaking', 'version-not-served', '', `version ${old.name} is not served any more`);
      if (!old.served && next.served) report('ok', 'version-served', '', `version ${old.name} is served`);
      if (old.storage && !next.storage)
        report('warning', 'storage-version-changed', '', `objects are stored in another version than ${old.name} from now on`, `keep ${old.name} until the objects are migrated`);
      continue;
    }
    const mayBeStored = storedVersions ? storedVersions.includes(old.name) : old.storage;
    if (mayBeStored)
      report('breaking', 'stored-version-removed', '', `version ${old.name} is gone, and objects ${storedVersions ? 'are' : 'may be'} stored in it`, 'migrate them, and prove it with --stored-versions');
    else if (storedVersions === undefined && old.served) report('breaking', 'served-version-removed', '', `version ${old.name} is gone, and clients may use it`, 'stop serving it one release earlier');
    else report(old.served ? 'warning' : 'ok', 'version-removed', '', `version ${old.name} is gone${old.served ? ', and clients may use it' : ''}`);
  }
  for (const next of after.spec.versions) if (!before.spec.versions.some((one) => one.name === next.name)) report('ok', 'version-added', '', `version ${next.name} is new`);
  if (isConvertedByWebhook(before) && !isConverted && after.spec.versions.length > 1) report('breaking', 'conversion-removed', '', 'versions are not converted by a webhook any more');
  else if (canonical(before.spec.conversion ?? null) !== canonical(after.spec.conversion ?? null)) report('ok', 'conversion-changed', '', 'conversion changed');
}

function diffVersion(old: DefinitionVersion, next: DefinitionVersion, report: ChangeSink): void {
  const subresources = (version: DefinitionVersion) => (version.subresources ?? {}) as { status?: object; scale?: object };
  for (const name of ['status', 'scale'] as const) {
    const [from, to] = [subresources(old)[name], subresources(next)[name]];
    if (from && !to) report('breaking', `${name}-subresource-removed`, name === 'status' ? 'status' : '', `the ${name} subresource is gone`);
    else if (!from && to) report(name === 'status' ? 'breaking' : 'ok', `${name}-subresource-added`, name === 'status' ? 'status' : '', name === 'status' ? 'status can only be written through its subresource now' : 'the scale subresource is new');
    else if (canonical(from ?? null) !== canonical(to ?? null)) report('warning', `${name}-subresource-changed`, '', `the ${name} subresource looks elsewhere now`);
  }
  const fields = (version: DefinitionVersion) => ((version.selectableFields ?? []) as { jsonPath: string }[]).map((one) => one.jsonPath);
  for (const path of fields(old)) if (!fields(next).includes(path)) report('breaking', 'selectable-field-removed', path.slice(1), 'clients can not select by the field any more');
  if (canonical(old.additionalPrinterColumns ?? []) !== canonical(next.additionalPrinterColumns ?? [])) report('ok', 'printer-columns-changed', '', 'printer columns changed');
  if (!old.deprecated && next.deprecated) report('ok', 'version-deprecated', '', 'the version is deprecated');
}

/** Served versions are read and written as each other. What kept two of them apart before is not told again. */
function newServedDifferences(before: Definition, after: Definition): SchemaChange[] {
  const known = new Set(servedDifferences(before).map(key));
  return servedDifferences(after).filter((one) => !known.has(key(one)));
}

function servedDifferences(definition: Definition): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const served = definition.spec.versions.filter((one) => one.served).sort((a, b) => compareVersions(a.name, b.name));
  const isConverted = isConvertedByWebhook(definition);
  served.slice(1).forEach((next, index) => {
    const old = served[index];
    if (!old) return;
    const version = `${old.name} -> ${next.name}`;
    diffSchemas(old.schema.openAPIV3Schema, next.schema.openAPIV3Schema, { isConverted, isBetweenVersions: true }, (verdict, code, path, message, hint) => {
      if (verdict !== 'ok') changes.push({ verdict, code, definition: definition.metadata.name, version, path, message, ...(hint === undefined ? {} : { hint }) });
    });
  });
  return changes;
}

function isConvertedByWebhook(definition: Definition): boolean {
  return (definition.spec.conversion as { strategy?: string } | undefined)?.strategy === 'Webhook';
}

/** As Kubernetes orders versions: alpha before beta before stable, then by number. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [versionRank(a), versionRank(b)];
  if (!left || !right) return left ? 1 : right ? -1 : compare(a, b);
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

function versionRank(name: string): [number, number, number] | undefined {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? [];
  return major === undefined ? undefined : [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor ?? 0)];
}

function key(change: SchemaChange): string {
  return `${change.version} ${change.code} ${change.path} ${change.message}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
