import type { Int32, Quantity } from '@kubewright/api';

import type { WebConfig } from './http/web-config.js';
import type { PrometheusDuration, UnsignedInt32 } from './scalars.js';

/** Settings of the database of series. */
export interface TsdbSpec {
  /** How much older than the newest sample a sample may be to be accepted. */
  outOfOrderTimeWindow?: PrometheusDuration;
  /** Share of stale series in memory from which they are written to disk early. */
  staleSeriesCompactionThreshold?: Quantity;
  /** How samples are encoded. */
  chunkEncoding?: ChunkEncoding;
}

/** How samples are encoded on disk. */
export interface ChunkEncoding {
  /** Encoding of plain numbers. */
  floats?: 'Xor' | 'Xor2';
}

/** Settings of Go's runtime. */
export interface RuntimeConfig {
  /**
   * Growth of the heap in percent that starts a garbage collection; -1 turns it off.
   * @minimum -1
   */
  goGC?: Int32;
}

/** How the web interface of Prometheus is served. */
export interface PrometheusWebSpec extends WebConfig {
  /** Title of the pages. */
  pageTitle?: string;
  /** Connections that are open at a time. */
  maxConnections?: UnsignedInt32;
}
