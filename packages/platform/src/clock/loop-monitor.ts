import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** How late the event loop was, in milliseconds beyond what a timer asked for. */
export interface LoopDelay {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Watches how late timers fire: JavaScript that does not let go holds up everything else of its process. */
export interface LoopMonitor {
  start(): void;
  stop(): void;
  /** What was seen since the last call. */
  take(): LoopDelay;
}

/** How often (ms) the machine's monitor looks. */
const RESOLUTION = 20;

/** The monitor of this process's own loop. */
export class RealLoopMonitor implements LoopMonitor {
  #histogram: IntervalHistogram | undefined;

  start(): void {
    this.#histogram ??= monitorEventLoopDelay({ resolution: RESOLUTION });
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram?.disable();
  }

  take(): LoopDelay {
    const histogram = this.#histogram;
    if (!histogram || histogram.max === 0) return { median: 0, p99: 0, max: 0 };
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION);
    const delay = { median: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), max: late(histogram.max) };
    histogram.reset();
    return delay;
  }
}

/** A monitor that shows what a test says. */
export class FakeLoopMonitor implements LoopMonitor {
  isRunning = false;
  delay: LoopDelay = { median: 0, p99: 0, max: 0 };

  start(): void {
    this.isRunning = true;
  }

  stop(): void {
    this.isRunning = false;
  }

  take(): LoopDelay {
    return this.delay;
  }
}
