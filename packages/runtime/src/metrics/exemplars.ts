import type { Clock } from '@kubewright/platform';

import type { Exemplar } from './metrics-registry.js';

/** The newest exemplar of a series. */
export interface NotedExemplar {
  readonly labels: Exemplar;
  readonly value: number;
  /** Seconds since 1970. */
  readonly time?: number;
}

/** As many characters as OpenMetrics allows in the names and values of one. */
export const MAX_EXEMPLAR = 128;

/** The newest exemplar of each counter and of each bucket of a histogram. As many as there are series, which labels bound. */
export class Exemplars {
  readonly #newest = new Map<string, NotedExemplar>();

  constructor(private readonly clock?: Clock) {}

  /** @param series its labels; those of a histogram with the bound `le` of the bucket into which the value fell */
  note(metric: string, series: Readonly<Record<string, string | number>>, value: number, labels: Exemplar): void {
    const length = Object.entries(labels).reduce((sum, [name, text]) => sum + [...name].length + [...text].length, 0);
    if (length > MAX_EXEMPLAR) return;
    this.#newest.set(idOf(metric, series), { labels, value, ...(this.clock && { time: this.clock.now() / 1000 }) });
  }

  of(metric: string, series: Readonly<Record<string, string | number>>): NotedExemplar | undefined {
    return this.#newest.get(idOf(metric, series));
  }
}

function idOf(metric: string, series: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(series).map(([name, value]) => `${name}=${name === 'le' ? Number(String(value).replace('+Inf', 'Infinity')) : value}`);
  return JSON.stringify([metric, ...pairs.sort()]);
}
