/** A failure that the user can do something about: printed as two lines, without a stack. */
export class CliError extends Error {
  /**
   * @param message what happened, and to what
   * @param hint what to try
   * @param exitCode @default 1
   */
  constructor(
    message: string,
    readonly hint: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'CliError';
  }
}
