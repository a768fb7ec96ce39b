import type { ParseOptions, DocumentOptions, SchemaOptions, ToJSOptions } from 'yaml';

/** YAML as Go clients write it: 1.1 (`yes` is true), without dates. */
const READ: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {
  version: '1.1',
  uniqueKeys: false,
  customTags: (tags) => tags.filter((tag) => typeof tag === 'string' ? tag !== 'timestamp' : !tag.tag.endsWith(':timestamp')),
};

/** Reads one YAML document; the library is loaded with the first one. @throws Error with the parser's message */
export async function readYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  const value: unknown = parse(text, READ);
  return value;
}

/** Writes YAML as sigs.k8s.io/yaml does: keys sorted, lists not indented, text that could be read as something else in quotes. */
export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value, {
    version: '1.1',
    sortMapEntries: (a, b) => compare(String(nameOf(a.key)), String(nameOf(b.key))),
    indentSeq: false,
    lineWidth: 80,
    aliasDuplicateObjects: false,
  });
}

function nameOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
