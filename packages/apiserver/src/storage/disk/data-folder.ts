/**
 * @module storage/disk: what is stored, in a folder, so that it outlives the process. There is a snapshot of everything at some revision, and one or
 * more logs of the writes since (`snapshot-<revision>`, `log-<revision>`, each named by the state that it is or begins with); `identity.json` has
 * the keys that the server is known by, `lock` names the process that uses the folder. This file puts them together: journal.ts adds to the log,
 * state-file.ts writes snapshots, record-file.ts knows what is whole in a file. When the log has outgrown the snapshot, both begin anew.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { createCertificateAuthority, noopLogger, realScheduler, type CertificateAuthority, type CertificateAuthorityOptions, type Logger, type Scheduler } from '@kubewright/platform';

import { captureState } from '../cluster-state.js';
import { keyOf, type Storage } from '../storage.js';
import { DataFolderError, fileError } from './data-folder-error.js';
import { lockFolder, type FolderLock } from './folder-lock.js';
import { IdentityFile } from './identity.js';
import { Journal } from './journal.js';
import { damaged, readRecordFile, RECORD_HEADER } from './record-file.js';
import { readStateFile, writeStateFile } from './state-file.js';
import { decodeRecord } from './write-records.js';

/** Settings of a {@link DataFolder}. */
export interface DataFolderOptions {
  /** @default the process's */
  readonly scheduler?: Scheduler;
  /** @default no lines */
  readonly log?: Logger;
  /**
   * Whether an answer waits until the disk has the write. Without it the operating system has it: a process that is killed loses nothing, a machine
   * that loses its power may lose the last seconds.
   * @default false
   */
  readonly fsync?: boolean;
  /** Bytes of the log after which a snapshot is made, or the size of the last snapshot if that is more. @default 32 MiB */
  readonly snapshotAfter?: number;
}

const DEFAULT_SNAPSHOT_AFTER = 32 * 1024 * 1024;

/** A folder that keeps a {@link Storage}. One process uses it at a time. */
export class DataFolder {
  /** Absolute. */
  readonly path: string;
  readonly identity: IdentityFile;
  readonly #lock: FolderLock;
  readonly #log: Logger;
  readonly #snapshotAfter: number;
  readonly #journal: Journal;
  #storage: Storage | undefined;
  #snapshot: Promise<void> | undefined;
  #limit: number;

