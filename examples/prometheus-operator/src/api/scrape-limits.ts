import type { Int64 } from '@kubewright/api';

/** Limits of each scrape; a scrape that exceeds one fails. */
export interface ScrapeLimits {
  /**
   * Samples of a scrape.
   * @minimum 0
   */
  sampleLimit?: Int64;
  /**
   * Targets of a job.
   * @minimum 0
   */
  targetLimit?: Int64;
  /**
   * Labels of a sample.
   * @minimum 0
   */
  labelLimit?: Int64;
  /**
   * Length of a label's name.
   * @minimum 0
   */
  labelNameLengthLimit?: Int64;
  /**
   * Length of a label's value.
   * @minimum 0
   */
  labelValueLengthLimit?: Int64;
  /**
   * Dropped targets that are remembered.
   * @minimum 0
   */
  keepDroppedTargets?: Int64;
}
