import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

import type { KeyedCertificate } from '@kubewright/platform';

import { DataFolderError, fileError } from './data-folder-error.js';
import { FORMAT } from './record-file.js';

/** What a server is known by. With the same, what it has given out before stays valid: kubeconfigs and tokens. */
export interface ServerIdentity {
  /** PEM of the key that signs tokens of ServiceAccounts. */
  readonly serviceAccountKey?: string;
  /** Signs the server's certificate and those of its clients. */
  readonly authority?: KeyedCertificate;
  /** Where it listened last. */
  readonly port?: number;
}

/** Keeps a {@link ServerIdentity} in a file that only its owner may read. */
export class IdentityFile {
  #identity: ServerIdentity;

  /** @throws DataFolderError for a file that is damaged, or of a newer format */
  constructor(private readonly file: string) {
    this.#identity = read(file);
  }

  get identity(): ServerIdentity {
    return this.#identity;
  }

  /** Adds to what is kept; it is on the disk when this returns. @throws DataFolderError */
  set(change: ServerIdentity): void {
    this.#identity = { ...this.#identity, ...change };
    const unfinished = `${this.file}.tmp`;
    try {
      const fd = openSync(unfinished, 'w', 0o600);
      try {
        writeSync(fd, `${JSON.stringify({ format: FORMAT, ...this.#identity }, undefined, 2)}\n`);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(unfinished, this.file);
    } catch (error) {
      throw fileError(`${this.file} can not be written`, error);
    }
  }
}

function read(file: string): ServerIdentity {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw fileError(`${file} can not be read`, error);
  }
  let content: ServerIdentity & { readonly format?: number };
  try {
    content = JSON.parse(text) as typeof content;
  } catch (error) {
    throw new DataFolderError(`${file} is damaged: ${(error as Error).message}`, `Put back a copy. Or remove the file: then kubeconfigs and tokens of before are not valid any more.`, { cause: error });
  }
  const { format = 0, ...identity } = content;
  if (format > FORMAT) throw new DataFolderError(`${file} is of format ${format}, and this version reads formats up to ${FORMAT}`, 'Use the version of kubewright that wrote it, or a newer one; or choose another folder.');
  return identity;
}
