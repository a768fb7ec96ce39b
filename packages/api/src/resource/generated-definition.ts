import { createHash } from 'node:crypto';

import type { UnstructuredObject } from '../meta/object-meta.js';

/** A CustomResourceDefinition as `kubewright generate` writes it into a module, with what it was made from. */
export interface GeneratedDefinition {
  readonly definition: UnstructuredObject;
  /** SHA-256 of every source file that the definition was read from, by path from the project's root. See {@link sourceHash}. */
  readonly sources: Readonly<Record<string, string>>;
}

/**
 * The sources that changed since the definition was generated; none means that it is up to date. Files that can not be read are passed over:
 * an installed package has its definitions and not their sources.
 *
 * @param readFile the text of a file by its path from the project's root, or undefined if there is none
 */
export function changedSources(generated: GeneratedDefinition, readFile: (path: string) => string | undefined): string[] {
  return Object.entries(generated.sources)
    .filter(([path, hash]) => {
      const text = readFile(path);
      return text !== undefined && sourceHash(text) !== hash;
    })
    .map(([path]) => path);
}

/** SHA-256 of a source text in hexadecimal; line ends do not count, because version control may change them. */
export function sourceHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}
