import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { KubeObject } from '@kubewright/api';
import { definitions } from '@kubewright/example-prometheus-operator/definitions';
import { describe, expect, it } from 'vitest';

type Json = { readonly [key: string]: unknown };

const official = JSON.parse(gunzipSync(readFileSync(new URL('../fixtures/prometheus-crds.json.gz', import.meta.url))).toString()) as (KubeObject & { spec: { names: Json; versions: Json[] } })[];

/** Our types have fewer fields; each that they have must be typed as the official one. Descriptions are our own. */
describe('generated definitions are typed as the official ones', () => {
  it.each(definitions.map(({ definition }) => [definition.metadata.name!, definition] as const))('%s', (name, definition) => {
    const ours = definition as unknown as (typeof official)[number];
    const theirs = official.find(({ metadata }) => metadata.name === name)!;
    expect(ours.spec.names).toEqual(theirs.spec.names);
    expect(differences(ours.spec.versions[0]!, theirs.spec.versions[0]!, 'version')).toEqual([]);
  });
});

function differences(ours: unknown, theirs: unknown, path: string): string[] {
  if (isMap(ours) && isMap(theirs)) {
    const areFields = path.endsWith('.properties');
    const keys = Object.keys(areFields ? ours : { ...ours, ...theirs }).filter((key) => areFields || !['description', 'x-kubernetes-validations'].includes(key));
    return keys.flatMap((key) => differences(ours[key], theirs[key], `${path}.${key}`));
  }
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) return ours.flatMap((item, index) => differences(item, theirs[index], `${path}[${index}]`));
  return Object.is(ours, theirs) ? [] : [`${path}: ${JSON.stringify(ours)}, official ${JSON.stringify(theirs)}`];
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
