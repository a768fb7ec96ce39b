import type { SchemaChange } from '@kubewright/crdgen';

import { CliError } from '../errors/cli-error.js';
import { definitionsOfRevision } from '../project/revision-definitions.js';

/** Options of `kubewright diff`, as commander gives them. */
export interface DiffCommandOptions {
  /** The project that revisions are looked into. @default '.' */
  readonly project?: string;
  readonly storedVersions?: string;
  readonly format: 'text' | 'json' | 'github';
  readonly all: boolean;
}

/**
 * Compares two revisions of definitions and sets the exit code: 0 when clients and objects of the old one work with the new one (warnings
 * may be printed), 1 for breaking changes, 2 when a revision can not be read.
 */
export async function diff(before: string, after: string, options: DiffCommandOptions, print: (line: string) => void): Promise<void> {
  if (before === '-' && after === '-') throw new CliError('only one of the two can be standard input', 'Name a file for the other one.', 2);
  const { project = '.' } = options;
  const old = await definitionsOfRevision(before, project);
  const next = await definitionsOfRevision(after, project);
  const crdgen = await import('@kubewright/crdgen');
  const storedVersions = options.storedVersions?.split(',').map((one) => one.trim()).filter(Boolean);
  const changes = crdgen.diffDefinitions(old, next, storedVersions ? { storedVersions } : {});
  const count = (verdict: string) => changes.filter((one) => one.verdict === verdict).length;
  const summary = { breaking: count('breaking'), warning: count('warning'), ok: count('ok') };
  if (options.format === 'json') print(JSON.stringify({ summary, changes }, null, 2));
  else {
    const shown = changes.filter((one) => options.all || one.verdict !== 'ok');
    for (const change of shown) print(options.format === 'github' ? annotation(change) : line(change));
    print(`${summary.breaking} breaking, ${plural(summary.warning, 'warning')}, ${plural(summary.ok, 'compatible change')}`);
  }
  if (summary.breaking > 0) process.exitCode = 1;
}

function place({ definition, version, path }: SchemaChange): string {
  return [definition, version, path].filter(Boolean).join(' ');
}

function line(change: SchemaChange): string {
  return `${change.verdict.padEnd(8)} ${place(change)}: ${change.message} [${change.code}]${change.hint ? `\n         hint: ${change.hint}` : ''}`;
}

/** A workflow command of GitHub Actions. */
function annotation(change: SchemaChange): string {
  const level = change.verdict === 'breaking' ? 'error' : change.verdict === 'warning' ? 'warning' : 'notice';
  const escape = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::${level} title=${escape(change.code)}::${escape(`${place(change)}: ${change.message}${change.hint ? ` (${change.hint})` : ''}`)}`;
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
