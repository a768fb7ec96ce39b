import { closeSync, fdatasync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import type { Logger, Scheduler } from '@kubewright/platform';

import type { StoredWrite, WriteLog } from '../stored-write.js';
import { fileError, type DataFolderError } from './data-folder-error.js';
import { fileHeader } from './record-file.js';
import { encodeRecord, type DiskRecord } from './write-records.js';

/** Settings of a {@link Journal}. */
export interface JournalOptions {
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** Whether an answer waits until the disk has its record, not only the operating system. */
  readonly fsync: boolean;
  /** Called when the file has grown past its limit and everything that was written so far is in it: the time to begin another. Must not throw. */
  readonly onFull: () => void;
}

interface Batch {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * The end of the log, where records are added. What is written in one turn goes to the file in one call, before the first of its answers goes out.
 * When the file can not be written, answers are errors and nothing more is taken; each further request tries again.
 */
export class Journal implements WriteLog {
  /** Bytes of the file after which it is full. */
  limit = Infinity;
  #fd: number | undefined;
  #file = '';
  #length = 0;
  #queue: DiskRecord[] = [];
  /** Of those who wait for {@link #queue}. */
  #batch: Batch | undefined;
  /** Of those who wait for the disk. */
  #syncing: Batch | undefined;
  #isScheduled = false;
  #problem: DataFolderError | undefined;
  /** A disk that failed to take what it was given may have lost it: there is no second try. */
  #isLost = false;

  constructor(private readonly options: JournalOptions) {}

  /** Goes on at the end of a file, or in a new one. @param length of what is whole in it; the rest is cut off @param limit bytes after which it is full */
  continueIn(file: string, length: number, limit: number): void {
    const fd = openSync(file, 'r+');
    ftruncateSync(fd, length);
    this.#use(fd, file, length, limit);
  }

  /** Goes on in a new file, which begins at `revision`. */
  begin(file: string, revision: number, limit: number): void {
    const header = fileHeader({ kind: 'log', revision });
    const fd = openSync(file, 'w+', 0o600);
    writeAll(fd, header, 0);
    if (this.options.fsync) for (const path of [file, dirname(file)]) syncNow(path);
    this.#use(fd, file, header.byteLength, limit);
  }

  append(write: StoredWrite): void {
    this.#add({ kind: 'write', ...write });
  }

  advance(revision: number): void {
    this.#add({ kind: 'advance', revision });
  }

  throwIfBroken(): void {
    if (this.#problem && !this.#isLost) this.#flush();
    if (this.#problem) throw this.#problem;
  }

  settle(): Promise<void> | undefined {
    if (this.#problem && !this.#isLost) this.#flush();
    if (this.#problem) return Promise.reject(this.#problem);
    return this.#batch?.promise ?? this.#syncing?.promise;
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    while (this.#queue.length > 0 || this.#syncing) {
      this.#flush();
      if (this.#problem) {
        this.options.log.error('writes are lost: the data folder could not be written', { file: this.#file, writes: this.#queue.length, error: this.#problem });
        break;
      }
      await this.#syncing?.promise.catch(() => {});
    }
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #use(fd: number, file: string, length: number, limit: number): void {
    this.#fd = fd;
    this.#file = file;
    this.#length = length;
    this.limit = limit;
  }

  #add(record: DiskRecord): void {
    this.#queue.push(record);
    this.#batch ??= newBatch();
    if (!this.#isScheduled && !this.#syncing) this.#schedule();
  }

  #schedule(): void {
    this.#isScheduled = true;
    this.options.scheduler.schedule('storage:flush', () => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#fd === undefined || this.#syncing || this.#queue.length === 0) return;
    const { fsync, log, onFull } = this.options;
    const fd = this.#fd;
    const batch = this.#batch;
    this.#batch = undefined;
    try {
      this.#length += writeAll(fd, Buffer.concat(this.#queue.map(encodeRecord)), this.#length);
    } catch (error) {
      if (!this.#problem) log.error('the data folder can not be written', { file: this.#file, error });
      this.#problem = fileError(`the write is not kept: ${this.#file} can not be written`, error);
      batch?.reject(this.#problem);
      return;
    }
    if (this.#problem) log.info('the data folder can be written again', { file: this.#file });
    this.#problem = undefined;
    this.#queue = [];
    if (this.#length > this.limit) onFull();
    if (fsync) this.#sync(fd, batch ?? newBatch());
    else {
      batch?.resolve();
      if (fd !== this.#fd) closeSync(fd);
    }
  }

  #sync(fd: number, batch: Batch): void {
    this.#syncing = batch;
    fdatasync(fd, (error) => {
      this.#syncing = undefined;
      if (fd !== this.#fd) closeSync(fd);
      if (error) {
        this.#isLost = true;
        this.#problem = fileError(`the write may not be kept: the disk did not take ${this.#file}, stop the server and start it again`, error);
        this.options.log.error('the disk did not take what was written', { file: this.#file, error });
        batch.reject(this.#problem);
        this.#batch?.reject(this.#problem);
        return;
      }
      batch.resolve();
      this.#flush();
    });
  }
}

function syncNow(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** @returns how many bytes were written, which is all of them */
function writeAll(fd: number, bytes: Uint8Array, position: number): number {
  // A place of its own for each byte: what a failed try has left behind is written over by the next.
  for (let done = 0; done < bytes.byteLength;) done += writeSync(fd, bytes, done, bytes.byteLength - done, position + done);
  return bytes.byteLength;
}

function newBatch(): Batch {
  let resolve: Batch['resolve'] = () => {};
  let reject: Batch['reject'] = () => {};
  const promise = new Promise<void>((yes, no) => ([resolve, reject] = [yes, no]));
  promise.catch(() => {}); // there may be nobody who waits
  return { promise, resolve, reject };
}
