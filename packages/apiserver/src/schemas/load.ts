/**
 * @module schemas: what a real API server says of its built-in types, as packed data. load.ts reads the files, builtin-discovery.ts and
 * builtin-schemas.ts give them meaning. Nothing in here knows of requests or storage.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

// The same depth from src/schemas (tests) and from dist/schemas.
const DATA = new URL('../../data/', import.meta.url);

/** Bytes of a packed JSON document, unpacked but not parsed; undefined when there is none of that name. Nothing is kept. */
export function readDocument(name: string): Buffer | undefined {
  let packed: Buffer;
  try {
    packed = readFileSync(new URL(`${encodeURI(name)}.json.gz`, DATA));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return gunzipSync(packed);
}

const parsed = new Map<string, unknown>();

/**
 * A packed JSON document, parsed on first use and shared by all servers of the process: callers must not change it.
 * @throws Error when there is none of that name: the package is incomplete.
 */
export function loadDocument<T>(name: string): T {
  const document = findDocument<T>(name);
  if (document === undefined) throw new Error(`data/${name}.json.gz is missing from @kubewright/apiserver: install the package again`);
  return document;
}

/** As {@link loadDocument}, for names that need not exist. */
export function findDocument<T>(name: string): T | undefined {
  if (!parsed.has(name)) {
    const bytes = readDocument(name);
    parsed.set(name, bytes && JSON.parse(bytes.toString('utf8')));
  }
  return parsed.get(name) as T | undefined;
}
