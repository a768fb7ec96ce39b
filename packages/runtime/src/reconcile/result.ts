/** What a reconcile that did not fail asks for. */
export interface Result {
  /** Look at the object again after this many milliseconds, even if nothing happens. @default not */
  readonly requeueAfter?: number;
  /** The priority of that look. @default the one that this attempt had */
  readonly priority?: number;
}
