/**
 * Why Go's regexp package (RE2 syntax) would not compile a pattern, or undefined. JavaScript knows look-around, back references and `\u`
 * escapes that RE2 lacks, and RE2 knows inline flags that JavaScript lacks: `new RegExp` is no judge.
 */
export function re2Problem(pattern: string): string | undefined {
  try {
    new Re2Parser(pattern).parse();
    return undefined;
  } catch (error) {
    if (error instanceof Re2Error) return error.message;
    throw error;
  }
}

/** The same pattern for JavaScript, as far as it can be said there; undefined where it can not. Good enough to check a default value. */
export function re2ToJavaScript(pattern: string): RegExp | undefined {
  let flags = 'u';
  const source = pattern
    .replace(/\(\?([imsU]+)\)/g, (_whole, given: string) => {
      if (given.includes('i')) flags += flags.includes('i') ? '' : 'i';
      if (given.includes('s')) flags += flags.includes('s') ? '' : 's';
      return '';
    })
    .replace(/\(\?P</g, '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[\[:(\w+):\]\]/g, (_whole, name: string) => POSIX[name] ?? '[^]');
  for (const mode of [flags, flags.replace('u', '')]) {
    try {
      return new RegExp(source, mode);
    } catch {
      continue;
    }
  }
  return undefined;
}

const POSIX: Record<string, string> = {
  alnum: '[0-9A-Za-z]',
  alpha: '[A-Za-z]',
  digit: '[0-9]',
  lower: '[a-z]',
  upper: '[A-Z]',
  space: '\\s',
  xdigit: '[0-9A-Fa-f]',
  word: '\\w',
  punct: '[!-\\/:-@[-`{-~]',
};

class Re2Error extends Error {}

class Re2Parser {
  private at = 0;
  private depth = 0;
  private groups = new Set<string>();

  constructor(private readonly text: string) {}

  parse(): void {
    this.alternatives();
    if (this.at < this.text.length) throw new Re2Error('unexpected )');
  }

  private alternatives(): void {
    let hasAtom = false;
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if (char === ')') {
        if (this.depth === 0) throw new Re2Error('unexpected )');
        return;
      }
      if (char === '|') {
        this.at++;
        hasAtom = false;
        continue;
      }
      if (char === '*' || char === '+' || char === '?' || this.repetition(this.at)) {
        if (!hasAtom) throw new Re2Error(`missing argument to repetition operator: ${char}`);
        this.quantifier();
        continue;
      }
      hasAtom = this.atom();
    }
  }

  /** One quantifier and its lazy mark; a second one right after it is `**`, which RE2 refuses (and with `+` a possessive quantifier elsewhere). */
  private quantifier(): void {
    const start = this.at;
    const counted = this.repetition(this.at);
    if (counted) {
      const [low, high] = counted.text.slice(1, -1).split(',');
      if (Number(low) > 1000 || Number(high ?? 0) > 1000) throw new Re2Error(`invalid repeat count: ${counted.text}`);
      if (high && Number(low) > Number(high)) throw new Re2Error(`invalid repeat count: ${counted.text}`);
      this.at = counted.end;
    } else this.at++;
    if (this.text[this.at] === '?') this.at++;
    const next = this.text[this.at];
    if (next === '*' || next === '+' || next === '?' || this.repetition(this.at))
      throw new Re2Error(`invalid nested repetition operator: ${this.text.slice(start, this.at + 1)} (possessive quantifiers do not exist in RE2)`);
  }

  private repetition(from: number): { text: string; end: number } | undefined {
    const found = /^\{\d+(?:,\d*)?\}/.exec(this.text.slice(from, from + 24));
    return found ? { text: found[0], end: from + found[0].length } : undefined;
  }

  /** Reads one atom; false for a flag group, which can not be repeated. */
  private atom(): boolean {
    const char = this.text[this.at];
    if (char === '(') return this.group();
    if (char === '[') this.charClass();
    else if (char === '\\') this.escape(false);
    else this.at += (this.text.codePointAt(this.at) ?? 0) > 0xffff ? 2 : 1;
    return true;
  }

  private group(): boolean {
    this.at++;
    if (this.text[this.at] === '?') {
      const rest = this.text.slice(this.at);
      if (/^\?(?:=|!|<=|<!)/.test(rest))
        throw new Re2Error(`look-around ${/^\?(?:<?[=!])/.exec(rest)?.[0].replace('?', '(?')} does not exist in RE2`);
      const named = /^\?P?<([^>]*)>/.exec(rest);
      const flags = /^\?([imsU]*(?:-[imsU]+)?)([:)])/.exec(rest);
      if (named) {
        if (!/^\w+$/.test(named[1] ?? '')) throw new Re2Error(`invalid group name: ${named[1]}`);
        if (this.groups.has(named[1] ?? '')) throw new Re2Error(`duplicate group name: ${named[1]}`);
        this.groups.add(named[1] ?? '');
        this.at += named[0].length;
      } else if (flags) {
        this.at += flags[0].length;
        if (flags[2] === ')') return false;
      } else throw new Re2Error(`invalid or unsupported group (${rest.slice(0, 3)}`);
    }
    this.depth++;
    this.alternatives();
    if (this.text[this.at] !== ')') throw new Re2Error('missing closing )');
    this.depth--;
    this.at++;
    return true;
  }

  private charClass(): void {
    const start = this.at++;
    if (this.text[this.at] === '^') this.at++;
    let first = true;
    while (this.at < this.text.length && (first || this.text[this.at] !== ']')) {
      first = false;
      const posix = /^\[:\^?(\w+):\]/.exec(this.text.slice(this.at, this.at + 16));
      if (posix) {
        if (!/^(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit)$/.test(posix[1] ?? ''))
          throw new Re2Error(`invalid character class ${posix[0]}`);
        this.at += posix[0].length;
        continue;
      }
      const low = this.classChar();
      if (this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && this.at + 1 < this.text.length) {
        this.at++;
        const high = this.classChar();
        if (low !== undefined && high !== undefined && low > high)
          throw new Re2Error(`invalid character class range in ${this.text.slice(start, this.at)}`);
      }
    }
    if (this.text[this.at] !== ']') throw new Re2Error('missing closing ]');
    this.at++;
  }

  private classChar(): number | undefined {
    if (this.text[this.at] === '\\') return this.escape(true);
    const code = this.text.codePointAt(this.at);
    this.at += (code ?? 0) > 0xffff ? 2 : 1;
    return code;
  }

  private escape(inClass: boolean): number | undefined {
    const next = this.text[this.at + 1];
    if (next === undefined) throw new Re2Error('trailing backslash at end of expression');
    const rest = this.text.slice(this.at + 1, this.at + 40);
    const long = /^(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|[pP](?:[A-Z]|\{\^?\w+\})|0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    if (next === 'Q' && !inClass) {
      const end = this.text.indexOf('\\E', this.at);
      this.at = end < 0 ? this.text.length : end + 2;
      return undefined;
    }
    if (long && !/^[1-9]\d?$/.test(long[0])) {
      this.at += 1 + long[0].length;
      return undefined;
    }
    if (/[1-9]/.test(next) || /^k[<{']/.test(rest)) throw new Re2Error(`back reference \\${next} does not exist in RE2`);
    const allowed = inClass ? 'dDsSwWafnrtv' : 'dDsSwWafnrtvbBAzCE';
    if (/[A-Za-z0-9]/.test(next) && !allowed.includes(next)) throw new Re2Error(`invalid escape sequence \\${next}`);
    this.at += 2;
    return /[A-Za-z0-9]/.test(next) ? undefined : next.codePointAt(0);
  }
}
