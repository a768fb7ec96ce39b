/** Values by key, of which only those used last are kept. */
export class Recent<K, V> {
  readonly #values = new Map<K, V>();

  constructor(private readonly size: number) {}

  /** The value that is kept, else the one that `make` makes, which is kept then. */
  get(key: K, make: () => V): V {
    const known = this.#values.get(key);
    const value = known ?? make();
    if (known !== undefined) this.#values.delete(key);
    this.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#values.set(key, value);
    if (this.#values.size > this.size) this.#values.delete(this.#values.keys().next().value!);
  }
}
