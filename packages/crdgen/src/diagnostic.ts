/**
 * @module diagnostic: what the generator found wrong, with a code, a place in the user's source and a cure. Everything is reported before
 * anything is refused: callers go on after an error and look at {@link Diagnostics.hasErrors} at the end. Codes from KW2000 are warnings.
 */
import type { ts } from 'ts-morph';

/** One finding. Lines and columns count from 1. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What to try. */
  readonly hint?: string;
  /** The lines around the place, with a caret. */
  readonly frame?: string;
}

/** Where something that was read from source stands. */
export interface TextPlace {
  readonly source: ts.SourceFile;
  readonly start: number;
  readonly end: number;
  /** Where a character of one of its texts stands: `rule`, 5. Undefined where that can not be told. */
  readonly inside?: (key: string, offset: number) => number | undefined;
}

/** Collects findings; the same finding at the same place is kept once, however often a type is used. */
export class Diagnostics {
  private readonly found = new Map<string, Diagnostic>();
  private readonly places = new WeakMap<object, TextPlace>();

  /** @param before findings that are told as well, such as those about a project file */
  constructor(before?: Diagnostics) {
    for (const one of before?.list() ?? []) this.add(one);
  }

  /** Remembers where a value was written, for findings that can only be made when everything has been read. */
  place<T extends object>(value: T, place: TextPlace): T {
    this.places.set(value, place);
    return value;
  }

  placeOf(value: object): TextPlace | undefined {
    return this.places.get(value);
  }

  report(code: string, at: ts.Node, message: string, hint?: string): void {
    const source = at.getSourceFile();
    this.reportAt(code, source, at.getStart(source), at.getEnd(), message, hint);
  }

  reportAt(code: string, source: ts.SourceFile, start: number, end: number, message: string, hint?: string): void {
    const { line, character } = source.getLineAndCharacterOfPosition(start);
    const frame = codeFrame(source.text, line, character, Math.max(1, Math.min(end, source.getLineEndOfPosition(start)) - start));
    const cure = hint ?? cureIn(message);
    this.add({
      code,
      severity: severityOf(code),
      message,
      file: source.fileName,
      line: line + 1,
      column: character + 1,
      ...(cure === undefined ? {} : { hint: cure }),
      frame,
    });
  }

  /** For what has no place in a source file: a missing file, a glob that matches nothing. */
  reportFile(code: string, file: string, message: string, hint?: string): void {
    this.add({ code, severity: severityOf(code), message, file, line: 1, column: 1, ...(hint === undefined ? {} : { hint }) });
  }

  get hasErrors(): boolean {
    return this.list().some((one) => one.severity === 'error');
  }

  /** By file, line and column, so that the order does not depend on how types refer to each other. */
  list(): Diagnostic[] {
    return [...this.found.values()].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code));
  }

  private add(diagnostic: Diagnostic): void {
    const key = `${diagnostic.code} ${diagnostic.file}:${diagnostic.line}:${diagnostic.column} ${diagnostic.message}`;
    if (!this.found.has(key)) this.found.set(key, diagnostic);
  }
}

/** `file:line:column error KW1003: message`, the code frame and the hint, for a terminal. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map((one) => {
      const head = `${one.file}:${one.line}:${one.column} ${one.severity} ${one.code}: ${one.message}`;
      return [head, ...(one.frame ? [one.frame] : []), ...(one.hint && !one.message.includes(one.hint) ? [`  hint: ${one.hint}`] : [])].join('\n');
    })
    .join('\n\n');
}

/** One JSON array, without the code frames. */
export function diagnosticsAsJson(diagnostics: readonly Diagnostic[]): string {
  return JSON.stringify(
    diagnostics.map(({ frame: _frame, ...rest }) => rest),
    null,
    2,
  );
}

/** One SARIF 2.1.0 log, as code hosts show it beside the lines of a change. Paths are relative to `cwd` where they are below it. */
export function diagnosticsAsSarif(diagnostics: readonly Diagnostic[], cwd: string): string {
  const codes = [...new Set(diagnostics.map((one) => one.code))].sort();
  const uri = (file: string) => encodeURI((file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file).replaceAll('\\', '/'));
  const results = diagnostics.map((one) => ({
    ruleId: one.code,
    ruleIndex: codes.indexOf(one.code),
    level: one.severity,
    message: { text: one.hint && !one.message.includes(one.hint) ? `${one.message} (${one.hint})` : one.message },
    locations: [{ physicalLocation: { artifactLocation: { uri: uri(one.file) }, region: { startLine: one.line, startColumn: one.column } } }],
  }));
  const driver = { name: 'kubewright', rules: codes.map((id) => ({ id })) };
  const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results };
  return JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2);
}

/** The cure that a message ends with; tools look for it in the hint. */
function cureIn(message: string): string | undefined {
  const meant = /: did you mean (.+)\?$/.exec(message)?.[1];
  if (meant !== undefined) return `write ${meant}`;
  return /: ((?:use|say|put|name|state|declare|give|leave|keep) .+)$/.exec(message)?.[1];
}

function severityOf(code: string): Diagnostic['severity'] {
  return /^KW2/.test(code) ? 'warning' : 'error';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function codeFrame(text: string, line: number, character: number, length: number): string {
  const lines = text.split(/\r\n|\n|\r/);
  const width = String(Math.min(lines.length, line + 2)).length;
  const out: string[] = [];
  for (let at = Math.max(0, line - 1); at <= Math.min(lines.length - 1, line + 1); at++) {
    out.push(`${at === line ? '>' : ' '} ${String(at + 1).padStart(width)} | ${lines[at] ?? ''}`);
    if (at === line) out.push(`  ${' '.repeat(width)} | ${(lines[at] ?? '').slice(0, character).replace(/[^\t]/g, ' ')}${'^'.repeat(length)}`);
  }
  return out.join('\n');
}
