import { env } from 'node:process';

import { applyJsonPatch, applyMergePatch, createJsonPatch, createMergePatch } from '@kubewright/api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { ModelKind } from './expected.js';
import { deployment, gadget, service, widget, widgetSpec } from './kinds.js';
import { jsonPatched, mergePatched, type JsonStep } from './patch-rules.js';
import { contentOf, valueOf } from './requests.js';
import { Differential } from './sequence.js';
import { isList, isMap, type Json, type JsonMap } from './shape.js';

/** `seed,runs` of a longer search, as test/long/model sets it. */
const [seed = 1, runs = 25] = (env['KUBEWRIGHT_MODEL'] ?? '').split(',').filter(Boolean).map(Number);
const spec = valueOf(widgetSpec) as fc.Arbitrary<JsonMap>;
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;

const differential = new Differential();
beforeAll(() => differential.start());
afterAll(() => differential.close());

describe('a patch', () => {
  it('made from two documents turns one into the other', () => {
    fc.assert(fc.property(fc.oneof(spec, json), fc.oneof(spec, json), (before, after) => {
      expect(applyJsonPatch(before, createJsonPatch(before, after))).toEqual(after);
      expect(jsonPatched({ whole: before }, createJsonPatch({ whole: before }, { whole: after }) as JsonStep[])).toEqual({ whole: after });
    }), { seed, numRuns: runs * 10 });
    fc.assert(fc.property(spec, spec, (before, after) => {
      expect(applyMergePatch(before, createMergePatch(before, after) ?? {})).toEqual(after);
    }), { seed, numRuns: runs * 10 });
  });

  it('merges by RFC 7386 whatever it holds', () => {
    fc.assert(fc.property(json, json, (target, patch) => {
      expect(applyMergePatch(target, patch)).toEqual(mergePatched(target, patch));
    }), { seed, numRuns: runs * 10 });
  });

  it.each([widget, gadget, deployment, service])('of a $name says the same as an update and a patch of any other kind', async (kind) => {
    let names = 0;
    await fc.assert(fc.asyncProperty(contentOf(kind, ''), contentOf(kind, ''), async (first, second) => {
      const results = new Map<string, Json>();
      for (const way of ['update', 'merge', 'json', ...(kind.patchKey ? ['strategic'] : [])]) results.set(way, await write(kind, way, `p${names++}`, first, second));
      for (const result of results.values()) expect(result).toEqual(results.get('update'));
    }), { seed, numRuns: runs });
  }, 3_600_000);
});

/** Makes an object and turns it into another. @returns what it has become, without what differs between any two objects */
async function write(kind: ModelKind, way: string, name: string, first: JsonMap, second: JsonMap): Promise<Json> {
  const collection = `${kind.group === '' ? `/api/${kind.apiVersion}` : `/apis/${kind.apiVersion}`}/namespaces/default/${kind.plural}`;
  const whole = (content: JsonMap, metadata: JsonMap): JsonMap => ({ apiVersion: kind.apiVersion, kind: kind.kind, ...content, metadata: { ...(content['metadata'] as JsonMap | undefined), ...metadata, name } });
  const made = await differential.call('POST', `${collection}?fieldManager=a`, whole(first, {}));
  if (made.status !== 201) return made.status;
  const live = made.body as JsonMap & { metadata: JsonMap };
  const { labels: _l, annotations: _a, ...metadata } = live.metadata;
  const wanted = { ...live, ...whole(second, metadata) };
  const path = `${collection}/${name}?fieldManager=b`;
  const { status, body } = way === 'update' ? await differential.call('PUT', path, wanted)
    : way === 'merge' ? await differential.call('PATCH', path, (createMergePatch(live, wanted) ?? {}) as Json, 'application/merge-patch+json')
    : way === 'json' ? await differential.call('PATCH', path, createJsonPatch(live, wanted) as unknown as Json, 'application/json-patch+json')
    : await differential.call('PATCH', path, replacing((createMergePatch(live, wanted) ?? {}) as Json), 'application/strategic-merge-patch+json');
  await differential.call('DELETE', path);
  if (status !== 200) return status;
  const { uid: _u, resourceVersion: _r, name: _n, creationTimestamp: _c, managedFields, ...rest } = body['metadata'] as JsonMap;
  return { ...body, metadata: { ...rest, managedFields: (managedFields as JsonMap[]).map(({ time: _t, ...entry }) => entry) } };
}

/** A merge patch as a strategic one: lists are replaced. */
function replacing(patch: Json): Json {
  if (isList(patch)) return patch.every(isMap) ? [...patch, { $patch: 'replace' }] : patch;
  return isMap(patch) ? Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, replacing(value)])) : patch;
}
