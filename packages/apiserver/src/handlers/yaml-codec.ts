import { goQuote } from '@kubewright/api';
import type * as Yaml from 'yaml';
import type { DocumentOptions, LineCounter, ParseOptions, SchemaOptions, ToJSOptions } from 'yaml';

const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)$/;

/** YAML as Go clients write it: 1.1 (`yes` is true), without dates. */
const READ: ParseOptions & DocumentOptions & SchemaOptions & ToJSOptions = {
  version: '1.1',
  uniqueKeys: false,
  customTags: (tags) => tags.filter((tag) => typeof tag === 'string' ? tag !== 'timestamp' : !tag.tag.endsWith(':timestamp')).map((tag) => {
    // A lone dot, as in the record of owners, is no number to Go's library.
    return typeof tag !== 'string' && !tag.collection && tag.tag.endsWith(':float') && tag.test?.test('.') ? { ...tag, test: FLOAT } : tag;
  }),
};

/**
 * Reads the first document of a text; the library is loaded with the first one.
 * @param onDuplicateKeys told, once, the text in which Go's library lists the keys that stand twice in one map; the last value wins
 * @throws Error with the parser's message
 */
export async function readYaml(text: string, onDuplicateKeys?: (problem: string) => void): Promise<unknown> {
  const yaml = await import('yaml');
  const lineCounter = new yaml.LineCounter();
  const documents = yaml.parseAllDocuments(text, { ...READ, lineCounter });
  const [first] = Array.isArray(documents) ? documents : [];
  const [problem] = first?.errors ?? [];
  if (problem) throw new Error(describe(problem));
  const duplicates = onDuplicateKeys && first ? duplicateKeys(yaml, first.contents, lineCounter) : [];
  if (duplicates.length > 0) onDuplicateKeys?.([DUPLICATES, ...duplicates].join('\n  '));
  return first?.toJS() as unknown;
}

/** How the list of duplicate keys begins. */
const DUPLICATES = 'yaml: unmarshal errors:';

/** The single problems of a text that {@link readYaml} told; any other text as it is. */
export function yamlProblems(text: string): string[] {
  const start = [`${DUPLICATES}\n`, `error converting YAML to JSON: ${DUPLICATES}\n`].find((prefix) => text.startsWith(prefix));
  return start === undefined ? [text] : text.slice(start.length).split('\n').map((line) => line.trim());
}

/** `line 6: key "a" already set in map`: Go tells what is inside of a value before the value itself, and counts the line on which that begins. */
function duplicateKeys(yaml: typeof Yaml, node: unknown, lines: LineCounter): string[] {
  if (yaml.isSeq(node)) return node.items.flatMap((item) => duplicateKeys(yaml, item, lines));
  if (!yaml.isMap(node)) return [];
  const seen = new Set<unknown>();
  return node.items.flatMap(({ key, value }) => {
    const found = duplicateKeys(yaml, value, lines);
    if (!yaml.isScalar(key)) return found;
    const range = yaml.isNode(value) ? value.range : key.range;
    if (seen.has(key.value)) found.push(`line ${lines.linePos(range?.[0] ?? 0).line}: key ${typeof key.value === 'string' ? goQuote(key.value) : String(key.value)} already set in map`);
    seen.add(key.value);
    return found;
  });
}

/** The parser's problem in the words of Go's library where it is a common one. */
function describe({ code, message, linePos }: { code: string; message: string; linePos?: readonly { line: number }[] | undefined }): string {
  const line = linePos?.[0]?.line ?? 1;
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return `${line > 1 ? `line ${line}: ` : ''}mapping values are not allowed in this context`;
  if (code === 'TAB_AS_INDENT') return `line ${line}: found a tab character that violates indentation`;
  if (code === 'BAD_INDENT' && message.startsWith('Flow sequence') || code === 'MISSING_CHAR') return `line ${Math.max(line - 1, 1)}: did not find expected ',' or ']'`;
  return message.split('\n')[0] ?? message;
}
