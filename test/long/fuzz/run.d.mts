import type { startCluster } from '@kubewright/apiserver';

export interface Finding {
  readonly what: string;
  /** What makes it again. */
  readonly case: string;
}

export function fuzz(options: {
  readonly startCluster: typeof startCluster;
  readonly count: number;
  readonly seed: number;
  readonly only?: number;
  readonly stopAfter?: number;
  readonly print?: (line: string) => void;
}): Promise<{ readonly findings: readonly Finding[]; readonly statuses: Readonly<Record<string, number>> }>;
