import { readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

import { realClock, type Clock } from '@kubewright/platform';

/** Milliseconds of quiet after a change: editors write a file in several steps. */
const QUIET = 50;

/**
 * Watches TypeScript sources, kubewright.json and tsconfig.json below a folder from the call on, and yields once for every burst of changes,
 * until the signal aborts.
 */
export function watchSources(folder: string, signal: AbortSignal, clock: Clock = realClock): AsyncGenerator<void> {
  let isChanged = false;
  let wake = (): void => {};
  const folders = new FolderWatcher(() => {
    isChanged = true;
    wake();
  });
  folders.add(folder);
  const onAbort = (): void => {
    folders.close();
    wake();
  };
  signal.addEventListener('abort', onAbort, { once: true });

  async function* bursts(): AsyncGenerator<void> {
    try {
      while (!signal.aborted) {
        if (!isChanged) await new Promise<void>((resolve) => (wake = resolve));
        while (isChanged && !signal.aborted) {
          isChanged = false;
          await clock.sleep(QUIET);
        }
        if (!signal.aborted) yield;
      }
    } finally {
      folders.close();
      signal.removeEventListener('abort', onAbort);
    }
  }
  return bursts();
}

/** Watches every folder by itself: recursive watching loses files that an editor replaces by renaming, on Linux. */
class FolderWatcher {
  private readonly watchers = new Map<string, FSWatcher>();

  constructor(private readonly onChange: () => void) {}

  add(path: string): void {
    if (this.watchers.has(path)) return;
    let children: string[];
    try {
      children = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory() && isWatched(entry.name)).map((entry) => entry.name);
      const watcher = watch(path, (event, name) => {
        if (name === null || isSource(name)) this.onChange();
        else if (event === 'rename' && isWatched(name) && !name.includes('.')) this.add(join(path, name));
      });
      watcher.on('error', () => this.remove(path));
      this.watchers.set(path, watcher);
    } catch {
      // No folder, or not any more.
      this.remove(path);
      return;
    }
    for (const child of children) this.add(join(path, child));
  }

  close(): void {
    for (const path of [...this.watchers.keys()]) this.remove(path);
  }

  private remove(path: string): void {
    this.watchers.get(path)?.close();
    this.watchers.delete(path);
  }
}

function isWatched(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules' && name !== 'dist';
}

function isSource(name: string): boolean {
  return /\.[cm]?tsx?$/.test(name) || name === 'kubewright.json' || name === 'tsconfig.json';
}
