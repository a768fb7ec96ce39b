import { decodeJson, encodeJson, type KubeObject } from '@kubewright/api';

import type { StoredWrite } from '../stored-write.js';
import { recordHeader } from './record-file.js';

/** One record: a write, a jump of the revision, or the end of a snapshot, which says how many objects it has. */
export type DiskRecord =
  | ({ readonly kind: 'write' } & StoredWrite)
  | { readonly kind: 'advance'; readonly revision: number }
  | { readonly kind: 'end'; readonly count: number };

type Line = readonly [kind: 'put' | 'remove', revision: number, time: number, group: string, plural: string, key: string] | readonly [kind: 'advance' | 'end', number: number];

/** A record with its header, ready for the file. An object stands in it as JSON, as its clients would get it. */
export function encodeRecord(record: DiskRecord): Buffer {
  const line = JSON.stringify(lineOf(record));
  const payload = Buffer.from(record.kind === 'write' ? `${line}\n${encodeJson(record.object)}` : line);
  return Buffer.concat([recordHeader(payload), payload]);
}

/** @throws Error for bytes that {@link encodeRecord} did not make */
export function decodeRecord(payload: Uint8Array): DiskRecord {
  const end = payload.indexOf(0x0a);
  const line = decodeJson(end < 0 ? payload : payload.subarray(0, end)) as Line;
  switch (line[0]) {
    case 'put':
    case 'remove': {
      const [kind, revision, time, group, plural, key] = line;
      return { kind: 'write', revision, time, group, plural, key, deleted: kind === 'remove', object: decodeJson(payload.subarray(end + 1)) as KubeObject };
    }
    case 'advance':
      return { kind: 'advance', revision: line[1] };
    case 'end':
      return { kind: 'end', count: line[1] };
  }
}

function lineOf(record: DiskRecord): Line {
  switch (record.kind) {
    case 'write': {
      const { deleted, revision, time, group, plural, key } = record;
      return [deleted ? 'remove' : 'put', revision, time, group, plural, key];
    }
    case 'advance':
      return ['advance', record.revision];
    case 'end':
      return ['end', record.count];
  }
}
