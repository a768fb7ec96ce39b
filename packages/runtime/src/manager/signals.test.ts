import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';

import { setupSignalHandler, type SignalSource } from './signals.js';

class FakeProcess extends EventEmitter implements SignalSource {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('setupSignalHandler', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('#91 aborts at the first %s and exits at the second signal', (name) => {
    const process = new FakeProcess();
    const signal = setupSignalHandler(process);
    expect(signal.aborted).toBe(false);
    process.emit(name);
    expect(signal.reason).toMatchObject({ message: `received ${name}` });
    expect(process.exits).toEqual([]);
    process.emit('SIGTERM');
    expect(process.exits).toEqual([1]);
  });
});
