import type { UnsignedInt64 } from './scalars.js';

/** Limits of each scrape; a scrape that exceeds one fails. */
export interface ScrapeLimits {
  /** Samples of a scrape. */
  sampleLimit?: UnsignedInt64;
  /** Targets of a job. */
  targetLimit?: UnsignedInt64;
  /** Labels of a sample. */
  labelLimit?: UnsignedInt64;
  /** Length of a label's name. */
  labelNameLengthLimit?: UnsignedInt64;
  /** Length of a label's value. */
  labelValueLengthLimit?: UnsignedInt64;
  /** Dropped targets that are remembered. */
  keepDroppedTargets?: UnsignedInt64;
}
