/** Hands out the addresses of an IPv4 network, the one that was free for longest first. */
export class AddressPool {
  readonly #used = new Set<number>();
  #next: number;

  /** @param prefix the first three numbers: `10.244.1` */
  constructor(private readonly prefix: string, private readonly first = 2, private readonly last = 254) {
    this.#next = first;
  }

  /** @throws Error when none is left */
  take(): string {
    for (let tries = this.last - this.first + 1; tries > 0; tries--) {
      const host = this.#next;
      this.#next = host === this.last ? this.first : host + 1;
      if (this.#used.has(host)) continue;
      this.#used.add(host);
      return `${this.prefix}.${host}`;
    }
    throw new Error(`no address is free in ${this.prefix}.0/24: the node runs ${this.#used.size} pods`);
  }

  free(address: string): void {
    if (address.startsWith(`${this.prefix}.`)) this.#used.delete(Number(address.slice(this.prefix.length + 1)));
  }
}
