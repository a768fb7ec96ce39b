import type { Exemplar } from '../metrics/metrics-registry.js';
import { describeCause, type Cause } from '../workqueue/cause.js';

/** What a listener of the stop `worker` may do with the attempt that it is told of: give it the names of its trace, and run it inside of something. */
export interface AttemptTrace {
  /** Labels for the exemplars of its metrics: `trace_id`, `span_id`. */
  label(labels: Exemplar): void;
  /** Calls the reconcile from within `run`, which must call what it is given, once, and return what that returns: for context that follows async calls. */
  within(run: <T>(reconcile: () => T) => T): void;
}

/** The trace of one attempt, if anybody traces. */
export class AttemptTracing implements AttemptTrace {
  #labels: Exemplar = {};
  #run: <T>(reconcile: () => T) => T = (reconcile) => reconcile();

  readonly label = (labels: Exemplar): void => {
    this.#labels = { ...this.#labels, ...labels };
  };
  readonly within = (run: <T>(reconcile: () => T) => T): void => {
    const inner = this.#run;
    this.#run = (reconcile) => run(() => inner(reconcile));
  };

  run<T>(reconcile: () => T): T {
    return this.#run(reconcile);
  }

  /** Says which attempt it was, by its trace, else by its id, and as much of what led to it as there is room for. */
  exemplar(reconcileId: string, causes: readonly Cause[]): Exemplar {
    const labels = Object.keys(this.#labels).length > 0 ? this.#labels : { reconcile_id: reconcileId };
    const taken = Object.entries(labels).reduce((sum, [name, text]) => sum + name.length + text.length, 'cause'.length);
    const cause = causes.map(describeCause).join(', ');
    const room = MAX_EXEMPLAR - taken;
    return cause === '' || room < 8 ? labels : { ...labels, cause: [...cause].length > room ? `${[...cause].slice(0, room - 3).join('')}...` : cause };
  }
}

/** As many characters as OpenMetrics allows in the names and values of an exemplar. */
const MAX_EXEMPLAR = 128;
