/** Writes JSON values as the Go library of the real server writes YAML: order of keys, quotes and places of line breaks included. */

/** Longer lines are broken at the next space. */
const WIDTH = 80;
const INDENT = 2;
/** Longer keys get a line of their own. */
const LONGEST_KEY = 128;

export function writeYaml(value: unknown): string {
  const out = new YamlOutput();
  out.node(value, -INDENT, false);
  return out.text.endsWith('\n') ? out.text : `${out.text}\n`;
}

class YamlOutput {
  text = '';

  /** @param indent of what contains the value @param isInline whether a mapping may begin where the cursor is */
  node(value: unknown, indent: number, isInline: boolean): void {
    if (Array.isArray(value)) this.#list(value, indent, isInline);
    else if (typeof value === 'object' && value !== null) this.#map(value as Record<string, unknown>, indent, isInline);
    else {
      const scalar = typeof value === 'string' ? scalarOf(value, Math.max(indent, 0) + INDENT, this.#column()) : scalarText(value);
      this.text += scalar;
    }
  }

  #column(): number {
    return [...this.text.slice(this.text.lastIndexOf('\n') + 1)].length;
  }

  #map(fields: Readonly<Record<string, unknown>>, outer: number, isInline: boolean): void {
    const entries = Object.entries(fields).sort(([a], [b]) => compareKeys(a, b));
    if (entries.length === 0) {
      this.text += '{}';
      return;
    }
    const indent = outer + INDENT;
    entries.forEach(([key, value], index) => {
      if (index > 0 || !isInline) this.#line(indent);
      const name = keyOf(key);
      if (name.length > LONGEST_KEY) {
        this.text += `? ${name}`;
        this.#line(indent);
      } else this.text += name;
      this.text += ':';
      const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
      if (isEmpty) this.text += ' ';
      // Lists in a mapping are not indented.
      this.node(value, Array.isArray(value) ? indent - INDENT : indent, false);
    });
  }

  #list(items: readonly unknown[], outer: number, isInline: boolean): void {
    if (items.length === 0) {
      this.text += '[]';
      return;
    }
    const indent = outer + INDENT;
    items.forEach((item, index) => {
      if (index > 0 || !isInline) this.#line(indent);
      this.text += '- ';
      this.node(item, indent, true);
    });
  }

  #line(indent: number): void {
    if (this.text !== '' && !this.text.endsWith('\n')) this.text += '\n';
    this.text += ' '.repeat(Math.max(indent, 0));
  }
}

function keyOf(key: string): string {
  const style = styleOf(key);
  if (style === 'plain') return key;
  return style === 'single' && !key.includes('\n') ? `'${key.replaceAll("'", "''")}'` : doubleQuoted(key, 0, -Infinity);
}

/** @param indent of a continuing line @param column at which the text begins */
function scalarOf(text: string, indent: number, column: number): string {
  switch (styleOf(text)) {
    case 'plain':
      return broken(text, indent, column, (at) => text[at + 1] !== ' ');
    case 'single':
      return `'${broken(text, indent, column + 1, (at) => at > 0 && at < text.length - 1 && text[at + 1] !== ' ', (character) => (character === "'" ? "''" : character))}'`;
    case 'literal':
      return literal(text, indent);
    case 'double':
      return doubleQuoted(text, indent, column + 1);
  }
}

/** Breaks at a space once the line is too long. */
function broken(text: string, indent: number, column: number, mayBreak: (at: number) => boolean, write: (character: string) => string = (character) => character): string {
  let [result, at, afterSpace] = ['', 0, false];
  for (const character of text) {
    if (character === ' ' && !afterSpace && column > WIDTH && mayBreak(at)) {
      result += `\n${' '.repeat(indent)}`;
      column = indent;
    } else {
      const written = write(character);
      result += written;
      column += [...written].length;
    }
    afterSpace = character === ' ';
    at += character.length;
  }
  return result;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e', '"': '\\"', '\\': '\\\\', '\u0085': '\\N', '\u00a0': '\\_', '\u2028': '\\L', '\u2029': '\\P',
};

