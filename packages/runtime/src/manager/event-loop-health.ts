import type { Clock, LoopDelay, LoopMonitor } from '@kubewright/platform';

import type { MetricsRegistry } from '../metrics/metrics-registry.js';
import type { Runnable } from './runnable.js';

/** How often (ms) the delay is looked at. */
const EVERY = 10_000;

/** Shows as a metric how late the event loop runs, and says as a health check when it is too late. */
export class EventLoopHealth implements Runnable {
  readonly name = 'event loop monitor';
  readonly needsLeaderElection = false;
  #last: LoopDelay = { median: 0, p99: 0, max: 0 };

  /** @param limit milliseconds, see {@link check} */
  constructor(private readonly monitor: LoopMonitor, private readonly clock: Clock, private readonly metrics: MetricsRegistry, private readonly limit: number) {}

  async start(signal: AbortSignal): Promise<void> {
    const help = 'How late the event loop ran in the last ten seconds.';
    const gauge = this.metrics.gauge({ name: 'kubewright_event_loop_delay_seconds', help, labelNames: ['quantile'] });
    this.monitor.start();
    while (await this.clock.sleep(EVERY, signal).then(() => true, () => false)) {
      this.#last = this.monitor.take();
      gauge.set(this.#last.median / 1000, { quantile: '0.5' });
      gauge.set(this.#last.p99 / 1000, { quantile: '0.99' });
      gauge.set(this.#last.max / 1000, { quantile: '1' });
    }
    this.monitor.stop();
  }

  /** Fails when the loop stood still for longer than the limit at some time of the last ten seconds. */
  readonly check = (): void => {
    if (this.#last.max > this.limit) throw new Error(`the event loop stood still for ${Math.round(this.#last.max)} ms, more than ${this.limit} ms`);
  };
}
