import type { NonEmptyDuration, NonEmptyString } from '../scalars.js';

/** Whom a route notifies, and when. */
export interface RouteTiming {
  /** Name of the receiver; that of the route above when absent. */
  receiver?: string;
  /** How long the first alert of a group waits for others. */
  groupWait?: NonEmptyDuration;
  /** Time before a group is sent again because it changed. */
  groupInterval?: NonEmptyDuration;
  /** Time before a group is sent again though it did not change. */
  repeatInterval?: NonEmptyDuration;
  /** Goes on to the next routes after this one matched. */
  continue?: boolean;
}

/** A condition on a label of an alert. */
export interface LabelMatcher {
  /** The label. */
  name: NonEmptyString;
  /** Value to compare with. */
  value?: string;
  /** Whether the value is a text or a regular expression, and whether it must or must not match. */
  matchType?: '!=' | '=' | '=~' | '!~';
}
