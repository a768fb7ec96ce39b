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

/** Writes YAML as sigs.k8s.io/yaml does: keys sorted, lists not indented, double quotes for text that would be read as something else. */
export async function writeYaml(value: unknown): Promise<string> {
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { version: '1.1', sortMapEntries: (a, b) => compare(String(nameOf(a.key)), String(nameOf(b.key))), aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && READ_AS_OTHER.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // A lone dot is no number to Go's library.
  return document.toString({ indentSeq: false, lineWidth: 80, singleQuote: true }).replace(/^(\s*(?:- )*)["']\.["']:/gm, '$1.:');
}

/** Null, a flag, a number or a date of YAML 1.1, and nothing at all. */
const READ_AS_OTHER = /^(?:|~|null|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d+)?|0x[\da-f_]+|0b[01_]+|0o?[0-7_]+|[-+]?\.inf|\.nan|\d{4}-\d\d?-\d\d?(?:[t ].*)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)$/i;

function nameOf(key: unknown): unknown {
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
