/** Lines are folded at the first single space after this column. */
const WIDTH = 80;

/**
 * A scalar as go-yaml writes it.
 *
 * @param column where it starts
 * @param indent of its continuation lines
 */
export function scalarText(value: unknown, column: number, indent: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return numberText(value);
  const text = String(value);
  const facts = analyze(text);
  if (text.includes('\n')) return facts.allowsBlock ? literal(text, indent) : doubleQuoted(text, column, indent);
  if (resolvesToOther(text)) return doubleQuoted(text, column, indent);
  if (facts.allowsPlain) return plain(text, column, indent);
  return facts.allowsSingle ? singleQuoted(text, column, indent) : doubleQuoted(text, column, indent);
}

/** The same without folding, for keys. */
export function singleLineScalar(text: string): string {
  const facts = analyze(text);
  if (text.includes('\n') || resolvesToOther(text)) return doubleQuoted(text, -Infinity, 0);
  if (facts.allowsPlain) return text;
  return facts.allowsSingle ? singleQuoted(text, -Infinity, 0) : doubleQuoted(text, -Infinity, 0);
}

interface Facts {
  readonly allowsPlain: boolean;
  readonly allowsSingle: boolean;
  readonly allowsBlock: boolean;
}

/** libyaml's analysis of a scalar in block context. */
function analyze(text: string): Facts {
  if (text === '') return { allowsPlain: false, allowsSingle: true, allowsBlock: false };
  const chars = [...text];
  let indicators = text.startsWith('---') || text.startsWith('...');
  let [special, breaks, spaceBreak, breakSpace] = [false, false, false, false];
  let before: 'space' | 'break' | 'other' | undefined;
  chars.forEach((char, at) => {
    const next = chars[at + 1];
    const isBeforeBlank = next === undefined || isBlank(next);
    if (at === 0) {
      if (',[]{}#&*!|>\'"%@`'.includes(char)) indicators = true;
      if ((char === '?' || char === ':' || char === '-') && isBeforeBlank) indicators = true;
    } else {
      if (char === ':' && isBeforeBlank) indicators = true;
      if (char === '#' && isBlank(chars[at - 1] as string)) indicators = true;
    }
    if (!isPrintable(char)) special = true;
    if (char === ' ') {
      if (before === 'break') breakSpace = true;
      before = 'space';
    } else if (isBreak(char)) {
      breaks = true;
      if (before === 'space') spaceBreak = true;
      before = 'break';
    } else before = 'other';
  });
  const [first, last] = [chars[0] as string, chars.at(-1) as string];
  const isPadded = first === ' ' || last === ' ' || isBreak(first) || isBreak(last);
  return {
    allowsPlain: !indicators && !isPadded && !breaks && !breakSpace && !spaceBreak && !special,
    allowsSingle: !breakSpace && !spaceBreak && !special,
    allowsBlock: last !== ' ' && !spaceBreak && !special,
  };
}

function plain(text: string, column: number, indent: number): string {
  return fold(
    text,
    column,
    indent,
    (char) => char,
    (at, chars) => chars[at + 1] !== ' ',
  );
}

function singleQuoted(text: string, column: number, indent: number): string {
  const inner = fold(
    text,
    column + 1,
    indent,
    (char) => (char === "'" ? "''" : char),
    (at, chars) => at > 0 && at < chars.length - 1 && chars[at + 1] !== ' ',
  );
  return `'${inner}'`;
}

function fold(
  text: string,
  column: number,
  indent: number,
  write: (char: string) => string,
  mayBreak: (at: number, chars: readonly string[]) => boolean,
): string {
  const chars = [...text];
  let out = '';
  let [at, afterSpace] = [column, false];
  chars.forEach((char, index) => {
    if (char === ' ' && !afterSpace && at > WIDTH && mayBreak(index, chars)) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      const written = write(char);
      out += written;
      at += written.length === 2 && char !== written ? 2 : 1;
    }
    afterSpace = char === ' ';
  });
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function doubleQuoted(text: string, column: number, indent: number): string {
  const chars = [...text];
  let out = '"';
  let [at, afterSpace] = [column + 1, false];
  chars.forEach((char, index) => {
    if (!isPrintable(char) || isBreak(char) || char === '"' || char === '\\') {
      const escaped = ESCAPES[char] ?? hexEscape(char);
      out += escaped;
      at += escaped.length;
      afterSpace = false;
    } else if (char === ' ') {
      if (!afterSpace && at > WIDTH && index > 0 && index < chars.length - 1) {
        out += `\n${' '.repeat(indent)}`;
        at = indent;
        if (chars[index + 1] === ' ') {
          out += '\\';
          at++;
        }
      } else {
        out += char;
        at++;
      }
      afterSpace = true;
    } else {
      out += char;
      at++;
      afterSpace = false;
    }
  });
  return `${out}"`;
}

function hexEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}` : `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return `|${hint}${chomp}\n${lines.join('\n')}${chomp === '+' ? '\n' : ''}`;
}

/** Whether the plain text would be read back as something else than this text, by the rules of YAML 1.1. */
function resolvesToOther(text: string): boolean {
  if (
    /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(
      text,
    )
  )
    return true;
  if (!/^[-+.\d]/.test(text)) return false;
  const digits = text.replaceAll('_', '');
  if (/^[-+]?(?:0|[1-9]\d*|0[0-7]+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)) return true;
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits)) return true;
  if (/^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text)) return true;
  return isTimestamp(text);
}

function isTimestamp(text: string): boolean {
  const found = /^\d{4}-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|[ ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})?)?$/.exec(text);
  if (!found) return false;
  const [month, day, hour = 0, minute = 0, second = 0] = found.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  return (month ?? 0) >= 1 && (month ?? 0) <= 12 && (day ?? 0) >= 1 && (day ?? 0) <= 31 && hour < 24 && minute < 60 && second < 60;
}

/** What 64 bits hold is an integer; everything else is written as Go writes its shortest floats: with an exponent below 1e-4 and from 1e+06. */
function numberText(value: number): string {
  if (Number.isInteger(value) && value < 2 ** 64 && value >= -(2 ** 63)) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  if (Number(exponent) >= -4 && Number(exponent) < 6) return String(value);
  return `${digits}e${exponent.replace(/^([-+])(\d)$/, '$10$2')}`;
}

function isBreak(char: string): boolean {
  return char === '\n' || char === '\r' || char === '\x85' || char === '\u2028' || char === '\u2029';
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || isBreak(char);
}

/** Emoji and all else beyond U+FFFF are escaped by go-yaml. */
function isPrintable(char: string): boolean {
  const code = char.codePointAt(0) ?? 0;
  if (code === 0x0a || (code >= 0x20 && code <= 0x7e)) return true;
  return code >= 0xa0 && code <= 0xffff && code !== 0xfeff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
