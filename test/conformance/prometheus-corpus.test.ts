import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '@kubewright/api';
import { defaultOperatorConfig, desiredObjects, type ClusterView, type PrometheusObject } from '@kubewright/example-prometheus-operator/render';

/** What the real operator (v0.93.0) wrote for an input, recorded; see scripts/pack-corpus.mjs. */
interface Case {
  readonly name: string;
  readonly meta: { readonly outcome: string };
  readonly input: readonly KubeObject[];
  readonly expected: readonly KubeObject[];
}

const cases = JSON.parse(gunzipSync(readFileSync(new URL('../fixtures/prometheus-corpus.json.gz', import.meta.url))).toString()) as Case[];
// Transitions start from objects that are there already; what is *written* for the Prometheus itself is compared here.
const comparable = cases.filter(({ name, meta }) => meta.outcome === 'ok' && !name.startsWith('transition-') && !name.startsWith('kubeprom-'));

describe('the objects of a Prometheus are those that the real operator writes', () => {
  it.each(comparable)('$name', ({ input, expected }) => {
    for (const prometheus of input.filter((object) => object.kind === 'Prometheus') as PrometheusObject[]) {
      const desired = desiredObjects(prometheus, view(input), defaultOperatorConfig);
      const written = [
        ...desired.ruleConfigMaps.map((each) => ({ apiVersion: 'v1', kind: 'ConfigMap', ...each })),
        ...[desired.configSecret, ...desired.secrets].map((each) => ({ apiVersion: 'v1', kind: 'Secret', ...each })),
        { apiVersion: 'v1', kind: 'Service', ...desired.service },
        ...Array.from({ length: desired.shards }, (_, shard) => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', ...desired.statefulSet(shard, undefined) })),
      ] as KubeObject[];
      for (const object of expected.filter((each) => isOwnedBy(each, prometheus))) {
        const ours = written.find((each) => each.kind === object.kind && each.metadata.name === object.metadata.name);
        expect(comparableForm(ours), `${object.kind} ${object.metadata.name}`).toEqual(comparableForm(object));
      }
      expect(written.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual(
        expected.filter((each) => isOwnedBy(each, prometheus)).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort(),
      );
    }
  });
});

function view(objects: readonly KubeObject[]): ClusterView {
  const ofKind = (kind: string): never[] => objects.filter((object) => object.kind === kind) as never[];
  const namespaces = new Map(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => [metadata.name!, metadata.labels ?? {}]));
  return { serviceMonitors: ofKind('ServiceMonitor'), podMonitors: ofKind('PodMonitor'), rules: ofKind('PrometheusRule'), namespaces, endpointSlices: true };
}

function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return object.metadata?.namespace === owner.metadata.namespace && (object.metadata?.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid);
}

/** Data without what may differ: packed files are unpacked, YAML is compared as data, the digest is masked. */
function comparableForm(object: KubeObject | undefined): unknown {
  if (!object) return undefined;
  const copy = structuredClone(object) as KubeObject & { data?: Record<string, string>; spec?: Record<string, unknown> };
  if (copy.kind === 'StatefulSet') copy.metadata.annotations = { ...copy.metadata.annotations, 'prometheus-operator-input-hash': '<hash>' };
  if (copy.kind === 'Secret' || copy.kind === 'ConfigMap') copy.data = Object.fromEntries(Object.entries(copy.data ?? {}).map(([key, text]) => [key, content(copy.kind!, key, text)])) as Record<string, string>;
  return JSON.parse(JSON.stringify(copy));
}

function content(kind: string, key: string, text: string): unknown {
  const isBase64 = kind === 'Secret' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text !== '' && text.length % 4 === 0;
  const bytes = isBase64 ? Buffer.from(text, 'base64') : Buffer.from(text);
  const plain = isBase64 && key.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
  return /\.ya?ml(\.gz)?$/.test(key) ? (parse(plain, { version: '1.1' }) ?? '') : plain;
}
