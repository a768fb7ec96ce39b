import type { Clock } from '@kubewright/platform';

/** More than this and the oldest are forgotten: what asks decides on keys. */
const LIMIT = 4096;

/** Values that are found once and then known for a while. Several who ask at once share one search; a search that fails is not remembered. */
export class ExpiringMap<V> {
  readonly #known = new Map<string, { readonly value: V; readonly until: number }>();
  readonly #searches = new Map<string, Promise<V>>();

  constructor(private readonly clock: Clock) {}

  /** @param lifetime how long (ms) a value is known */
  async get(key: string, search: () => Promise<V>, lifetime: (value: V) => number): Promise<V> {
    const known = this.#known.get(key);
    if (known && this.clock.monotonic() < known.until) return known.value;
    let searching = this.#searches.get(key);
    if (!searching) {
      searching = search().finally(() => this.#searches.delete(key));
      this.#searches.set(key, searching);
    }
    const value = await searching;
    this.#known.delete(key);
    this.#known.set(key, { value, until: this.clock.monotonic() + lifetime(value) });
    if (this.#known.size > LIMIT) this.#known.delete(this.#known.keys().next().value!);
    return value;
  }
}
