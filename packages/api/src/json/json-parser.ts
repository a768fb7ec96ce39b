/** A document that is no JSON. The message is that of Go's decoder: servers put it into their answers. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN_TEXT = /[^"\\\u0000-\u001f]*/y;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Parses what the native parser would change or not tell: long integers, duplicate keys, deep nesting, and errors in Go's words. */
export class JsonParser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #duplicates: Set<string> | undefined;
  readonly #onDuplicateKey: ((path: string) => void) | undefined;
  #position = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number, onDuplicateKey?: (path: string) => void) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#onDuplicateKey = onDuplicateKey;
    this.#duplicates = onDuplicateKey && new Set();
  }

  parse(): unknown {
    const value = this.#value('');
    if (this.#peek() !== undefined) this.#fail('after top-level value');
    return value;
  }

  #value(path: string): unknown {
    const next = this.#peek();
    switch (next) {
      case '{':
        return this.#object(path);
      case '[':
        return this.#list(path);
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        if (next === '-' || (next !== undefined && next >= '0' && next <= '9')) return this.#number();
        return this.#fail('looking for beginning of value');
    }
  }

  #object(path: string): Record<string, unknown> {
    this.#open();
    const object: Record<string, unknown> = {};
    if (this.#peek() === '}') return this.#close(object);
    for (;;) {
      if (this.#peek() !== '"') this.#fail('looking for beginning of object key string');
      const key = this.#string();
      const field = this.#onDuplicateKey ? (path === '' ? key : `${path}.${key}`) : '';
      if (this.#peek() !== ':') this.#fail('after object key');
      this.#position++;
      const value = this.#value(field);
      if (this.#onDuplicateKey && Object.hasOwn(object, key)) this.#duplicate(field);
      if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
      const next = this.#peek();
      if (next === '}') return this.#close(object);
      if (next !== ',') this.#fail('after object key:value pair');
      this.#position++;
    }
  }

  #list(path: string): unknown[] {
    this.#open();
    const list: unknown[] = [];
    if (this.#peek() === ']') return this.#close(list);
    for (;;) {
      list.push(this.#value(this.#onDuplicateKey ? `${path}[${list.length}]` : ''));
      const next = this.#peek();
      if (next === ']') return this.#close(list);
      if (next !== ',') this.#fail('after array element');
      this.#position++;
    }
  }

  #open(): void {
    this.#position++;
    if (++this.#depth > this.#maxDepth) throw new JsonSyntaxError('exceeded max depth');
  }

  #close<T>(value: T): T {
    this.#position++;
    this.#depth--;
    return value;
  }

  #duplicate(field: string): void {
    if (this.#duplicates?.has(field)) return;
    this.#duplicates?.add(field);
    this.#onDuplicateKey?.(field);
  }

  #string(): string {
    let result = '';
    this.#position++;
    for (;;) {
      result += this.#match(PLAIN_TEXT)?.[0] ?? '';
      const next = this.#text[this.#position];
      if (next === '"') {
        this.#position++;
        return result;
      }
      if (next !== '\\') this.#fail('in string literal');
      this.#position++;
      result += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text[this.#position] ?? '';
    if (letter !== 'u') {
      const character = ESCAPES[letter];
      if (character === undefined) this.#fail('in string escape code');
      this.#position++;
      return character;
    }
    this.#position++;
    const start = this.#position;
    for (; this.#position < start + 4; this.#position++) {
      if (!/[0-9a-fA-F]/.test(this.#text[this.#position] ?? '')) this.#fail('in \\u hexadecimal character escape');
    }
    return String.fromCharCode(Number.parseInt(this.#text.slice(start, this.#position), 16));
  }

  #number(): number | bigint {
    const match = this.#match(NUMBER);
    if (!match) {
      this.#position++; // the minus
      this.#fail('in numeric literal');
    }
    const [text, fraction, exponent] = match;
    // What the pattern left: a point or an exponent without digits.
    if (exponent === undefined && /[eE]/.test(this.#text[this.#position] ?? '')) {
      this.#position += /[eE][+-]/.test(this.#text.slice(this.#position, this.#position + 2)) ? 2 : 1;
      this.#fail('in exponent of numeric literal');
    }
    if (fraction === undefined && exponent === undefined && this.#text[this.#position] === '.') {
      this.#position++;
      this.#fail('after decimal point in numeric literal');
    }
    const number = Number(text);
    if (!Number.isFinite(number)) throw new JsonSyntaxError(`json: cannot unmarshal number ${text} into Go value of type float64`);
    if (fraction !== undefined || exponent !== undefined || Number.isSafeInteger(number)) return number;
    const integer = BigInt(text);
    return integer <= INT64_MAX && integer >= INT64_MIN ? integer : number;
  }

  #literal<T>(word: string, value: T): T {
    for (let index = 0; index < word.length; index++, this.#position++) {
      if (this.#text[this.#position] !== word[index]) this.#fail(`in literal ${word} (expecting '${word[index]}')`);
    }
    return value;
  }

  /** The next character that is no white space. */
  #peek(): string | undefined {
    for (;;) {
      const next = this.#text[this.#position];
      if (next !== ' ' && next !== '\n' && next !== '\t' && next !== '\r') return next;
      this.#position++;
    }
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match) this.#position = pattern.lastIndex;
    return match;
  }

  #fail(where: string): never {
    const found = this.#text[this.#position];
    throw new JsonSyntaxError(found === undefined ? 'unexpected end of JSON input' : `invalid character ${quote(found)} ${where}`);
  }
}

/** Go reads bytes: of a character beyond ASCII it names the first one. */
function quote(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  const byte = new TextEncoder().encode(character)[0] ?? 0;
  const named = ({ 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' } as Record<number, string>)[byte];
  if (named !== undefined) return `'${named}'`;
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return byte < 0x80 || byte > 0xa0 ? `'${String.fromCharCode(byte)}'` : `'\\u${byte.toString(16).padStart(4, '0')}'`;
}
