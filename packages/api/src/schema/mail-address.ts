import { isIpAddress } from './address-formats.js';

/** Whether Go's net/mail takes the text for one address: `a@b`, `Name <a@b>`, a group of one, comments included. Encoded words are not decoded. */
export function isMailAddress(text: string): boolean {
  try {
    const parser = new AddressParser(text);
    const count = parser.address(true);
    parser.comments();
    return count === 1 && parser.isAtEnd;
  } catch (error) {
    if (error instanceof NoAddress) return false;
    throw error;
  }
}

class NoAddress extends Error {}

const ATOM = /[^\u0000-\u0020\u007f()<>[\]:;@\\,"]+/uy;
const QUOTED = /"((?:[^\u0000-\u0008\u000a-\u001f\u007f"\\]|\\[^\u0000-\u0008\u000a-\u001f\u007f])*)"/uy;
const DOMAIN_LITERAL = /\[([^\u0000-\u0020\u007f[\]\\]*)\]/uy;

/** Each method takes what it is named after from the text, or throws. */
class AddressParser {
  #position = 0;

  constructor(private readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#position >= this.text.length;
  }

  /** @returns how many addresses there were: a group may hold none or several */
  address(mayBeGroup: boolean): number {
    this.#space();
    if (this.isAtEnd) throw new NoAddress();
    if (this.#tryMailbox()) {
      this.#space();
      if (this.#next === '(') this.#comment();
      return 1;
    }
    if (this.#next !== '<') this.#phrase();
    this.#space();
    if (mayBeGroup && this.#take(':')) return this.#group();
    if (!this.#take('<')) throw new NoAddress();
    this.#mailbox();
    if (!this.#take('>')) throw new NoAddress();
    return 1;
  }

  /** Spaces and comments. */
  comments(): void {
    this.#space();
    while (this.#next === '(') {
      this.#comment();
      this.#space();
    }
  }

  get #next(): string {
    return this.text[this.#position] ?? '';
  }

  #group(): number {
    let count = 0;
    this.#space();
    for (let isFirst = true; !(isFirst && this.#take(';')); isFirst = false) {
      count += this.address(false);
      this.comments();
      if (this.#take(';')) break;
      if (!this.#take(',')) throw new NoAddress();
    }
    this.comments();
    return count;
  }

  #tryMailbox(): boolean {
    const start = this.#position;
    try {
      this.#mailbox();
      return true;
    } catch (error) {
      if (!(error instanceof NoAddress)) throw error;
      this.#position = start;
      return false;
    }
  }

  #mailbox(): void {
    this.#space();
    if (this.#next === '"') {
      if (this.#match(QUOTED)[1] === '') throw new NoAddress();
    } else this.#dotAtom();
    if (!this.#take('@')) throw new NoAddress();
    this.#space();
    if (this.#next !== '[') this.#dotAtom();
    else if (!isIpAddress(this.#match(DOMAIN_LITERAL)[1]!, { leadingZeros: false })) throw new NoAddress();
  }

  #dotAtom(): void {
    const [atom] = this.#match(ATOM);
    if (atom.startsWith('.') || atom.endsWith('.') || atom.includes('..')) throw new NoAddress();
  }

  /** Words up to the first that is none. */
  #phrase(): void {
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) this.comments();
      this.#space();
      if (this.isAtEnd) return;
      try {
        this.#match(this.#next === '"' ? QUOTED : ATOM);
      } catch (error) {
        if (isFirst || !(error instanceof NoAddress)) throw error;
        return;
      }
    }
  }

  #comment(): void {
    let depth = 0;
    do {
      if (this.isAtEnd) throw new NoAddress();
      const char = this.text[this.#position++];
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === '\\' && !this.isAtEnd) this.#position++;
    } while (depth > 0);
  }

  #space(): void {
    while (this.#next === ' ' || this.#next === '\t') this.#position++;
  }

  #take(char: string): boolean {
    if (this.#next !== char) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.text);
    if (found === null) throw new NoAddress();
    this.#position = pattern.lastIndex;
    return found;
  }
}
