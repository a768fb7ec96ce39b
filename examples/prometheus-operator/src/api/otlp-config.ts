import type { SetList } from '@kubewright/api';

import type { NonEmptyString } from './scalars.js';

/** How metrics that come by OTLP become series. */
export interface OtlpConfig {
  /** Makes labels of all attributes of the resource, except those that are ignored. */
  promoteAllResourceAttributes?: boolean;
  /**
   * Attributes that become no labels when all others do.
   * @minItems 1
   */
  ignoreResourceAttributes?: SetList<NonEmptyString>;
  /**
   * Attributes of the resource that become labels.
   * @minItems 1
   */
  promoteResourceAttributes?: SetList<NonEmptyString>;
  /** Whether names are escaped and get suffixes of unit and type. */
  translationStrategy?: 'NoUTF8EscapingWithSuffixes' | 'UnderscoreEscapingWithSuffixes' | 'NoTranslation' | 'UnderscoreEscapingWithoutSuffixes';
  /** Keeps the attributes that identify the resource in the info metric of the target. */
  keepIdentifyingResourceAttributes?: boolean;
  /** Turns histograms with explicit buckets into native ones with custom buckets. */
  convertHistogramsToNHCB?: boolean;
  /** Makes labels of the name, version and attributes of the scope. */
  promoteScopeMetadata?: boolean;
  /** Puts `key_` before label names that start with an underscore. */
  labelNameUnderscoreSanitization?: boolean;
  /** Keeps runs of underscores in label names as they are. */
  labelNamePreserveMultipleUnderscores?: boolean;
}