function doubleQuoted(text: string, indent: number, column: number): string {
  let [result, at, afterSpace] = ['', 0, false];
  for (const character of text) {
    if (character === ' ' && !afterSpace && column > WIDTH && at > 0 && at < text.length - 1) {
      result += `\n${' '.repeat(indent)}${text[at + 1] === ' ' ? '\\' : ''}`;
      column = indent;
    } else {
      const written = isPrintable(character) && character !== '"' && character !== '\\' && character !== '\n' ? character : escaped(character);
      result += written;
      column += [...written].length;
    }
    afterSpace = character === ' ';
    at += character.length;
  }
  return `"${result}"`;
}

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0)!;
  const digits = code.toString(16).toUpperCase();
  return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

function literal(text: string, indent: number): string {
  const lead = /^[ \n]/.test(text) ? String(INDENT) : '';
  const chomp = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') || text === '\n' ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n');
  return `|${lead}${chomp}\n${body}${text.endsWith('\n') ? '\n' : ''}`;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

function styleOf(text: string): Style {
  const isSpecial = /[ ]\n/.test(text) || [...text].some((character) => !isPrintable(character));
  if (text.includes('\n')) return isSpecial || text.endsWith(' ') ? 'double' : 'literal';
  if (isSpecial || READ_AS_OTHER.test(text)) return 'double';
  const isPlain = !/^ | $/.test(text) && !/^[#,[\]{}&*!|>'"%@`]/.test(text) && !/^(?:---|\.\.\.)/.test(text) && !/^[?:-](?:\s|$)/.test(text) && !/:(?:\s|$)/.test(text) && !/\s#/.test(text);
  return isPlain ? 'plain' : 'single';
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0)!;
  return code === 0x0a || (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff);
}

/** Null, a flag, a number or a date of YAML 1.1, and nothing at all. A lone dot is no number to Go's library. */
const READ_AS_OTHER = /^(?:|~|<<|null|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?|0x[\da-f_]+|0b[01_]+|0o?[0-7_]+|[-+]?\.inf|\.nan|\d{4}-\d\d?-\d\d?(?:[t ].*)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)$/i;

function scalarText(value: unknown): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  const [, sign = '', digits = '', exponent = ''] = /^(-?)([\d.]+)e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const power = Number(exponent);
  return power < -4 || power >= 21 ? `${sign}${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}` : String(value);
}

/** Letters after everything else, numbers by their value. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let index = 0; index < left.length && index < right.length; index++) {
    const [l, r] = [left[index]!, right[index]!];
    if (l === r) continue;
    const [isLetterL, isLetterR] = [/\p{L}/u.test(l), /\p{L}/u.test(r)];
    if (isLetterL && isLetterR) return l < r ? -1 : 1;
    if (isLetterL || isLetterR) return isLetterR ? -1 : 1;
    return compareDigits(left, right, index);
  }
  return left.length - right.length;
}

function compareDigits(left: readonly string[], right: readonly string[], index: number): number {
  const isDigit = (character: string | undefined): boolean => character !== undefined && /\d/.test(character);
  // A zero within a number does not lead it.
  let start = 0;
  if (left[index] === '0' || right[index] === '0') {
    for (let at = index - 1; at >= 0 && isDigit(left[at]); at--) if (left[at] !== '0') start = 1;
  }
  const numberAt = (characters: readonly string[]): [value: number, end: number] => {
    let [value, end] = [start, index];
    for (; isDigit(characters[end]); end++) value = value * 10 + Number(characters[end]);
    return [value, end];
  };
  const [[leftValue, leftEnd], [rightValue, rightEnd]] = [numberAt(left), numberAt(right)];
  return leftValue - rightValue || leftEnd - rightEnd || (left[index]! < right[index]! ? -1 : 1);
}
