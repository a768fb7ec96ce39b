/** Something that a manager starts and stops. */
export interface Runnable {
  /** For logs and errors; unique in its manager. */
  readonly name: string;
  /** Runs until the signal aborts; the promise settles when everything it began has ended. A rejection stops the manager. */
  start(signal: AbortSignal): Promise<void>;
  /** Whether it may only run on the leader. @default true */
  readonly needsLeaderElection?: boolean;
  /** Runs on every replica, beside what runs on the leader only: for what is to be warm when the leadership comes. @default nothing */
  readonly standby?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** Resolves when what starts after it can use it: a server listens, a cache is filled. Called after `start`. @default at once */
  ready?(): Promise<void>;
}
