import { POSIX_CLASSES, characterSet, unicodeClass, type CharacterRange } from './re2-classes.js';

/** What `(?ims-U)` switches; scoped to the group in which it stands. */
interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly swapGreed: boolean;
}

/** A fault in the pattern, worded as Go words it. */
class PatternFault extends Error {
  constructor(what: string, where: string) {
    super(`error parsing regexp: ${what}: \`${where}\``);
  }
}

/**
 * Translates Go's regular expressions to JavaScript's (flag `u`): named groups, flags inside the pattern, `\A`, `\z`, `\Q…\E`, POSIX and
 * Unicode classes, escaped punctuation, literal braces. What RE2 refuses (look-around, back-references, counts over 1000) is refused too,
 * although JavaScript could do it. Case-insensitive parts are spelled out, because JavaScript has no flag for a part of a pattern before Node 23.
 */
export class Re2Translator {
  #at = 0;
  #depth = 0;
  readonly #chars: string;

  constructor(pattern: string) {
    this.#chars = pattern;
  }

  translate(): { source: string } | { error: string } {
    try {
      const source = this.#alternatives({ ignoreCase: false, multiLine: false, dotAll: false, swapGreed: false });
      if (this.#at < this.#chars.length) throw new PatternFault('unexpected )', this.#chars);
      return { source };
    } catch (error) {
      if (error instanceof PatternFault) return { error: error.message };
      throw error;
    }
  }

  #alternatives(flags: Flags): string {
    let out = '';
    let current = flags;
    let repeatable = false;
    let lastOperator: number | undefined;
    while (this.#at < this.#chars.length && this.#peek() !== ')') {
      const start = this.#at;
      const char = this.#peek();
      const operator = this.#repetition(current);
      if (operator !== undefined) {
        if (!repeatable && lastOperator !== undefined) throw new PatternFault('invalid nested repetition operator', this.#chars.slice(lastOperator, this.#at));
        if (!repeatable) throw new PatternFault('missing argument to repetition operator', this.#chars.slice(start, this.#at));
        out += operator;
        repeatable = false;
        lastOperator = start;
        continue;
      }
      lastOperator = undefined;
      if (char === '|') {
        this.#at++;
        out += '|';
        repeatable = false;
        continue;
      }
      if (this.#chars.startsWith('(?', start)) {
        const switched = this.#flagGroup(current);
        if (switched !== undefined && typeof switched === 'object') {
          current = switched;
          repeatable = false;
          continue;
        }
        out += switched;
      } else {
        out += this.#atom(current);
      }
      repeatable = true;
    }
    return out;
  }

  #atom(flags: Flags): string {
    const char = this.#next();
    switch (char) {
      case '(': return this.#group('(', flags);
      case '[': return this.#characterClass(flags);
      case '.': return flags.dotAll ? '[^]' : '[^\\n]';
      case '^': return flags.multiLine ? '(?:^|(?<=\\n))' : '(?:^)';
      case '$': return flags.multiLine ? '(?:$|(?=\\n))' : '(?:$)';
      case '\\': return this.#escape(flags);
      default: return literal(char, flags.ignoreCase);
    }
  }

  #group(opening: string, flags: Flags): string {
    if (++this.#depth > 1_000) throw new PatternFault('expression nests too deeply', this.#chars);
    const body = this.#alternatives(flags);
    if (this.#peek() !== ')') throw new PatternFault('missing closing )', this.#chars);
    this.#at++;
    this.#depth--;
    return `${opening}${body})`;
  }

  /** `(?i)` gives the flags that hold from here on; `(?i:…)`, `(?:…)` and `(?P<name>…)` give a translated group. */
  #flagGroup(flags: Flags): Flags | string {
    const rest = this.#chars.slice(this.#at);
    if (rest.startsWith('(?P<') || rest.startsWith('(?<')) {
      const from = rest.indexOf('<') + 1;
      const end = rest.indexOf('>');
      if (end < 0) throw new PatternFault('invalid named capture', rest);
      const name = rest.slice(from, end);
      if (!/^[A-Za-z0-9_]+$/.test(name)) throw new PatternFault('invalid named capture', rest.slice(0, end + 1));
      this.#at += end + 1;
      return this.#group('(', flags);
    }
    const match = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    if (match === null || (match[0] === '(?)' && match[2] === undefined)) throw new PatternFault('invalid or unsupported Perl syntax', perlPrefix(rest));
    const [whole, on = '', off = '', close] = match;
    this.#at += whole.length;
    const value = (letter: string, before: boolean): boolean => (on.includes(letter) ? true : off.includes(letter) ? false : before);
    const switched = {
      ignoreCase: value('i', flags.ignoreCase), multiLine: value('m', flags.multiLine), dotAll: value('s', flags.dotAll), swapGreed: value('U', flags.swapGreed),
    };
    return close === ')' ? switched : this.#group('(?:', switched);
  }

  #repetition(flags: Flags): string | undefined {
    const match = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})(\??)/.exec(this.#chars.slice(this.#at, this.#at + 32));
    if (match === null) return undefined;
    const [whole, from, to, lazy = ''] = match;
    if (from !== undefined) {
      const least = Number(from);
      const most = to === undefined || to === '' ? least : Number(to);
      if (least > 1_000 || most > 1_000 || most < least) throw new PatternFault('invalid repeat count', whole.slice(0, whole.length - lazy.length));
    }
    this.#at += whole.length;
    const operator = whole.slice(0, whole.length - lazy.length);
    return (lazy === '?') !== flags.swapGreed ? `${operator}?` : operator;
  }

  #escape(flags: Flags): string {
    const start = this.#at - 1;
    if (this.#chars.startsWith('\\Q', start)) {
      this.#at++;
      const end = this.#chars.indexOf('\\E', this.#at);
      const quoted = this.#chars.slice(this.#at, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#chars.length : end + 2;
      return `(?:${[...quoted].map((char) => literal(char, flags.ignoreCase)).join('')})`;
    }
    const letter = this.#peek();
    const assertion = letter === undefined ? undefined : ASSERTIONS[letter];
    if (assertion !== undefined) {
      this.#at++;
      return assertion;
    }
    return characterSet(this.#escapedRanges(start), false, flags.ignoreCase);
  }

  #characterClass(flags: Flags): string {
    const start = this.#at - 1;
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    const ranges: (CharacterRange | string)[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#at >= this.#chars.length) throw new PatternFault('missing closing ]', this.#chars.slice(start));
      const from = this.#at;
      if (this.#chars.startsWith('[:', from)) {
        const end = this.#chars.indexOf(':]', from + 2);
        if (end >= 0) {
          const name = this.#chars.slice(from, end + 2);
          const posix = POSIX_CLASSES[name.replace('^', '')];
          if (posix === undefined) throw new PatternFault('invalid character class range', name);
          ranges.push(name.includes('^') ? characterSet(posix, true, false) : characterSet(posix, false, false));
          this.#at = end + 2;
          continue;
        }
      }
      const item = this.#classItem();
      if (typeof item !== 'number') {
        ranges.push(...item);
        continue;
      }
      if (this.#peek() === '-' && this.#chars[this.#at + 1] !== ']' && this.#at + 1 < this.#chars.length) {
        this.#at++;
        const end = this.#classItem();
        if (typeof end !== 'number' || end < item) throw new PatternFault('invalid character class range', this.#chars.slice(from, this.#at));
        ranges.push([item, end]);
      } else {
        ranges.push([item, item]);
      }
    }
    this.#at++;
    return characterSet(ranges, negated, flags.ignoreCase);
  }

  /** One character of a class as its code point, or the ranges of an escape such as `\d`. */
  #classItem(): number | (CharacterRange | string)[] {
    const char = this.#next();
    if (char !== '\\') return char.codePointAt(0)!;
    const ranges = this.#escapedRanges(this.#at - 1);
    const [only] = ranges;
    return ranges.length === 1 && typeof only === 'object' && only[0] === only[1] ? only[0] : ranges;
  }

  #escapedRanges(start: number): (CharacterRange | string)[] {
    if (this.#at >= this.#chars.length) throw new PatternFault('trailing backslash at end of expression', '');
    const char = this.#next();
    const perl = PERL_CLASSES[char];
    if (perl !== undefined) return perl;
    const simple = SIMPLE_ESCAPES[char];
    if (simple !== undefined) return [[simple, simple]];
    const rest = this.#chars.slice(this.#at);
    const unicode = (char === 'p' || char === 'P') && /^(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(rest);
    if (unicode) {
      const name = unicode[2] ?? unicode[3]!;
      const set = unicodeClass(name, (char === 'P') !== (unicode[1] === '^'));
      this.#at += unicode[0].length;
      if (set === undefined) throw new PatternFault('invalid character class range', this.#chars.slice(start, this.#at));
      return [set];
    }
    const code = char === 'x' ? /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(rest) : null;
    const octal = code === null && /[0-7]/.test(char) ? /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(char + rest) : null;
    if (code !== null || octal !== null) {
      const value = code !== null ? parseInt(code[1] ?? code[2]!, 16) : parseInt(octal![0], 8);
      this.#at += code !== null ? code[0].length : octal![0].length - 1;
      if (value <= 0x10ffff) return [[value, value]];
    } else if (char.codePointAt(0)! < 0x80 && !/[A-Za-z0-9]/.test(char)) {
      return [[char.codePointAt(0)!, char.codePointAt(0)!]];
    }
    throw new PatternFault('invalid escape sequence', this.#chars.slice(start, this.#at));
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string {
    const char = String.fromCodePoint(this.#chars.codePointAt(this.#at)!);
    this.#at += char.length;
    return char;
  }
}

const ASSERTIONS: Readonly<Record<string, string>> = { A: '(?:^)', z: '(?:$)', b: '\\b', B: '\\B' };
const SIMPLE_ESCAPES: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };
const DIGITS: CharacterRange[] = [[0x30, 0x39]];
const SPACES: CharacterRange[] = [[9, 10], [12, 13], [32, 32]];
const WORD: CharacterRange[] = [[0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
const PERL_CLASSES: Readonly<Record<string, (CharacterRange | string)[]>> = {
  d: DIGITS, s: SPACES, w: WORD,
  D: [characterSet(DIGITS, true, false)], S: [characterSet(SPACES, true, false)], W: [characterSet(WORD, true, false)],
};

function literal(char: string, ignoreCase: boolean): string {
  const code = char.codePointAt(0)!;
  return characterSet([[code, code]], false, ignoreCase);
}

function perlPrefix(rest: string): string {
  return /^\(\?[imsU-]*./su.exec(rest)?.[0] ?? rest;
}
