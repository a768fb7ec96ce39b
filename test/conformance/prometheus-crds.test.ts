import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { definitions } from '@kubewright/example-prometheus-operator/definitions';
import { describe, expect, it } from 'vitest';

type Json = { readonly [key: string]: unknown };
type Definition = { readonly metadata: { readonly name: string }; readonly spec: Json & { readonly versions: readonly (Json & { readonly name: string })[] } };

const official = JSON.parse(gunzipSync(readFileSync(new URL('../fixtures/prometheus-crds.json.gz', import.meta.url))).toString()) as Definition[];
const ours = definitions.map(({ definition }) => definition as unknown as Definition);

/** The official bundle has one version of AlertmanagerConfig; those who convert it use the definition with this one beside it. */
const ALERTMANAGER_CONFIG_V1BETA1 = { name: 'v1beta1', sha256: '708563d7d713b9118c5a0956778c82f922cce4f2e95f35795862c24951b03516' };

/** `kubectl apply` keeps the whole object in an annotation, and all annotations together may have this many bytes. */
const APPLY_LIMIT = 262_144;

describe('generated definitions equal the official ones, descriptions aside', () => {
  it('there are the same ten', () => {
    expect(ours.map(({ metadata }) => metadata.name)).toEqual(official.map(({ metadata }) => metadata.name).sort());
    expect(ours).toHaveLength(10);
  });

  it.each(official.map((theirs) => [theirs.metadata.name, theirs] as const))('%s', (name, theirs) => {
    const { apiVersion, kind, spec } = withoutDescriptions(generated(name)) as Definition & Json;
    const versions = spec.versions.filter((version) => version.name !== ALERTMANAGER_CONFIG_V1BETA1.name);
    expect({ apiVersion, kind, spec: { ...spec, versions } }).toEqual({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec: withoutDescriptions(theirs.spec) });
  });

  it('AlertmanagerConfig has v1beta1 too: served, not stored, and equal to the official one by its digest', () => {
    const { spec } = generated('alertmanagerconfigs.monitoring.coreos.com');
    expect(spec.versions.map(({ name, served, storage }) => ({ name, served, storage }))).toEqual([
      { name: 'v1alpha1', served: true, storage: true },
      { name: 'v1beta1', served: true, storage: false },
    ]);
    const digest = createHash('sha256').update(canonical(withoutDescriptions(spec.versions[1]))).digest('hex');
    expect(digest).toBe(ALERTMANAGER_CONFIG_V1BETA1.sha256);
  });
});

describe('generated definitions', () => {
  it.each(ours.map((definition) => [definition.metadata.name, definition] as const))('%s describes every field that is not of a built-in type', (_name, { spec }) => {
    for (const version of spec.versions) {
      const { openAPIV3Schema } = version.schema as { openAPIV3Schema: Json };
      expect(undescribed(openAPIV3Schema, '').filter((path) => path !== '.metadata' && !path.includes('.topologySpreadConstraints'))).toEqual([]);
    }
  });

  it.each(ours.filter(({ spec }) => spec.versions.length === 1).map((definition) => [definition.metadata.name, definition] as const))('%s can be applied by kubectl apply', (_name, definition) => {
    expect(Buffer.byteLength(JSON.stringify(definition))).toBeLessThan(APPLY_LIMIT);
  });
});

function generated(name: string): Definition {
  return ours.find(({ metadata }) => metadata.name === name)!;
}

/** Fields without a description beside fields that have one. The built-in types come without any, so their fields are not meant. */
function undescribed(schema: Json, path: string): string[] {
  const fields = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const isOurs = fields.some(([, field]) => field.description !== undefined);
  const own = isOurs ? fields.filter(([, field]) => field.description === undefined).map(([name]) => `${path}.${name}`) : [];
  const below = [schema.items, schema.additionalProperties].filter(isMap).flatMap((child) => undescribed(child, `${path}[]`));
  return [...own, ...below, ...fields.flatMap(([name, field]) => undescribed(field, `${path}.${name}`))];
}

/** A copy without the descriptions of schemas; a field of that name stays, because what describes it is a schema and not a text. */
function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key, child]) => key !== 'description' || typeof child !== 'string').map(([key, child]) => [key, withoutDescriptions(child)]));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, child: unknown) => (isMap(child) ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1))) : child));
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
