import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';

import { canonical, normalSchema } from '../import/normal-schema.js';
import type { ChangeSink, Verdict } from './change.js';

/** What two schemas are to each other: two revisions of one version, or two versions that are served side by side. */
export interface SchemaDiffMode {
  /** Objects go from the old schema to the new one through a webhook, which may fill in and carry over what the server could not. */
  readonly isConverted: boolean;
  readonly isBetweenVersions: boolean;
}

/** Reports every change from one schema to another that a client or a stored object could notice. */
export function diffSchemas(before: JSONSchemaProps, after: JSONSchemaProps, mode: SchemaDiffMode, report: ChangeSink): void {
  diffNode(normalSchema(before), normalSchema(after), '', { ...mode, report, isRequired: false });
}

interface Walk extends SchemaDiffMode {
  readonly report: ChangeSink;
  /** The value must be there, in the new schema. */
  readonly isRequired: boolean;
}

function diffNode(before: JSONSchemaProps, after: JSONSchemaProps, path: string, walk: Walk): void {
  if (canonical(before) === canonical(after)) return;
  const report: ChangeSink = (verdict, code, where, message, hint) => walk.report(verdict, code, where, message, hint);
  if (!diffType(before, after, path, walk)) return;
  diffEnum(before, after, path, report);
  diffBounds(before, after, path, report);
  diffRules(before['x-kubernetes-validations'] ?? [], after['x-kubernetes-validations'] ?? [], path, report);
  diffDefault(before, after, path, walk);
  if (before.nullable && !after.nullable) report('breaking', 'nullable-removed', path, 'null is not allowed any more');
  if (!before.nullable && after.nullable) report('ok', 'nullable-added', path, 'null is allowed now');
  diffTopology(before, after, path, report);
  diffOpenness(before, after, path, walk);
  for (const key of ['allOf', 'anyOf', 'oneOf', 'not'] as const)
    if (canonical(before[key] ?? null) !== canonical(after[key] ?? null))
      report(after[key] === undefined ? 'ok' : 'breaking', `${key}-changed`, path, `${key} ${before[key] === undefined ? 'was added' : after[key] === undefined ? 'was removed' : 'changed'}`);
  for (const key of ['description', 'title', 'example', 'externalDocs'] as const)
    if (canonical(before[key] ?? null) !== canonical(after[key] ?? null)) report('ok', 'documentation-changed', path, `${key} changed`);
  diffProperties(before, after, path, walk);
  if (before.items && after.items) diffNode(before.items, after.items, `${path}[]`, { ...walk, isRequired: false });
  if (typeof before.additionalProperties === 'object' && typeof after.additionalProperties === 'object')
    diffNode(before.additionalProperties, after.additionalProperties, `${path}[*]`, { ...walk, isRequired: false });
}

/** Whether the rest is worth looking at: with another type everything else differs too. */
function diffType(before: JSONSchemaProps, after: JSONSchemaProps, path: string, walk: Walk): boolean {
  const [from, to] = [typeOf(before), typeOf(after)];
  if (from === to) {
    if ((before.format ?? '') !== (after.format ?? '')) {
      const isWider = after.format === undefined || (before.format === 'int32' && after.format === 'int64') || (before.format === 'float' && after.format === 'double');
      walk.report(isWider ? 'ok' : 'breaking', 'format-changed', path, `format was ${before.format ?? 'free'} and is ${after.format ?? 'free'}`);
    }
    return true;
  }
  const message = `the type was ${from} and is ${to}`;
  if (from === 'integer' && to === 'number')
    walk.report(walk.isBetweenVersions ? 'breaking' : 'warning', 'type-changed', path, message, 'clients that read the field as an integer fail on fractions');
  else if (to === 'any value' || ((from === 'integer' || from === 'string') && to === 'int-or-string'))
    walk.report('breaking', 'type-changed', path, message, `stored objects stay valid, but clients that read the field as ${from} fail on other forms`);
  else walk.report('breaking', 'type-changed', path, message, 'add a field of the new type beside it, or a new version of the kind');
  return false;
}

function typeOf(schema: JSONSchemaProps): string {
  if (schema['x-kubernetes-int-or-string']) return 'int-or-string';
  return schema.type ?? 'any value';
}

