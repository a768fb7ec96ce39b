/**
 * @module emit: text and files. yaml.ts writes the dialect of go-yaml as sigs.k8s.io/yaml drives it, byte for byte, so that a project that
 * comes from controller-gen sees no change in its manifests; module.ts writes CRDs as modules for tests; write.ts puts files on disk.
 */
import { compareKeys } from './key-order.js';
import { scalarText, singleLineScalar } from './yaml-scalar.js';

/** One file of documents, each after `---`. */
export function yamlFile(documents: readonly unknown[]): string {
  return documents.map((document) => `---\n${yamlDocument(document)}`).join('');
}

/** One document, with a line end. `undefined` members are left out, as in JSON. */
export function yamlDocument(value: unknown): string {
  const out = new Output();
  if (isBlock(value)) writeBlock(out, value, 0);
  else out.scalar(value, 2);
  return out.finish();
}

class Output {
  /** Joined once at the end: to look at the end of a growing text copies all of it. */
  private readonly parts: string[] = [];
  private isOpen = false;
  private column = 0;

  line(indent: number, text: string): void {
    if (this.isOpen) this.parts.push('\n');
    this.write(' '.repeat(indent) + text);
    this.column = indent + [...text].length;
  }

  append(text: string): void {
    this.write(text);
    this.column += [...text].length;
  }

  /** @param indent of literal and folded lines */
  scalar(value: unknown, indent: number): void {
    this.append(scalarText(value, this.column, indent));
  }

  finish(): string {
    return this.parts.join('') + (this.isOpen || this.parts.length === 0 ? '\n' : '');
  }

  private write(text: string): void {
    if (text === '') return;
    this.parts.push(text);
    this.isOpen = !text.endsWith('\n');
  }
}

type Block = readonly unknown[] | Readonly<Record<string, unknown>>;

function isBlock(value: unknown): value is Block {
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' && value !== null && entriesOf(value as Record<string, unknown>).length > 0;
}

function entriesOf(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => compareKeys(a, b));
}

function writeBlock(out: Output, value: Block, indent: number, isOpenLine = false): void {
  let open = isOpenLine;
  const start = (text: string) => {
    if (open) out.append(text);
    else out.line(indent, text);
    open = false;
  };
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      start('- ');
      if (isBlock(item)) writeBlock(out, item, indent + 2, true);
      else writeLeaf(out, item, indent + 2);
    }
    return;
  }
  for (const [key, child] of entriesOf(value as Record<string, unknown>)) {
    start(`${singleLineScalar(key)}:`);
    if (isBlock(child)) {
      // Sequences are not indented under their key.
      if (Array.isArray(child)) writeBlock(out, child, indent);
      else writeBlock(out, child, indent + 2);
    } else {
      out.append(' ');
      writeLeaf(out, child, indent + 2);
    }
  }
}

function writeLeaf(out: Output, value: unknown, indent: number): void {
  if (Array.isArray(value)) out.append('[]');
  else if (typeof value === 'object' && value !== null) out.append('{}');
  else out.scalar(value, indent);
}
