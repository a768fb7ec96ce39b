import { call, ident, literal, method, type Call, type Entry, type Expr, type StructField } from './ast.js';
import { readLiteral } from './literals.js';
import { MacroProblem, type Macros } from './macro.js';
import { Source, type CompileError } from './source.js';
import { EXPRESSION_STARTS, SyntaxFault } from './syntax-error.js';
import { MEMBER_FOLLOWS, TokenReader } from './token-reader.js';
import type { Token } from './tokenizer.js';

/** Expressions nested deeper than this are refused. */
const MAX_DEPTH = 250;
/** Longer expressions are refused, in code points. */
const MAX_LENGTH = 100_000;

const RESERVED: ReadonlySet<string> = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]);

/** Reads an expression and expands its macros. Either the tree, or every problem that was found. */
export function parse(text: string, macros: Macros): { readonly expr: Expr } | { readonly errors: CompileError[] } {
  const source = new Source(text);
  if (source.chars.length > MAX_LENGTH) {
    return { errors: [{ message: `expression code point size exceeds limit: size: ${source.chars.length}, limit ${MAX_LENGTH}`, line: -1, column: 0 }] };
  }
  return new Parser(source, macros).parse();
}

class Parser extends TokenReader {
  #depth = 0;

  constructor(source: Source, private readonly macros: Macros) {
    super(source);
  }

  parse(): { readonly expr: Expr } | { readonly errors: CompileError[] } {
    try {
      const expr = this.#expression();
      this.expectEnd();
      if (this.errors.length === 0) return { expr };
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
    }
    return { errors: this.errors.sort((a, b) => a.at - b.at).map(({ error }) => error) };
  }

