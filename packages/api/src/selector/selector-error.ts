/** A selector that means nothing. The message is the server's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}
