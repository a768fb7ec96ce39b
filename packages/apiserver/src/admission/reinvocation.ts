/** What the two rounds of mutating admission tell each other. There are never more than two. */
export class Reinvocation {
  readonly #notes = new Map<object, unknown>();
  #isWanted = false;
  #isSecondRound = false;

  /** Whether this is the second round. */
  get isSecondRound(): boolean {
    return this.#isSecondRound;
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  /** A plugin has changed the object in a way that plugins before it should see. */
  request(): void {
    this.#isWanted = true;
  }

  beginSecondRound(): void {
    this.#isSecondRound = true;
  }

  /** What a plugin remembers from one round to the next. */
  notesOf<T>(plugin: object, create: () => T): T {
    if (!this.#notes.has(plugin)) this.#notes.set(plugin, create());
    return this.#notes.get(plugin) as T;
  }
}
