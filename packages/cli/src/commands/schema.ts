/** Options of `kubewright schema`, as commander gives them. */
export interface SchemaCommandOptions {
  readonly type: string;
  readonly allowDangerousTypes: boolean;
}

/** Prints one JSON array: file, type, schema (null where there is an error) and diagnostics, in the order of the files. Exit code 1 for errors. */
export async function schema(files: readonly string[], options: SchemaCommandOptions, print: (line: string) => void): Promise<void> {
  const { schemaOf } = await import('@kubewright/crdgen');
  const results = files.map((file) => {
    const { schema: found, diagnostics } = schemaOf(file, options.type, { allowDangerousTypes: options.allowDangerousTypes });
    return {
      file,
      type: options.type,
      schema: found ?? null,
      diagnostics: diagnostics.map(({ code, severity, line, column, message }) => ({ code, severity, line, column, message })),
    };
  });
  print(JSON.stringify(results, null, 2));
  if (results.some(({ diagnostics }) => diagnostics.some(({ severity }) => severity === 'error'))) process.exitCode = 1;
}
