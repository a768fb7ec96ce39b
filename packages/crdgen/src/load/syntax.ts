import { ts } from 'ts-morph';

import type { Diagnostics } from '../diagnostic.js';

/** Reports what does not parse; types of a broken file would be guesses. Returns whether there was anything. */
export function reportSyntax(source: ts.SourceFile, diagnostics: Diagnostics): boolean {
  const problems = (source as unknown as { parseDiagnostics?: readonly ts.Diagnostic[] }).parseDiagnostics ?? [];
  for (const problem of problems) {
    const start = problem.start ?? 0;
    diagnostics.reportAt('KW1000', source, start, start + (problem.length ?? 1), ts.flattenDiagnosticMessageText(problem.messageText, ' '));
  }
  return problems.length > 0;
}
