/**
 * Files of records, to whose end records are added: a line that says what the file is, then one record after the other, each with its length, a
 * checksum of its bytes and a checksum of these two numbers. A process that is killed leaves at most a record that stops in the middle at the end.
 */
import { crc32 } from 'node:zlib';

import { DataFolderError } from './data-folder-error.js';

/** The newest format that is written, and read. */
export const FORMAT = 1;

/** What a file's first line says. */
export interface FileHeader {
  readonly kind: 'log' | 'snapshot';
  /** The revision of the state that the file begins with, or is. */
  readonly revision: number;
}

/** What stands in a file. */
export interface RecordFile extends FileHeader {
  readonly records: readonly Uint8Array[];
  /** How long the file is as far as it is whole; after that, `torn` bytes. */
  readonly length: number;
  /** Bytes of a record that was being written when the process ended. */
  readonly torn: number;
}

/** Bytes before a record. */
export const RECORD_HEADER = 12;

/** A file's first line. */
export function fileHeader({ kind, revision }: FileHeader): Buffer {
  return Buffer.from(`kubewright ${kind} ${FORMAT} ${revision}\n`);
}

/** The bytes before a record's own. */
export function recordHeader(payload: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(RECORD_HEADER);
  header.writeUInt32LE(payload.byteLength, 0);
  header.writeUInt32LE(crc32(payload), 4);
  header.writeUInt32LE(crc32(header.subarray(0, 8)), 8);
  return header;
}

/**
 * Reads what {@link fileHeader} and {@link recordHeader} have written. The records share the memory of `bytes`.
 * @throws DataFolderError for a file of something else, of a newer format, or with a record that is damaged and has whole ones after it
 */
export function readRecordFile(file: string, bytes: Buffer): RecordFile {
  const { header, length: start } = readHeader(file, bytes);
  const records: Uint8Array[] = [];
  let at = start;
  for (let record = recordAt(bytes, at); record; record = recordAt(bytes, at)) {
    records.push(record);
    at += RECORD_HEADER + record.byteLength;
  }
  const next = at < bytes.length ? nextRecord(bytes, at + 1) : undefined;
  if (next !== undefined) throw damaged(file, at, `whole records follow from byte ${next} on`);
  return { ...header, records, length: at, torn: bytes.length - at };
}

/** The error for a file that is not as it was written, from byte `at` on. */
export function damaged(file: string, at: number, what: string): DataFolderError {
  return new DataFolderError(
    `${file} is damaged at byte ${at}: ${what}`,
    `Put back a copy of the folder. To go on without what was written from there: truncate -s ${at} '${file}' and remove the logs and snapshots with higher numbers beside it.`,
  );
}

function readHeader(file: string, bytes: Buffer): { header: FileHeader; length: number } {
  const end = bytes.subarray(0, 100).indexOf(0x0a);
  const [, kind, format, revision] = /^kubewright (log|snapshot) (\d+) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(end, 0))) ?? [];
  if (Number(format) > FORMAT) {
    throw new DataFolderError(`${file} is of format ${format}, and this version reads formats up to ${FORMAT}`, 'Use the version of kubewright that wrote it, or a newer one; or choose another folder.');
  }
  if (kind === undefined || end < 0) throw new DataFolderError(`${file} is no log or snapshot of kubewright`, 'Choose another folder, or another file.');
  return { header: { kind: kind as FileHeader['kind'], revision: Number(revision) }, length: end + 1 };
}

/** The record that begins at `at`; undefined when there is none, or not all of it. */
function recordAt(bytes: Buffer, at: number): Uint8Array | undefined {
  if (at + RECORD_HEADER > bytes.length) return undefined;
  // The length first: of bytes that are no record it is mostly more than there is, and that is cheap to see.
  const end = at + RECORD_HEADER + bytes.readUInt32LE(at);
  if (end > bytes.length || bytes.readUInt32LE(at + 8) !== crc32(bytes.subarray(at, at + 8))) return undefined;
  const payload = bytes.subarray(at + RECORD_HEADER, end);
  return crc32(payload) === bytes.readUInt32LE(at + 4) ? payload : undefined;
}

/** Where the next whole record begins; the zeros that a disk may leave at the end are none. */
function nextRecord(bytes: Buffer, from: number): number | undefined {
  for (let at = from; at + RECORD_HEADER <= bytes.length; at++) if (recordAt(bytes, at)) return at;
  return undefined;
}