  #expression(): Expr {
    this.nesting++;
    try {
      return this.#ternary();
    } finally {
      this.nesting--;
    }
  }

  #ternary(): Expr {
    if (++this.#depth > MAX_DEPTH) {
      this.errors.push({ at: -1, error: { message: `expression recursion limit exceeded: ${MAX_DEPTH}`, line: -1, column: 0 } });
      throw new SyntaxFault();
    }
    const condition = this.#or();
    const question = this.take('?');
    this.#depth--;
    if (question === undefined) return condition;
    const whenTrue = this.#or();
    this.expect(':', EXPRESSION_STARTS);
    this.#depth++;
    const whenFalse = this.#expression();
    this.#depth--;
    return call(question.at, '_?_:_', condition, whenTrue, whenFalse);
  }

  #or(): Expr {
    return this.#logical('||', '_||_', () => this.#logical('&&', '_&&_', () => this.#relation()));
  }

  /** Chains of one operator become a balanced tree, so that long ones are not deep. */
  #logical(operator: string, name: string, operand: () => Expr): Expr {
    const terms = [operand()];
    const places: number[] = [];
    for (let token = this.take(operator); token !== undefined; token = this.take(operator)) {
      places.push(token.at);
      terms.push(operand());
    }
    const balance = (from: number, to: number): Expr => {
      if (from === to) return terms[from]!;
      const middle = Math.floor((from + to - 1) / 2);
      return call(places[middle]!, name, balance(from, middle), balance(middle + 1, to));
    };
    return balance(0, terms.length - 1);
  }

  #relation(): Expr {
    return this.#leftToRight(RELATIONS, () => this.#leftToRight(SUMS, () => this.#leftToRight(PRODUCTS, () => this.#unary())));
  }

  #leftToRight(operators: Readonly<Record<string, string>>, operand: () => Expr): Expr {
    let left = operand();
    for (;;) {
      const token = this.peek();
      const name = token.kind === 'punctuation' && Object.hasOwn(operators, token.text) ? operators[token.text] : undefined;
      if (name === undefined) return left;
      this.next++;
      left = call(token.at, name, left, operand());
    }
  }

  #unary(): Expr {
    const first = this.peek();
    if (!this.skipStray()) return literal(first.at, null);
    if (this.is('!')) {
      let count = 0;
      while (this.take('!')) count++;
      if (this.peek().kind === 'EOF') {
        this.reportStray(EXPRESSION_STARTS);
        return literal(first.at, null);
      }
      const operand = this.#member();
      return count % 2 === 0 ? operand : call(first.at, '!_', operand);
    }
    if (this.is('-') && !this.isNumber(this.tokens[this.next + 1])) {
      let count = 0;
      while (this.take('-')) count++;
      if (this.peek().kind === 'EOF') this.tell(this.peek().at, "Syntax error: no viable alternative at input '-'");
      const operand = this.#member();
      return count % 2 === 0 ? operand : call(first.at, '-_', operand);
    }
    return this.#member();
  }

  #member(): Expr {
    let expr = this.#primary();
    for (;;) {
      const token = this.peek();
      if (this.take('.')) expr = this.#memberAccess(expr, token);
      else if (this.take('[')) {
        const isOptional = this.take('?') !== undefined;
        if (!isOptional && !this.skipStray(['?'])) return expr;
        const index = this.#expression();
        this.expect(']', MEMBER_FOLLOWS);
        expr = call(token.at, isOptional ? '_[?_]' : '_[_]', expr, index);
      } else return expr;
    }
  }

  #memberAccess(target: Expr, dot: Token): Expr {
    const isOptional = this.take('?') !== undefined;
    const name = this.peek();
    if (name.kind !== 'IDENTIFIER' && name.kind !== 'ESC_IDENTIFIER') {
      this.report(name.at, isOptional ? `Syntax error: mismatched input '${name.text}' expecting {IDENTIFIER, ESC_IDENTIFIER}`
        : `Syntax error: no viable alternative at input '.${name.kind === 'EOF' ? '' : name.text}'`);
      if (isOptional) this.tell(name.at, 'unsupported ident kind');
      throw new SyntaxFault();
    }
    this.next++;
    const open = this.peek();
    if (!isOptional && name.kind === 'IDENTIFIER' && this.take('(')) {
      const args = this.#arguments();
      return this.#expand(method(open.at, target, name.text, ...args), dot);
    }
    const field = this.#fieldName(name);
    if (isOptional) return call(dot.at, '_?._', target, literal(name.at, field));
    return { kind: 'select', at: dot.at, operand: target, field, testOnly: false };
  }

  /** Names in backticks are part of the grammar, but switched off in Kubernetes. */
  #fieldName(token: Token): string {
    if (token.kind === 'IDENTIFIER') return token.text;
    this.report(token.at, "unsupported syntax: '`'");
    return token.text.slice(1, -1);
  }

  #primary(): Expr {
    const token = this.peek();
    if (!this.skipStray()) return literal(token.at, null);
    return this.#primaryAt(this.peek());
  }

  #primaryAt(token: Token): Expr {
    if (token.kind === 'IDENTIFIER') return this.#named('');
    if (this.is('.')) {
      this.next++;
      if (this.peek().kind !== 'IDENTIFIER') this.mismatch(['IDENTIFIER']);
      return this.#named('.');
    }
    if (this.take('(')) {
      const inner = this.#expression();
      this.expect(')', MEMBER_FOLLOWS);
      return inner;
    }
    if (this.take('[')) return this.#list(token);
    if (this.take('{')) return this.#map(token);
    return this.#literal(token);
  }

  #literal(first: Token): Expr {
    const sign = this.take('-') ? '-' : '';
    const token = this.peek();
    const isConstant = token.kind !== 'punctuation' || token.text === 'true' || token.text === 'false' || token.text === 'null';
    if (!isConstant || token.kind === 'EOF' || token.kind === 'ESC_IDENTIFIER') this.mismatch(EXPRESSION_STARTS);
    this.next++;
    const read = readLiteral(token, sign);
    if ('value' in read) return literal(first.at, read.value);
    this.report(first.at, read.problem);
    return literal(first.at, null);
  }

  /** An identifier, a call or a message. */
  #named(prefix: '' | '.'): Expr {
    const type = this.#messageName();
    if (type !== undefined) return this.#struct(prefix + type);
    const token = this.peek();
    this.next++;
    const open = this.peek();
    const isCall = this.take('(') !== undefined;
    if (RESERVED.has(token.text)) this.report(token.at, `reserved identifier: ${token.text}`);
    return isCall ? this.#expand(call(open.at, prefix + token.text, ...this.#arguments()), token) : ident(token.at, prefix + token.text);
  }

  /** `a.b.C` where `{` follows; then the braces are the next token. */
  #messageName(): string | undefined {
    let ahead = this.next + 1;
    while (this.tokens[ahead]?.text === '.' && this.tokens[ahead + 1]?.kind === 'IDENTIFIER') ahead += 2;
    if (this.tokens[ahead]?.text !== '{') return undefined;
    const name = this.tokens.slice(this.next, ahead).map(({ text }) => text).join('');
    this.next = ahead;
    return name;
  }

  #arguments(): Expr[] {
    const args: Expr[] = [];
    if (this.take(')')) return args;
    if (!this.skipStray([')']) || this.take(')')) return args;
    do args.push(this.#expression()); while (this.take(','));
    this.expect(')', MEMBER_FOLLOWS);
    return args;
  }

  #list(open: Token): Expr {
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.is(']')) {
      if (elements.length === 0) this.skipStray([']', ',', '?']);
      if (elements.length === 0 && this.take(',')) break;
      if (this.take('?')) optional.add(elements.length);
      elements.push(this.#expression());
      if (!this.take(',') || !this.isStart()) break;
    }
    this.expectClosing(']');
    return { kind: 'list', at: open.at, elements, optional };
  }

  #map(open: Token): Expr {
    const entries: Entry[] = [];
    while (!this.is('}')) {
      if (entries.length === 0) this.skipStray(['}', ',', '?']);
      if (entries.length === 0 && this.take(',')) break;
      const optional = this.take('?') !== undefined;
      const key = this.#expression();
      const { at } = this.expect(':', EXPRESSION_STARTS);
      entries.push({ at, key, value: this.#expression(), optional });
      if (!this.take(',') || !this.isStart()) break;
    }
    this.expectClosing('}');
    return { kind: 'map', at: open.at, entries };
  }

  #struct(type: string): Expr {
    const open = this.expect('{', []);
    const fields: StructField[] = [];
    while (!this.is('}')) {
      if (fields.length === 0 && this.take(',')) break;
      const optional = this.take('?') !== undefined;
      const name = this.peek();
      if (name.kind !== 'IDENTIFIER' && name.kind !== 'ESC_IDENTIFIER') this.mismatch(optional ? FIELD_NAMES : ['}', ',', '?', ...FIELD_NAMES]);
      this.next++;
      const { at } = this.expect(':', EXPRESSION_STARTS);
      fields.push({ at, name: this.#fieldName(name), value: this.#expression(), optional });
      if (!this.take(',')) break;
    }
    this.expectClosing('}');
    return { kind: 'struct', at: open.at, type, fields };
  }

  #expand(node: Call, start: Token): Expr {
    const macro = this.macros.find(node);
    if (macro === undefined) return node;
    try {
      const expanded = macro(node, start.at);
      return expanded === undefined ? node : { ...expanded, macro: node };
    } catch (problem) {
      if (!(problem instanceof MacroProblem)) throw problem;
      this.report(problem.at, problem.message);
      return node;
    }
  }
}

const RELATIONS: Readonly<Record<string, string>> = { '<': '_<_', '<=': '_<=_', '>': '_>_', '>=': '_>=_', '==': '_==_', '!=': '_!=_', in: '@in' };
const SUMS: Readonly<Record<string, string>> = { '+': '_+_', '-': '_-_' };
const PRODUCTS: Readonly<Record<string, string>> = { '*': '_*_', '/': '_/_', '%': '_%_' };
const FIELD_NAMES: readonly string[] = ['IDENTIFIER', 'ESC_IDENTIFIER'];
