import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';

import type { Logger } from '@kubewright/platform';

const MIB = 2 ** 20;
/** What a process needs beside its heap: buffers, sockets, code, stacks. */
const OUTSIDE_OF_HEAP = 64 * MIB;
/** At or above this the file of cgroup v1 means "no limit". */
const NO_LIMIT = 2 ** 60;

/**
 * Warns when the heap may grow beyond what the container has: then the kernel kills the process before V8 begins to collect in earnest.
 * Without --max-old-space-size Node sizes its heap by the container's limit, and all is well.
 */
export async function checkHeapLimit(log: Logger, cgroup = '/sys/fs/cgroup', heapLimit = getHeapStatistics().heap_size_limit): Promise<void> {
  const memoryLimit = await memoryLimitOf(cgroup);
  const advice = memoryLimit === undefined ? undefined : heapAdvice(heapLimit, memoryLimit);
  if (advice === undefined) return;
  log.warn('the heap may outgrow the container', { heapLimitMiB: Math.round(heapLimit / MIB), memoryLimitMiB: Math.round(memoryLimit! / MIB), try: advice });
}

/** What to start Node with instead; undefined when the heap fits. Both in bytes. */
export function heapAdvice(heapLimit: number, memoryLimit: number): string | undefined {
  const largest = Math.max(memoryLimit - OUTSIDE_OF_HEAP, memoryLimit / 2);
  if (heapLimit <= largest) return undefined;
  return `NODE_OPTIONS=--max-old-space-size=${Math.floor((largest * 0.9) / MIB)}, or a larger memory limit`;
}

/** The container's memory limit in bytes: cgroup v2, then v1; undefined when there is none. */
export async function memoryLimitOf(cgroup: string): Promise<number | undefined> {
  for (const file of ['memory.max', join('memory', 'memory.limit_in_bytes')]) {
    const text = await readFile(join(cgroup, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const limit = Number(text.trim());
    return limit > 0 && limit < NO_LIMIT ? limit : undefined;
  }
  return undefined;
}
