import { afterEach, describe, expect, it, vi } from 'vitest';

import { RealClock } from './real-clock.js';

describe('RealClock', () => {
  afterEach(() => void vi.useRealTimers());

  it('keeps delays that do not fit into one of Node\'s timers', () => {
    vi.useFakeTimers();
    const month = 30 * 24 * 3_600_000;
    const fired = vi.fn();
    new RealClock().timer(month, fired);
    vi.advanceTimersByTime(month - 1);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('cancels a long delay in its second leg', () => {
    vi.useFakeTimers();
    const fired = vi.fn();
    const timer = new RealClock().timer(2 ** 32, fired);
    vi.advanceTimersByTime(2 ** 31);
    timer.cancel();
    vi.advanceTimersByTime(2 ** 33);
    expect(fired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
