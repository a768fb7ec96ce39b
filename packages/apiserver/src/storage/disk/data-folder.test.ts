import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { KubeObject } from '@kubewright/api';
import { FakeClock, memoryLogger, realClock, systemRandom, type Scheduler } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Storage } from '../storage.js';
import { DataFolder } from './data-folder.js';
import { DataFolderError } from './data-folder-error.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kubewright-data-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = (name: string) => ({ group: '', plural: 'things', namespace: 'n', name });
const thing = (name: string, value: unknown = 0): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name, namespace: 'n', uid: `uid-${name}` }, value }) as KubeObject;
const things = (storage: Storage): unknown[] => [...storage.list('', 'things')].map((object) => [object.metadata.name, (object as KubeObject & { value: unknown }).value, object.metadata.resourceVersion]);

async function open(options: ConstructorParameters<typeof DataFolder>[1] = {}): Promise<{ data: DataFolder; storage: Storage }> {
  const data = new DataFolder(folder, options);
  const storage = new Storage({ clock: new FakeClock() });
  try {
    await data.load(storage);
  } catch (error) {
    await data.close();
    throw error;
  }
  return { data, storage };
}

/** What opening says, message and hint. */
async function refusal(): Promise<{ message: string; hint: string }> {
  const error = await open().then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataFolderError);
  return error as DataFolderError;
}

async function write(count: number, options: ConstructorParameters<typeof DataFolder>[1] = {}): Promise<void> {
  const { data, storage } = await open(options);
  for (let index = 0; index < count; index++) storage.put(key(`t${index}`), storage.get('', 'things', 'n', `t${index}`), thing(`t${index}`, index));
  await data.close();
}

const onlyLog = (): string => join(folder, readdirSync(folder).find((name) => name.startsWith('log-'))!);

