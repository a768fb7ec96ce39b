/** As many as client-go remembers. */
const LIMIT = 4096;

/** Forgets what was not touched for longest when there is too much. */
export class LruMap<V> {
  readonly #entries = new Map<string, V>();

  constructor(private readonly limit = LIMIT) {}

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.limit) this.#entries.delete(this.#entries.keys().next().value!);
  }
}
