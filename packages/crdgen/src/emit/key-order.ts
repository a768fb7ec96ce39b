const isDigit = (char: string | undefined): boolean => char !== undefined && /^\p{Nd}$/u.test(char);
const isLetter = (char: string | undefined): boolean => char !== undefined && /^\p{L}$/u.test(char);

/**
 * The order of keys in go-yaml: at the first difference letters come after everything else (but first right after equal digits), runs of
 * digits compare as numbers, everything else by code point. `B, a01, a2, a02, a10, b, client_ca, clientAuthType`.
 */
export function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let afterDigit = false;
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [x, y] = [left[at] as string, right[at] as string];
    if (x === y) {
      afterDigit = isDigit(x);
      continue;
    }
    const [isLetterX, isLetterY] = [isLetter(x), isLetter(y)];
    if (isLetterX && isLetterY) return codePoint(x) - codePoint(y);
    if (isLetterX || isLetterY) return (afterDigit ? isLetterX : isLetterY) ? -1 : 1;
    return compareNumbers(left, right, at);
  }
  return left.length - right.length;
}

function compareNumbers(a: readonly string[], b: readonly string[], at: number): number {
  let [valueA, valueB] = [0n, 0n];
  // Zeros inside a number weigh as the digits before them say.
  if (a[at] === '0' || b[at] === '0') {
    for (let before = at - 1; before >= 0 && isDigit(a[before]); before--) {
      if (a[before] === '0') continue;
      [valueA, valueB] = [1n, 1n];
      break;
    }
  }
  let [endA, endB] = [at, at];
  for (; isDigit(a[endA]); endA++) valueA = valueA * 10n + BigInt(codePoint(a[endA] as string) - 48);
  for (; isDigit(b[endB]); endB++) valueB = valueB * 10n + BigInt(codePoint(b[endB] as string) - 48);
  if (valueA !== valueB) return valueA < valueB ? -1 : 1;
  if (endA !== endB) return endA - endB;
  return codePoint(a[at] as string) - codePoint(b[at] as string);
}

function codePoint(char: string): number {
  return char.codePointAt(0) ?? 0;
}