function diffEnum(before: JSONSchemaProps, after: JSONSchemaProps, path: string, report: ChangeSink): void {
  if (!before.enum && !after.enum) return;
  if (!before.enum) return report('breaking', 'enum-added', path, `only ${(after.enum ?? []).map((one) => JSON.stringify(one)).join(', ')} ${after.enum?.length === 1 ? 'is' : 'are'} allowed now`);
  if (!after.enum) return report('ok', 'enum-removed', path, 'any value is allowed now');
  const [from, to] = [new Set(before.enum.map(canonical)), new Set(after.enum.map(canonical))];
  for (const value of from) if (!to.has(value)) report('breaking', 'enum-value-removed', path, `the value ${value} is not allowed any more`);
  for (const value of to) if (!from.has(value)) report('ok', 'enum-value-added', path, `the value ${value} is allowed now`);
}

const RATCHETING = 'objects that have such a value can still be updated as long as it does not change, but not created again';

function diffBounds(before: JSONSchemaProps, after: JSONSchemaProps, path: string, report: ChangeSink): void {
  const bound = (key: keyof JSONSchemaProps, isTighter: (from: number, to: number) => boolean) => {
    const [from, to] = [before[key] as number | undefined, after[key] as number | undefined];
    if (from === to) return;
    const tighter = to !== undefined && (from === undefined || isTighter(from, to));
    const message = `${key} was ${from ?? 'not there'} and is ${to ?? 'not there'}`;
    report(tighter ? 'breaking' : 'ok', `${key}-${tighter ? 'tightened' : 'relaxed'}`, path, message, tighter ? RATCHETING : undefined);
  };
  for (const key of ['minimum', 'minLength', 'minItems', 'minProperties'] as const) bound(key, (from, to) => to > from);
  for (const key of ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const) bound(key, (from, to) => to < from);
  bound('multipleOf', (from, to) => Math.abs(from / to - Math.round(from / to)) > 1e-9);
  for (const key of ['exclusiveMinimum', 'exclusiveMaximum'] as const)
    if (Boolean(before[key]) !== Boolean(after[key]) && before[key === 'exclusiveMinimum' ? 'minimum' : 'maximum'] === after[key === 'exclusiveMinimum' ? 'minimum' : 'maximum'])
      report(after[key] ? 'breaking' : 'ok', `${key}-${after[key] ? 'added' : 'removed'}`, path, `the bound itself is ${after[key] ? 'not allowed any more' : 'allowed now'}`);
  if (before.pattern !== after.pattern)
    report(after.pattern === undefined ? 'ok' : 'breaking', after.pattern === undefined ? 'pattern-removed' : before.pattern === undefined ? 'pattern-added' : 'pattern-changed', path,
      after.pattern === undefined ? 'any text is allowed now' : `values must match ${after.pattern} now`, after.pattern === undefined ? undefined : RATCHETING);
}

function diffRules(before: readonly ValidationRule[], after: readonly ValidationRule[], path: string, report: ChangeSink): void {
  for (const { rule } of after) if (!before.some((one) => one.rule === rule)) report('breaking', 'rule-added', path, `values must keep the rule ${rule} now`, RATCHETING);
  for (const { rule } of before) if (!after.some((one) => one.rule === rule)) report('ok', 'rule-removed', path, `the rule ${rule} is gone`);
}

function diffDefault(before: JSONSchemaProps, after: JSONSchemaProps, path: string, walk: Walk): void {
  const [from, to] = [before.default, after.default];
  if (canonical(from ?? null) === canonical(to ?? null)) return;
  if (from === undefined) walk.report('warning', 'default-added', path, `the default ${JSON.stringify(to)} is filled in now`, 'objects that are stored without the field read differently');
  else if (to !== undefined) walk.report('warning', 'default-changed', path, `the default was ${JSON.stringify(from)} and is ${JSON.stringify(to)}`, 'new objects and old ones without the field behave differently');
  else walk.report(walk.isRequired && !walk.isBetweenVersions ? 'breaking' : 'warning', 'default-removed', path, `the default ${JSON.stringify(from)} is gone${walk.isRequired ? ', and the field is required' : ''}`);
}

