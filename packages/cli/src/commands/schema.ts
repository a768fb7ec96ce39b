/** Options of `kubewright schema`, as commander gives them. */
export interface SchemaCommandOptions {
  readonly type: string;
  readonly allowDangerousTypes: boolean;
  /** @default 'json' */
  readonly output?: 'json' | 'sarif';
}

/**
 * Prints one JSON array: file, type, schema (null where there is an error) and diagnostics, in the order of the files; or one SARIF log of all
 * diagnostics. Exit code 1 for errors.
 */
export async function schema(files: readonly string[], options: SchemaCommandOptions, print: (line: string) => void): Promise<void> {
  const { diagnosticsAsSarif, schemasOf } = await import('@kubewright/crdgen');
  const results = schemasOf(files, options.type, { allowDangerousTypes: options.allowDangerousTypes });
  if (options.output === 'sarif') print(diagnosticsAsSarif(results.flatMap(({ diagnostics }) => diagnostics), process.cwd()));
  else {
    const shown = results.map(({ file, type, schema: found, diagnostics }) => ({
      file,
      type,
      schema: found ?? null,
      diagnostics: diagnostics.map(({ code, severity, line, column, message }) => ({ code, severity, line, column, message })),
    }));
    print(JSON.stringify(shown, null, 2));
  }
  if (results.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'))) process.exitCode = 1;
}
