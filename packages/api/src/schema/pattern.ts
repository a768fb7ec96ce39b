import { Re2Translator } from './re2-translator.js';

/**
 * A regular expression as Kubernetes understands it (Go's RE2 dialect), as a JavaScript one; the text says what is wrong with it otherwise,
 * in Go's words. Results are cached: schemas are few and values many.
 */
export function compilePattern(pattern: string): RegExp | string {
  let compiled = cache.get(pattern);
  if (compiled === undefined) {
    compiled = compile(pattern);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(pattern, compiled);
  }
  return compiled;
}

const MAX_CACHED = 5_000;
const cache = new Map<string, RegExp | string>();

function compile(pattern: string): RegExp | string {
  const translated = new Re2Translator(pattern).translate();
  if ('error' in translated) return translated.error;
  try {
    return new RegExp(translated.source, 'u');
  } catch (error) {
    return `error parsing regexp: ${(error as Error).message}`;
  }
}
