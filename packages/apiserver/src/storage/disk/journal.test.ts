import type * as FileSystem from 'node:fs';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KubeObject } from '@kubewright/api';
import { memoryLogger, realScheduler } from '@kubewright/platform';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { Journal } from './journal.js';
import { readRecordFile } from './record-file.js';

const disk = vi.hoisted(() => ({ isFull: false, loses: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  const writeSync = (fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
    if (!disk.isFull) return fs.writeSync(fd, bytes, offset, Math.min(length, 50), position);
    fs.writeSync(fd, bytes, offset, 3, position);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const fdatasync = (fd: number, done: (error: Error | null) => void): void => (disk.loses ? realScheduler.schedule('disk', () => done(new Error('EIO: i/o error, fdatasync'))) : fs.fdatasync(fd, done));
  return { ...fs, writeSync, fdatasync };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubewright-journal-'));
  Object.assign(disk, { isFull: false, loses: false });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (revision: number) => ({ revision, time: 0, group: '', plural: 'things', key: `n/t${revision}`, deleted: false, object: { metadata: { name: `t${revision}` } } as KubeObject });

function journal(fsync = false): { journal: Journal; log: ReturnType<typeof memoryLogger>; recordsOf: () => number } {
  const log = memoryLogger();
  const made = new Journal({ scheduler: realScheduler, log, fsync, onFull: () => {} });
  const file = join(folder, 'log');
  made.begin(file, 1, Infinity);
  return { journal: made, log, recordsOf: () => readRecordFile(file, readFileSync(file)).records.length };
}

it('takes no more writes while the disk is full, tries again with each request, and then has each write once', async () => {
  const { journal: full, log, recordsOf } = journal();
  full.append(write(2));
  await full.settle();
  disk.isFull = true;
  full.append(write(3));
  const waiting = full.settle()!;
  await expect(waiting).rejects.toThrow(/^the write is not kept: .*log can not be written: ENOSPC/);
  await expect(full.settle()).rejects.toMatchObject({ hint: expect.stringMatching(/^The disk is full: make room\./) as string });
  expect(() => full.throwIfBroken()).toThrow(/ENOSPC/);
  disk.isFull = false;
  full.throwIfBroken();
  full.append(write(4));
  await full.settle();
  await full.close();
  expect(recordsOf()).toBe(3);
  expect(log.lines.map(({ level, message }) => `${level} ${message}`)).toEqual(['error the data folder can not be written', 'info the data folder can be written again']);
});

it('keeps nothing more after a disk that did not take what it was given', async () => {
  const { journal: lost } = journal(true);
  disk.loses = true;
  lost.append(write(2));
  await expect(lost.settle()).rejects.toThrow(/^the write may not be kept: the disk did not take .*EIO/);
  disk.loses = false;
  expect(() => lost.throwIfBroken()).toThrow(/stop the server and start it again/);
  await expect(lost.settle()).rejects.toThrow(/the disk did not take/);
  await lost.close();
});

it('keeps what comes while the disk is at work with the next turn', async () => {
  const { journal: slow, recordsOf } = journal(true);
  slow.append(write(2));
  const first = slow.settle();
  await new Promise<void>((resolve) => realScheduler.schedule('test', resolve));
  slow.append(write(3));
  const second = slow.settle();
  expect(second).not.toBe(first);
  await Promise.all([first, second]);
  expect(recordsOf()).toBe(2);
  await slow.close();
});
