/** First and last code point. */
export type CharacterRange = readonly [number, number];

/**
 * JavaScript source that matches one character of the given ranges. A string among them is a whole class in JavaScript's own spelling
 * (`\p{L}`, `[^0-9]`), which can not stand inside brackets beside others and becomes an alternative.
 */
export function characterSet(items: readonly (CharacterRange | string)[], negated: boolean, ignoreCase: boolean): string {
  const ranges = items.filter((item): item is CharacterRange => typeof item !== 'string');
  const classes = items.filter((item) => typeof item === 'string');
  const folded = ignoreCase ? ranges.flatMap(withBothCases) : ranges;
  const [only] = folded;
  if (!negated && classes.length === 0 && folded.length === 1 && only![0] === only![1]) return escapeCode(only![0]);
  const parts = [...(folded.length > 0 ? [`[${folded.map(escapeRange).join('')}]`] : []), ...classes];
  const any = parts.length === 1 ? parts[0]! : `(?:${parts.join('|')})`;
  if (!negated) return parts.length === 0 ? '[]' : any;
  return classes.length === 0 ? `[^${folded.map(escapeRange).join('')}]` : `(?:(?!${any})[^])`;
}

/** A Unicode category or script by RE2's name; undefined when there is none. */
export function unicodeClass(name: string, negated: boolean): string | undefined {
  const letter = negated ? 'P' : 'p';
  for (const property of name === 'Any' ? ['Any'] : [`gc=${name}`, `sc=${name}`]) {
    try {
      const source = `\\${letter}{${property}}`;
      new RegExp(source, 'u');
      return source;
    } catch {
      // Not a category: it may be a script.
    }
  }
  return undefined;
}

const range = (text: string): CharacterRange[] => [...text.matchAll(/(.)-(.)/gsu)].map(([, from, to]) => [from!.codePointAt(0)!, to!.codePointAt(0)!]);

/** `[:alpha:]` and its like; ASCII only, as in RE2. */
export const POSIX_CLASSES: Readonly<Record<string, CharacterRange[]>> = {
  '[:alnum:]': range('0-9A-Za-z'),
  '[:alpha:]': range('A-Za-z'),
  '[:ascii:]': [[0, 0x7f]],
  '[:blank:]': [[9, 9], [32, 32]],
  '[:cntrl:]': [[0, 0x1f], [0x7f, 0x7f]],
  '[:digit:]': range('0-9'),
  '[:graph:]': range('!-~'),
  '[:lower:]': range('a-z'),
  '[:print:]': range(' -~'),
  '[:punct:]': range('!-/:-@[-`{-~'),
  '[:space:]': [[9, 13], [32, 32]],
  '[:upper:]': range('A-Z'),
  '[:word:]': [...range('0-9A-Za-z'), [0x5f, 0x5f]],
  '[:xdigit:]': range('0-9A-Fa-f'),
};

/** The letters of a range in both cases. Ranges beyond ASCII are folded at their ends only when they are one character. */
function withBothCases([from, to]: CharacterRange): CharacterRange[] {
  const out: CharacterRange[] = [[from, to]];
  for (const [low, high, shift] of [[0x41, 0x5a, 0x20], [0x61, 0x7a, -0x20]] as const) {
    if (from <= high && to >= low) out.push([Math.max(from, low) + shift, Math.min(to, high) + shift]);
  }
  if (from === to && from > 0x7f) {
    const char = String.fromCodePoint(from);
    for (const other of [char.toLowerCase(), char.toUpperCase()]) {
      if (other !== char && [...other].length === 1) out.push([other.codePointAt(0)!, other.codePointAt(0)!]);
    }
  }
  return out;
}

function escapeRange([from, to]: CharacterRange): string {
  return from === to ? escapeCode(from) : `${escapeCode(from)}-${escapeCode(to)}`;
}

function escapeCode(code: number): string {
  const char = String.fromCodePoint(code);
  return /[A-Za-z0-9_:@,;!%&=<>~"'` ]/.test(char) ? char : `\\u{${code.toString(16)}}`;
}
