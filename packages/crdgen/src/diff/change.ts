/** How much a change hurts: `ok` nobody, `warning` somebody may notice, `breaking` objects or clients that worked before do not any more. */
export type Verdict = 'ok' | 'warning' | 'breaking';

/** One difference between two definitions. */
export interface SchemaChange {
  readonly verdict: Verdict;
  /** What kind of change it is, for tools: `property-removed`, `enum-value-removed`, … */
  readonly code: string;
  /** `widgets.demo.example.com` */
  readonly definition: string;
  /** The version that changed; for changes between two served versions both, `v1beta1 -> v1`; none for changes of the whole definition. */
  readonly version?: string;
  /** `spec.ports[].name`; the empty text for the definition itself. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Reports a change at a path of a schema. */
export type ChangeSink = (verdict: Verdict, code: string, path: string, message: string, hint?: string) => void;