  /** Takes the folder, and makes it when it is not there. @throws DataFolderError when it can not be written, or another server uses it */
  constructor(path: string, options: DataFolderOptions = {}) {
    const { scheduler = realScheduler, log = noopLogger, fsync = false } = options;
    this.path = resolve(path);
    this.#log = log;
    this.#snapshotAfter = this.#limit = options.snapshotAfter ?? DEFAULT_SNAPSHOT_AFTER;
    this.#journal = new Journal({ scheduler, log, fsync, onFull: () => this.#rotate() });
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileError(`the data folder ${this.path} can not be made`, error);
    }
    this.#lock = lockFolder(this.path, log);
    try {
      this.identity = new IdentityFile(join(this.path, 'identity.json'));
    } catch (error) {
      this.#lock.release();
      throw error;
    }
  }

  /** Fills a storage that is empty with what the folder has, and keeps what is written from now on. @throws DataFolderError */
  async load(storage: Storage): Promise<void> {
    this.#storage = storage;
    const { snapshots, logs, rest } = this.#files();
    const begin = snapshots.at(-1);
    if (begin !== undefined) {
      const { revision, resources } = await readStateFile(this.#name('snapshot', begin));
      for (const { group, plural, objects } of resources) {
        for (const object of objects) {
          const { namespace = '', name = '', resourceVersion = '0' } = object.metadata;
          storage.adopt({ revision: Number(resourceVersion), time: 0, group, plural, key: keyOf(namespace, name), deleted: false, object }, false);
        }
      }
      storage.advanceTo(revision);
      storage.forgetBefore(revision);
      this.#limit = Math.max(this.#snapshotAfter, statSync(this.#name('snapshot', begin)).size);
    }
    // A process that was killed between making a snapshot and removing what it replaces leaves that behind.
    const [current, outdated] = split(logs, (revision) => revision >= (begin ?? 0));
    for (const file of [...rest, ...outdated.map((each) => this.#name('log', each)), ...snapshots.slice(0, -1).map((each) => this.#name('snapshot', each))]) rmSync(file, { force: true });
    if (current.length === 0 && begin !== undefined) throw missing(this.#name('log', begin));
    for (const [index, revision] of current.entries()) this.#replay(storage, revision, index === current.length - 1);
    if (current.length === 0) this.#beginLog(storage.revision);
    storage.keepIn(this.#journal);
  }

  /** PEM of the key that signs tokens of ServiceAccounts; the same each time. */
  serviceAccountKey(): string {
    const { serviceAccountKey } = this.identity.identity;
    if (serviceAccountKey) return serviceAccountKey;
    const made = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    this.identity.set({ serviceAccountKey: made });
    return made;
  }

  /** The authority of the server's certificate and those of its clients; the same each time. */
  certificateAuthority(options: CertificateAuthorityOptions): CertificateAuthority {
    const { authority: existing } = this.identity.identity;
    const authority = createCertificateAuthority({ ...options, ...(existing && { existing }) });
    if (!existing) this.identity.set({ authority: { certificate: authority.certificate, key: authority.key } });
    return authority;
  }

  /** Writes what waits, finishes a snapshot that is under way, and gives the folder up. */
  async close(): Promise<void> {
    try {
      await this.#journal.close();
      await this.#snapshot;
    } finally {
      this.#lock.release();
    }
  }

  #replay(storage: Storage, revision: number, isLast: boolean): void {
    const file = this.#name('log', revision);
    if (revision !== storage.revision) throw missing(this.#name('log', storage.revision));
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      throw fileError(`the log ${file} can not be read`, error);
    }
    // One that was being made when the process ended.
    if (isLast && bytes.length < 100 && !bytes.includes(0x0a)) return this.#beginLog(revision);
    const { records, length, torn } = readRecordFile(file, bytes);
    for (const payload of records) {
      const record = decodeRecord(payload);
      if (record.kind === 'advance' && record.revision > storage.revision) storage.advanceTo(record.revision);
      else if (record.kind === 'write' && record.revision === storage.revision + 1) storage.adopt(record, true);
      else throw damaged(file, payload.byteOffset - bytes.byteOffset - RECORD_HEADER, `a write after revision ${storage.revision} is missing`);
    }
    if (torn > 0 && !isLast) throw damaged(file, length, 'it ends in the middle of a record, and another log follows');
    if (torn > 0) this.#log.warn('cut off a write that was under way when the server was killed', { file, offset: length, bytes: torn });
    if (!isLast) return;
    try {
      this.#journal.continueIn(file, length, this.#limit);
    } catch (error) {
      throw fileError(`the log ${file} can not be written`, error);
    }
  }

  #beginLog(revision: number): void {
    try {
      this.#journal.begin(this.#name('log', revision), revision, this.#limit);
    } catch (error) {
      throw fileError(`the log ${this.#name('log', revision)} can not be written`, error);
    }
  }

  /** Begins a new log and makes a snapshot of where it begins, while writes go on. */
  #rotate(): void {
    if (this.#snapshot || !this.#storage) return;
    const state = captureState(this.#storage);
    try {
      this.#journal.begin(this.#name('log', state.revision), state.revision, this.#limit);
    } catch (error) {
      this.#log.warn('no snapshot was made, the log grows on', { folder: this.path, error });
      return;
    }
    this.#snapshot = this.#replace(state).catch((error: unknown) => {
      // The logs have everything all the same.
      this.#log.warn('no snapshot was made, the logs stay', { folder: this.path, error });
    }).finally(() => (this.#snapshot = undefined));
  }

  async #replace(state: ReturnType<typeof captureState>): Promise<void> {
    const file = this.#name('snapshot', state.revision);
    await writeStateFile(file, state);
    this.#limit = Math.max(this.#snapshotAfter, statSync(file).size);
    this.#journal.limit = this.#limit;
    const { snapshots, logs } = this.#files();
    for (const revision of logs) if (revision < state.revision) await rm(this.#name('log', revision), { force: true });
    for (const revision of snapshots) if (revision < state.revision) await rm(this.#name('snapshot', revision), { force: true });
  }

  #name(kind: 'log' | 'snapshot', revision: number): string {
    return join(this.path, `${kind}-${String(revision).padStart(16, '0')}`);
  }

  /** By revision, oldest first. `rest` are files that were being made when the process ended. */
  #files(): { snapshots: number[]; logs: number[]; rest: string[] } {
    const found = { snapshots: [] as number[], logs: [] as number[], rest: [] as string[] };
    let names: string[];
    try {
      names = readdirSync(this.path).sort();
    } catch (error) {
      throw fileError(`the data folder ${this.path} can not be read`, error);
    }
    for (const name of names) {
      const [, kind, revision] = /^(log|snapshot)-(\d{16})$/.exec(name) ?? [];
      if (kind === 'log') found.logs.push(Number(revision));
      else if (kind === 'snapshot') found.snapshots.push(Number(revision));
      else if (/^snapshot-\d{16}\.\d+\.tmp$/.test(name)) found.rest.push(join(this.path, name));
    }
    return found;
  }
}

function split(revisions: readonly number[], matches: (revision: number) => boolean): [number[], number[]] {
  return [revisions.filter(matches), revisions.filter((revision) => !matches(revision))];
}

function missing(file: string): DataFolderError {
  return new DataFolderError(`${file} is missing, and with it writes that were acknowledged`, 'Put back a copy of the folder, or choose another folder.');
}