describe('a folder of data', () => {
  it('has after the next start what was stored, with versions and history', async () => {
    const first = await open();
    const a = first.storage.put(key('a'), undefined, thing('a', 9_007_199_254_740_993n));
    const b = first.storage.put(key('b'), undefined, thing('b'));
    first.storage.put(key('a'), a, thing('a', '\n"ä\u2028'));
    first.storage.remove(key('b'), b);
    first.storage.put(key('c'), undefined, thing('c', 9_007_199_254_740_993n));
    await first.data.close();
    const { data, storage } = await open();
    expect(things(storage)).toEqual(things(first.storage));
    expect(storage.revision).toBe(first.storage.revision);
    const summary = (each: Storage) => [...each.eventsSince('', 'things', 1)].map(({ revision, deleted, created, object }) => [revision, deleted, created, object]);
    expect(summary(storage)).toEqual(summary(first.storage));
    expect(storage.scan('', 'things', { revision: 3 }).objects.map(({ metadata }) => metadata.name)).toEqual(['a', 'b']);
    expect(storage.put(key('d'), undefined, thing('d')).metadata.resourceVersion).toBe(String(first.storage.revision + 1));
    await data.close();
  });

  it('resolves what waits for a write when the file has it, one write of the file for all of a turn', async () => {
    const tasks: (() => void)[] = [];
    const scheduler: Scheduler = { schedule: (_name, task) => void tasks.push(task) };
    const { data, storage } = await open({ scheduler });
    const before = statSync(onlyLog()).size;
    storage.put(key('a'), undefined, thing('a'));
    storage.put(key('b'), undefined, thing('b'));
    const kept = storage.settle();
    expect(storage.settle()).toBe(kept);
    expect([tasks.length, statSync(onlyLog()).size]).toEqual([1, before]);
    tasks[0]!();
    expect(statSync(onlyLog()).size).toBeGreaterThan(before);
    await kept;
    expect(storage.settle()).toBeUndefined();
    await data.close();
  });

  it('waits for the disk when it is told to', async () => {
    const { data, storage } = await open({ fsync: true });
    storage.put(key('a'), undefined, thing('a'));
    await storage.settle();
    storage.put(key('b'), undefined, thing('b'));
    await data.close();
    const again = await open();
    expect(things(again.storage)).toHaveLength(2);
    await again.data.close();
  });

  it('makes a snapshot when the log has grown, removes what it replaces, and tells of the past from there', async () => {
    const { data, storage } = await open({ snapshotAfter: 10_000 });
    for (let round = 0; round < 40; round++) {
      for (let index = 0; index < 20; index++) storage.put(key(`t${index}`), storage.get('', 'things', 'n', `t${index}`), thing(`t${index}`, round));
      await storage.settle();
      await realClock.yield();
    }
    storage.advanceTo(5_000);
    await data.close();
    const names = readdirSync(folder).filter((name) => name !== 'identity.json').sort();
    expect(names.filter((name) => name.startsWith('snapshot-'))).toHaveLength(1);
    expect(names.length).toBeLessThanOrEqual(3);
    const snapshot = Number(names.find((name) => name.startsWith('snapshot-'))!.slice('snapshot-'.length));
    expect(snapshot).toBeGreaterThan(1);
    const again = await open();
    expect(things(again.storage)).toEqual(things(storage));
    expect([again.storage.revision, again.storage.compactedRevision]).toEqual([5_000, snapshot]);
    await again.data.close();
  });

  it('keeps keys and certificates', async () => {
    const first = new DataFolder(folder);
    const options = { commonName: 'kubernetes', clock: realClock, random: systemRandom };
    const [key, authority] = [first.serviceAccountKey(), first.certificateAuthority(options)];
    await first.close();
    expect(statSync(join(folder, 'identity.json')).mode & 0o077).toBe(0);
    const again = new DataFolder(folder);
    expect(again.serviceAccountKey()).toBe(key);
    expect(again.certificateAuthority(options).certificate).toBe(authority.certificate);
    await again.close();
  });

  it.each([1, 5, 40])('cuts off a write of which the last %i bytes are missing, and says so', async (missing) => {
    await write(3);
    const size = statSync(onlyLog()).size;
    truncateSync(onlyLog(), size - missing);
    const log = memoryLogger();
    const { data, storage } = await open({ log });
    expect(things(storage)).toEqual([['t0', 0, '2'], ['t1', 1, '3']]);
    expect(log.lines).toMatchObject([{ level: 'warn', message: 'cut off a write that was under way when the server was killed', fields: { file: onlyLog() } }]);
    storage.put(key('t2'), undefined, thing('t2', 'again'));
    await data.close();
    const again = await open();
    expect(things(again.storage)).toEqual([['t0', 0, '2'], ['t1', 1, '3'], ['t2', 'again', '4']]);
    await again.data.close();
  });

  it('cuts off zeros that a disk has left at the end', async () => {
    await write(2);
    writeFileSync(onlyLog(), Buffer.alloc(500), { flag: 'a' });
    const { data, storage } = await open();
    expect(things(storage)).toHaveLength(2);
    await data.close();
  });

  it('refuses a log that is damaged in the middle, with file and offset, and says how to go on', async () => {
    await write(5);
    const bytes = readFileSync(onlyLog());
    const at = bytes.indexOf('"t2"');
    bytes[at + 1] = 0x78;
    writeFileSync(onlyLog(), bytes);
    const { message, hint } = await refusal();
    const [, offset] = /is damaged at byte (\d+): whole records follow from byte \d+ on/.exec(message)!;
    expect(message).toContain(onlyLog());
    expect(hint).toContain(`truncate -s ${offset} '${onlyLog()}'`);
    truncateSync(onlyLog(), Number(offset));
    const { data, storage } = await open();
    expect(things(storage)).toEqual([['t0', 0, '2'], ['t1', 1, '3']]);
    await data.close();
  });

  it('refuses a log from which a write is missing', async () => {
    await write(3);
    const bytes = readFileSync(onlyLog());
    const start = bytes.indexOf('"put",2') - 13;
    const end = bytes.indexOf('"put",3') - 13;
    writeFileSync(onlyLog(), Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
    expect((await refusal()).message).toMatch(/is damaged at byte \d+: a write after revision 1 is missing/);
  });

  it('refuses a log that is missing between others, and a snapshot without its end', async () => {
    await write(3);
    writeFileSync(join(folder, 'log-0000000000000009'), 'kubewright log 1 9\n');
    expect((await refusal()).message).toMatch(/log-0000000000000004 is missing/);
    rmSync(join(folder, 'log-0000000000000009'));
    writeFileSync(join(folder, 'snapshot-0000000000000004'), 'kubewright snapshot 1 4\n');
    expect((await refusal()).message).toMatch(/snapshot-0000000000000004 is damaged at byte \d+: the end of the snapshot is missing/);
  });

  it('refuses what a newer version has written, and what is something else', async () => {
    await write(1);
    const log = readFileSync(onlyLog());
    writeFileSync(onlyLog(), Buffer.concat([Buffer.from('kubewright log 7 1\n'), log.subarray(log.indexOf('\n') + 1)]));
    expect(await refusal()).toMatchObject({ message: `${onlyLog()} is of format 7, and this version reads formats up to 1`, hint: expect.stringContaining('newer') as string });
    writeFileSync(onlyLog(), 'x'.repeat(200));
    expect((await refusal()).message).toBe(`${onlyLog()} is no log or snapshot of kubewright`);
    writeFileSync(join(folder, 'identity.json'), '{"format":7}');
    expect((await refusal()).message).toBe(`${join(folder, 'identity.json')} is of format 7, and this version reads formats up to 1`);
    writeFileSync(join(folder, 'identity.json'), '{"for');
    expect((await refusal()).message).toMatch(/identity.json is damaged/);
  });

  it('begins a log anew that was just being made', async () => {
    await write(2);
    writeFileSync(join(folder, 'log-0000000000000003'), 'kubewri');
    const { data, storage } = await open();
    storage.put(key('x'), undefined, thing('x'));
    await data.close();
    const again = await open();
    expect(things(again.storage)).toHaveLength(3);
    await again.data.close();
  });

  it('is used by one server at a time; a lock whose process is gone does not count', async () => {
    const { data } = await open();
    expect((await refusal()).message).toBe(`the data folder ${folder} is in use by this process`);
    await data.close();
    for (const stale of ['', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }), JSON.stringify({ pid: process.pid, started: '1' })]) {
      writeFileSync(join(folder, 'lock'), stale);
      const log = memoryLogger();
      const again = await open({ log });
      expect(log.lines).toMatchObject([{ level: 'warn', message: 'took over a data folder whose server was killed' }]);
      await again.data.close();
    }
    expect(readdirSync(folder)).not.toContain('lock');
  });

  it('names a folder that is none', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => new DataFolder(join(folder, 'file'))).toThrow(expect.objectContaining({ message: expect.stringMatching(/^the data folder .*file can not be made: EEXIST/) as string, hint: 'A folder is wanted where a file is: choose another path.' }) as Error);
  });
});
