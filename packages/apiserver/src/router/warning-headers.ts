/** Characters of all warnings together, and of each where that is not enough. */
const TOTAL_LIMIT = 4096;
const EACH_LIMIT = 256;

/**
 * Warnings as headers carry them (RFC 7234), each once and in order. As on a real server, those with control characters are left out; where
 * all together are too long each is cut, and what is still too much is left out.
 */
export function warningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings)].filter((text) => text !== '');
  const total = texts.filter(isPlain).reduce((sum, text) => sum + lengthOf(text), 0);
  if (total <= TOTAL_LIMIT) return texts.filter(isPlain).map(header);
  const headers: string[] = [];
  let written = 0;
  for (const text of texts) {
    const cut = lengthOf(text) > EACH_LIMIT ? [...text].slice(0, EACH_LIMIT).join('') : text;
    if (!isPlain(cut)) continue;
    if (written >= TOTAL_LIMIT) break;
    written += lengthOf(cut);
    headers.push(header(cut));
  }
  return headers;
}

function isPlain(text: string): boolean {
  return !/\p{Cc}/u.test(text);
}

function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length++;
  return length;
}

/** What is beyond Latin-1 goes as its UTF-8 bytes. */
function header(text: string): string {
  return Buffer.from(`299 - "${text.replace(/["\\]/g, '\\$&')}"`, 'utf8').toString('latin1');
}
