/** What a reconcile that did not fail asks for. */
export interface Result {
  /** Look at the object again after this many milliseconds, even if nothing happens. @default not */
  readonly requeueAfter?: number;
}
