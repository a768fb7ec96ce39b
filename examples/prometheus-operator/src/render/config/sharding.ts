import type { ConfigContext } from './context.js';
import type { Relabeling } from './relabeling.js';

/** Keeps the targets of the own shard: by a hash of the address, unless a target brings a hash of its own or opts out. */
export function shardingRelabelings({ prometheus, shardRetention }: ConfigContext): Relabeling[] {
  const shards = Math.max(prometheus.spec.shards ?? 1, 1);
  const retained: Relabeling[] = [
    { target_label: '__tmp_current_shard', replacement: '$(SHARD)', action: 'replace' },
    { source_labels: ['__tmp_current_shard'], regex: Array.from({ length: shards }, (_, shard) => String(shard)).join('|'), action: 'keep' },
  ];
  return [
    ...(shardRetention ? retained : []),
    { source_labels: ['__address__', '__tmp_hash'], target_label: '__tmp_hash', regex: '(.+);', replacement: '$1', action: 'replace' },
    { source_labels: ['__tmp_hash'], target_label: '__tmp_hash', modulus: shards, action: 'hashmod' },
    { source_labels: ['__tmp_hash', '__tmp_disable_sharding'], regex: '$(SHARD);|.+;.+', action: 'keep' },
  ];
}
