import type { ParseOptions, DocumentOptions, SchemaOptions, ToJSOptions } from 'yaml';

/** YAML as Go clients write it: 1.1 (`yes` is true), without dates. */
const READ: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {
  version: '1.1',
  uniqueKeys: false,
  customTags: (tags) => tags.filter((tag) => typeof tag === 'string' ? tag !== 'timestamp' : !tag.tag.endsWith(':timestamp')),
};

/** Reads the first document of a text; the library is loaded with the first one. @throws Error with the parser's message */
export async function readYaml(text: string): Promise<unknown> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text, READ);
  const [first] = Array.isArray(documents) ? documents : [];
  const [problem] = first?.errors ?? [];
  if (problem) throw new Error(describe(problem));
  return first?.toJS() as unknown;
}

/** The parser's problem in the words of Go's library where it is a common one. */
function describe({ code, message, linePos }: { code: string; message: string; linePos?: readonly { line: number }[] | undefined }): string {
  const line = linePos?.[0]?.line ?? 1;
  if (code === 'TAB_AS_INDENT') return `line ${line}: found a tab character that violates indentation`;
  if (code === 'BAD_INDENT' && message.startsWith('Flow sequence') || code === 'MISSING_CHAR') return `line ${Math.max(line - 1, 1)}: did not find expected ',' or ']'`;
  return message.split('\n')[0] ?? message;
}

/** Writes YAML as sigs.k8s.io/yaml does: keys sorted, lists not indented, text that could be read as something else in quotes. */
export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  const text = stringify(value, {
    version: '1.1',
    sortMapEntries: (a, b) => compare(String(nameOf(a.key)), String(nameOf(b.key))),
    indentSeq: false,
    lineWidth: 80,
    aliasDuplicateObjects: false,
    singleQuote: null,
  });
  // A lone dot is no number to Go's library.
  return text.replace(/^(\s*(?:- )*)"\.":/gm, '$1.:');
}

function nameOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
