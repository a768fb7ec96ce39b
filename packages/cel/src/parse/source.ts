/** One problem of an expression. Lines and columns count from 1, columns in code points. */
export interface CompileError {
  /** Without its place: `undeclared reference to 'x' (in container '')`. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The text of an expression, and where in it things stand. */
export class Source {
  readonly chars: readonly string[];
  readonly #lineStarts: number[] = [0];

  constructor(readonly text: string) {
    this.chars = Array.from(text);
    this.chars.forEach((char, index) => {
      if (char === '\n') this.#lineStarts.push(index + 1);
    });
  }

  errorAt(offset: number, message: string): CompileError {
    let line = this.#lineStarts.length;
    while (line > 1 && this.#lineStarts[line - 1]! > offset) line--;
    return { message, line, column: offset - this.#lineStarts[line - 1]! + 1 };
  }

  line(number: number): string {
    return this.text.split('\n')[number - 1] ?? '';
  }
}

/**
 * Errors the way they are told to users: each with its line and a caret below the place.
 * At most 100 are shown.
 */
export function formatErrors(text: string, errors: readonly CompileError[]): string {
  const source = new Source(text);
  const shown = errors.slice(0, MAX_SHOWN).map((error) => formatError(source, error));
  if (errors.length > MAX_SHOWN) shown.push(`${errors.length - MAX_SHOWN} more errors were truncated`);
  return shown.join('\n');
}

const MAX_SHOWN = 100;

function formatError(source: Source, { message, line, column }: CompileError): string {
  const head = `ERROR: <input>:${line}:${column}: ${message}`;
  if (line < 1) return head;
  const snippet = source.line(line).replaceAll('\t', ' ');
  const before = Array.from(snippet).slice(0, column - 1);
  // Wide characters get a wide dot and a wide caret, so that the caret stays below its character in a terminal.
  const dots = before.map((char) => (isWide(char) ? '\uff0e' : '.')).join('') + '.'.repeat(Math.max(0, column - 1 - before.length));
  const at = Array.from(snippet)[column - 1];
  return `${head}\n | ${snippet}\n | ${dots}${at !== undefined && isWide(at) ? '\uff3e' : '^'}`;
}

function isWide(char: string): boolean {
  return char.codePointAt(0)! > 0x7f;
}
