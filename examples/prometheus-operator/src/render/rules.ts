import type { ObjectOf } from '@kubewright/api';
import type { ConfigMap } from '@kubewright/api/core/v1';
import type { Writable } from '@kubewright/runtime';

import type { PrometheusRule } from '../api/index.js';
import { ruleConfigMapName } from '../names.js';
import type { OperatorConfig } from '../operator-config.js';
import type { Version } from '../version.js';
import { ownedMetadata, type PrometheusObject } from './metadata.js';
import { toYaml } from './yaml.js';

/** A ConfigMap may hold 1 MiB; upstream fills it half, so that its encoding fits for certain. */
const BUCKET_BYTES = 524_288;

/** The pods always mount this many ConfigMaps, so that further rules do not roll the StatefulSet. */
export const MOUNTED_RULE_CONFIG_MAPS = 3;

/** One file for each PrometheusRule, by name. Fields that the version does not know are left out. */
export function ruleFiles(rules: readonly ObjectOf<typeof PrometheusRule>[], version: Version): Map<string, string> {
  const files = rules.map(({ metadata, spec }): [string, string] => [
    `${metadata.namespace}-${metadata.name}-${metadata.uid}.yaml`,
    toYaml({ groups: (spec.groups ?? []).map((group) => sanitizeGroup(group, version)) }, { sortKeys: true }),
  ]);
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The files in as few ConfigMaps as first-fit makes of them; at least one. @throws Error for a file that fits in none */
export function ruleConfigMaps(prometheus: PrometheusObject, config: OperatorConfig, files: ReadonlyMap<string, string>): Writable<typeof ConfigMap>[] {
  const buckets: { data: Record<string, string>; bytes: number }[] = [{ data: {}, bytes: 0 }];
  for (const [name, content] of files) {
    const bytes = Buffer.byteLength(content);
    if (bytes > BUCKET_BYTES) throw new Error(`rule file ${name} is too large: ${bytes} bytes, at most ${BUCKET_BYTES} fit in a ConfigMap; split the PrometheusRule`);
    let bucket = buckets.find((each) => each.bytes + bytes <= BUCKET_BYTES);
    if (!bucket) buckets.push((bucket = { data: {}, bytes: 0 }));
    bucket.data[name] = content;
    bucket.bytes += bytes;
  }
  return buckets.map(({ data }, index) => ({
    metadata: ownedMetadata(prometheus, config, ruleConfigMapName(prometheus.metadata.name!, index), { labels: { 'prometheus-name': prometheus.metadata.name! } }),
    data,
  }));
}

/** Names that the pods mount: those that exist, padded so that a new one needs no new pods. */
export function mountedRuleConfigMaps(prometheus: string, existing: number): string[] {
  return Array.from({ length: Math.max(existing, MOUNTED_RULE_CONFIG_MAPS) }, (_, index) => ruleConfigMapName(prometheus, index));
}

type Group = NonNullable<ObjectOf<typeof PrometheusRule>['spec']['groups']>[number];

function sanitizeGroup(group: Group, version: Version): Record<string, unknown> {
  const { labels, limit, query_offset, partial_response_strategy: _thanosOnly, rules, ...rest } = group;
  return {
    ...rest,
    ...(labels && version.atLeast(3) && { labels }),
    ...(limit !== undefined && version.atLeast(2, 31) && { limit }),
    ...(query_offset !== undefined && version.atLeast(2, 53) && { query_offset }),
    rules: (rules ?? []).map(({ keep_firing_for, ...rule }) => ({ ...rule, ...(keep_firing_for && version.atLeast(2, 42) && { keep_firing_for }) })),
  };
}
