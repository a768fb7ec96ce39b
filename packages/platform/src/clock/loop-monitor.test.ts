import { describe, expect, it } from 'vitest';

import { FakeLoopMonitor, RealLoopMonitor } from './loop-monitor.js';
import { realClock } from './real-clock.js';

describe('RealLoopMonitor', () => {
  it('sees a loop that stood still, once', async () => {
    const monitor = new RealLoopMonitor();
    expect(monitor.take()).toEqual({ median: 0, p99: 0, max: 0 });
    monitor.start();
    await realClock.sleep(60);
    monitor.take();
    await realClock.sleep(60); // after a look the monitor measures from its next tick on
    const until = realClock.monotonic() + 120;
    while (realClock.monotonic() < until);
    await realClock.sleep(60);
    expect(monitor.take().max).toBeGreaterThan(60);
    await realClock.sleep(30);
    expect(monitor.take().max).toBeLessThan(120);
    monitor.stop();
  });
});

describe('FakeLoopMonitor', () => {
  it('shows what it was told', () => {
    const monitor = new FakeLoopMonitor();
    monitor.start();
    monitor.delay = { median: 1, p99: 2, max: 3 };
    expect([monitor.isRunning, monitor.take()]).toEqual([true, { median: 1, p99: 2, max: 3 }]);
    monitor.stop();
    expect(monitor.isRunning).toBe(false);
  });
});
