import { execFileSync } from 'node:child_process';

import { CliError } from '../errors/cli-error.js';

/** What git prints; undefined when it fails. @throws CliError when there is no git */
export function git(args: readonly string[], options: { readonly cwd?: string } = {}): string | undefined {
  return gitBytes(args, options)?.toString('utf8');
}

/** The same, as bytes. @param input what git reads from its standard input */
export function gitBytes(args: readonly string[], { cwd, input }: { readonly cwd?: string; readonly input?: string } = {}): Buffer | undefined {
  try {
    return execFileSync('git', args, { maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'ignore'], ...(cwd === undefined ? {} : { cwd }), ...(input === undefined ? {} : { input }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new CliError('git is not installed', 'Name files or folders instead of revisions.', 2);
    return undefined;
  }
}
