import type { CompileError, Source } from './source.js';
import { EXPRESSION_STARTS, SyntaxFault, expectedSet, nameOf } from './syntax-error.js';
import { tokenize, type Token } from './tokenizer.js';

/** What may follow a closed parenthesis or bracket. */
export const MEMBER_FOLLOWS: readonly string[] = [
  '==', '!=', 'in', '<', '<=', '>=', '>', '&&', '||', '[', ']', '}', ')', '.', ',', '-', '?', ':', '+', '*', '/', '%', '<EOF>',
];
const CLOSERS: readonly string[] = [']', '}', ')', ',', ':'];

/**
 * The tokens of an expression, read one after the other, and what is said where another one was expected. As a parser made by ANTLR does, it
 * leaves out a single token too many, goes on where a single one is missing, and says nothing further about a token it has complained about.
 */
export abstract class TokenReader {
  protected readonly tokens: readonly Token[];
  protected readonly errors: { readonly at: number; readonly error: CompileError }[] = [];
  protected next = 0;
  /** How many brackets are open around the innermost one. */
  protected nesting = -1;
  /** The token at which a syntax error was last told. */
  #lastFault = -1;

  constructor(private readonly source: Source) {
    this.tokens = tokenize(source, (at, message) => this.report(at, message));
  }

  protected peek(): Token {
    return this.tokens[this.next]!;
  }

  protected is(text: string): boolean {
    const token = this.peek();
    return token.kind === 'punctuation' && token.text === text;
  }

  protected take(text: string): Token | undefined {
    if (!this.is(text)) return undefined;
    return this.tokens[this.next++];
  }

  /** Whether another element may begin here. */
  protected isStart(): boolean {
    return this.is('?') || EXPRESSION_STARTS.includes(nameOf(this.peek()));
  }

  protected isNumber(token: Token | undefined): boolean {
    return token?.kind === 'NUM_INT' || token?.kind === 'NUM_FLOAT';
  }

  /** One stray token before an expression is reported and left out. False where there is no expression; reading goes on behind where it should be. */
  protected skipStray(further: readonly string[] = []): boolean {
    const names = further.length === 0 ? EXPRESSION_STARTS : [...EXPRESSION_STARTS, ...further];
    if (names.includes(nameOf(this.peek()))) return true;
    const after = this.tokens[this.next + 1];
    if (after === undefined || !names.includes(nameOf(after))) {
      this.reportMismatch(names);
      return false;
    }
    this.reportStray(names);
    this.next++;
    return true;
  }

  /** A single token: one too many before it is left out, and it may be missing where `follows` come next. */
  protected expect(text: string, follows: readonly string[]): Token {
    const token = this.take(text);
    if (token !== undefined) return token;
    const here = this.peek();
    const after = this.tokens[this.next + 1];
    if (after?.kind === 'punctuation' && after.text === text) {
      this.reportStray([text]);
      this.next += 2;
      return after;
    }
    const isOutside = this.nesting === 0 && CLOSERS.includes(nameOf(here));
    if (isOutside || !follows.includes(nameOf(here))) this.mismatch([text]);
    this.report(here.at, `Syntax error: missing '${text}' at '${here.text}'`);
    return here;
  }

  protected expectClosing(text: string): void {
    if (this.take(text)) return;
    if (this.tokens[this.next - 1]?.text === ',') this.expect(text, MEMBER_FOLLOWS);
    else if (this.tokens[this.next + 1]?.text === text) this.expect(text, []);
    else this.mismatch([text, ',']);
  }

  protected expectEnd(): void {
    const token = this.peek();
    if (token.kind === 'EOF') return;
    if (this.tokens[this.next + 1]?.kind === 'EOF') this.reportStray(['<EOF>']);
    else this.report(token.at, `Syntax error: mismatched input '${token.text}' expecting <EOF>`);
  }

  protected reportStray(expected: readonly string[]): void {
    const token = this.peek();
    this.report(token.at, `Syntax error: extraneous input '${token.text}' expecting ${expectedSet(expected)}`);
  }

  protected reportMismatch(expected: readonly string[]): void {
    const token = this.peek();
    this.report(token.at, `Syntax error: mismatched input '${token.text}' expecting ${expectedSet(expected)}`);
  }

  protected mismatch(expected: readonly string[]): never {
    this.reportMismatch(expected);
    throw new SyntaxFault();
  }

  /** Syntax errors are told once a place: what follows from the same token says nothing new. */
  protected report(at: number, message: string): void {
    const isSyntax = message.startsWith('Syntax error: ') && !message.startsWith('Syntax error: token');
    if (isSyntax && this.#lastFault === this.next) return;
    if (isSyntax) this.#lastFault = this.next;
    this.tell(at, message);
  }

  protected tell(at: number, message: string): void {
    this.errors.push({ at, error: this.source.errorAt(at, message) });
  }
}
