import { open, readFile, rename, rm } from 'node:fs/promises';

import type { KubeObject } from '@kubewright/api';

import type { ClusterState } from '../cluster-state.js';
import { keyOf } from '../storage.js';
import { DataFolderError, fileError } from './data-folder-error.js';
import { damaged, fileHeader, readRecordFile } from './record-file.js';
import { decodeRecord, encodeRecord } from './write-records.js';

/** Objects that are written in one go; between two, the process does other things. */
const CHUNK = 200;

/**
 * Writes a state to a file, which is there when it is whole, and not before.
 * @throws DataFolderError
 */
export async function writeStateFile(file: string, state: ClusterState): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(unfinished, 'w', 0o600);
    try {
      await handle.write(fileHeader({ kind: 'snapshot', revision: state.revision }));
      let count = 0;
      for (const chunk of chunks(state)) {
        await handle.write(Buffer.concat(chunk));
        count += chunk.length;
      }
      await handle.write(encodeRecord({ kind: 'end', count }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw fileError(`the snapshot ${file} can not be written`, error);
  }
}

/** Reads what {@link writeStateFile} has written. @throws DataFolderError */
export async function readStateFile(file: string): Promise<ClusterState> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw fileError(`the snapshot ${file} can not be read`, error);
  });
  const { kind, revision, records, length } = readRecordFile(file, bytes);
  if (kind !== 'snapshot') throw new DataFolderError(`${file} is a log, no snapshot`, 'Give the file that a snapshot was written to.');
  const resources = new Map<string, { group: string; plural: string; objects: KubeObject[] }>();
  for (const [index, payload] of records.entries()) {
    const record = decodeRecord(payload);
    if (record.kind === 'end' && record.count === index && index === records.length - 1) return { revision, resources: [...resources.values()] };
    if (record.kind !== 'write') break;
    const { group, plural, object } = record;
    const id = `${group}/${plural}`;
    let resource = resources.get(id);
    if (!resource) resources.set(id, (resource = { group, plural, objects: [] }));
    resource.objects.push(object);
  }
  throw damaged(file, length, 'the end of the snapshot is missing');
}

function* chunks({ resources }: ClusterState): Generator<Buffer[]> {
  let chunk: Buffer[] = [];
  for (const { group, plural, objects } of resources) {
    for (const object of objects) {
      const { namespace = '', name = '', resourceVersion = '0' } = object.metadata;
      chunk.push(encodeRecord({ kind: 'write', revision: Number(resourceVersion), time: 0, group, plural, key: keyOf(namespace, name), deleted: false, object }));
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
