/**
 * The plural of a lower-case kind as URLs spell it, by the rules that controller-gen's library (gobuffalo/flect) applies to the words that
 * kinds are made of. Give `plural` to the decorator where a kind is irregular.
 */
export function pluralize(word: string): string {
  if (/(?:endpoints|metrics|news|series|species)$/.test(word)) return word;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return `${word}s`;
}