function diffTopology(before: JSONSchemaProps, after: JSONSchemaProps, path: string, report: ChangeSink): void {
  const list = (schema: JSONSchemaProps) => schema['x-kubernetes-list-type'] ?? (schema.type === 'array' ? 'atomic' : undefined);
  const map = (schema: JSONSchemaProps) => schema['x-kubernetes-map-type'] ?? 'granular';
  const hint = 'owners of server-side apply change, and stored lists may have items twice';
  if (list(before) !== list(after)) report('breaking', 'list-type-changed', path, `the list was ${list(before)} and is ${list(after)}`, hint);
  else if (canonical(before['x-kubernetes-list-map-keys'] ?? []) !== canonical(after['x-kubernetes-list-map-keys'] ?? []))
    report('breaking', 'map-keys-changed', path, `items were told apart by ${(before['x-kubernetes-list-map-keys'] ?? []).join(', ')} and are by ${(after['x-kubernetes-list-map-keys'] ?? []).join(', ')}`, hint);
  if (map(before) !== map(after)) report('breaking', 'map-type-changed', path, `the map was ${map(before)} and is ${map(after)}`, 'owners of server-side apply change');
}

function diffOpenness(before: JSONSchemaProps, after: JSONSchemaProps, path: string, { report }: Walk): void {
  const open = 'x-kubernetes-preserve-unknown-fields';
  if (before[open] && !after[open] && after.type !== undefined) report('breaking', 'unknown-fields-pruned', path, 'unknown fields are pruned now');
  if (!before[open] && after[open]) report('ok', 'unknown-fields-kept', path, 'unknown fields are kept now');
  if (Boolean(before['x-kubernetes-embedded-resource']) !== Boolean(after['x-kubernetes-embedded-resource']))
    report(after['x-kubernetes-embedded-resource'] ? 'breaking' : 'ok', 'embedded-resource-changed', path, `the value is ${after['x-kubernetes-embedded-resource'] ? 'a complete object' : 'no complete object'} now`);
  if (typeof before.additionalProperties === 'object' && typeof after.additionalProperties !== 'object' && !after[open])
    report('breaking', 'map-closed', path, 'the map takes named properties only now');
}

function diffProperties(before: JSONSchemaProps, after: JSONSchemaProps, path: string, walk: Walk): void {
  const [from, to] = [before.properties ?? {}, after.properties ?? {}];
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const needsConversion: Verdict = walk.isBetweenVersions && walk.isConverted ? 'ok' : 'breaking';
  for (const name of Object.keys(from)) {
    if (Object.hasOwn(to, name)) continue;
    const isKept = after['x-kubernetes-preserve-unknown-fields'] === true || typeof after.additionalProperties === 'object';
    walk.report(isKept ? 'warning' : needsConversion, 'property-removed', at(name), isKept ? 'the field is not checked any more' : 'the field is gone: what objects have there is pruned');
  }
  for (const [name, schema] of Object.entries(to)) {
    const isRequired = after.required?.includes(name) ?? false;
    const old = Object.hasOwn(from, name) ? from[name] : undefined;
    if (!old) {
      if (isRequired && schema.default === undefined) walk.report(needsConversion, 'required-property-added', at(name), 'a required field without a default is new', 'make it optional, or give it a default');
      else walk.report('ok', 'property-added', at(name), isRequired ? 'a required field with a default is new' : 'an optional field is new');
      continue;
    }
    const wasRequired = before.required?.includes(name) ?? false;
    if (isRequired && !wasRequired)
      walk.report(schema.default === undefined ? needsConversion : 'ok', 'property-required', at(name), 'the field was optional and is required', 'leave it optional, or give it a default');
    if (!isRequired && wasRequired) walk.report('ok', 'property-optional', at(name), 'the field was required and is optional');
    diffNode(old, schema, at(name), { ...walk, isRequired });
  }
  // Required names without a property are checked by the server all the same.
  for (const name of after.required ?? [])
    if (!Object.hasOwn(to, name) && !before.required?.includes(name)) walk.report(needsConversion, 'property-required', at(name), 'the field is required now');
}
