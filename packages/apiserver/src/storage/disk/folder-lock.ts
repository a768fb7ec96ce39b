import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Logger } from '@kubewright/platform';

import { DataFolderError, fileError } from './data-folder-error.js';

/** Held by the one process that may write into a folder. */
export interface FolderLock {
  release(): void;
}

const NAME = 'lock';
const TRIES = 5;

/**
 * Takes a folder. The lock is a file that names its holder; one that was left behind by a process that is gone is taken over.
 * @throws DataFolderError when a process that lives holds it, this one included
 */
export function lockFolder(folder: string, log: Logger): FolderLock {
  const file = join(folder, NAME);
  const mine = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(`the data folder ${folder} can not be written`, error);
    }
    const holder = read(file);
    if (attempt > TRIES || isAlive(holder)) {
      throw new DataFolderError(
        `the data folder ${folder} is in use by ${holder?.pid === process.pid ? 'this process' : `process ${holder?.pid ?? 'unknown'}`}`,
        `Stop the other server, or choose another folder. If there is no other server, remove ${file}.`,
      );
    }
    takeAway(file, holder);
    log.warn('took over a data folder whose server was killed', { folder, pid: holder?.pid });
  }
}

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly text: string;
}

function read(file: string): Holder | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    // A process that dies between making the file and writing it leaves it empty.
    if (text === '') return { pid: 0, started: '', text };
    return { ...(JSON.parse(text) as { pid: number; started: string }), text };
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder | undefined): boolean {
  if (!holder || holder.pid === 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // The number may belong to somebody else by now.
  const started = startOf(holder.pid);
  return started === '' || holder.started === '' || started === holder.started;
}

/** Two may have found the same stale lock: whoever moves away one that is not that, puts it back. */
function takeAway(file: string, stale: Holder | undefined): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (stale && readFileSync(aside, 'utf8') !== stale.text) renameSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(`the stale lock ${file} can not be removed`, error);
  }
  rmSync(aside, { force: true });
}

/** When a process began, in ticks since the machine did; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
