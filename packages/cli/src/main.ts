/** @module main: the command line. It parses, calls commands/, prints, and is the only place that ends the process. */
import { readFileSync } from 'node:fs';

import { Command, Option } from 'commander';

import { CliError } from './errors/cli-error.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('kubewright').description('Kubernetes operators in TypeScript: scaffold, generate, run.').version(version).enablePositionalOptions().showHelpAfterError();

program
  .command('init')
  .argument('[directory]', 'where the project goes', '.')
  .description('make a project in an empty folder')
  .option('--domain <domain>', 'suffix of API groups', 'example.com')
  .option('--name <name>', 'name of the project (default: the folder)')
  .option('--force', 'overwrite files that are there', false)
  .action(async (directory: string, options) => print((await import('./commands/init.js')).init(directory, options)));

program
  .command('create')
  .description('add to a project')
  .command('api')
  .description('add a kind and its controller')
  .requiredOption('--group <group>', 'first part of the API group; the domain follows')
  .requiredOption('--version <version>', 'such as v1 or v1alpha1')
  .requiredOption('--kind <Kind>', 'in CamelCase, singular')
  .option('--plural <plural>', 'where English gets it wrong')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .option('--force', 'overwrite files that are there', false)
  .action(async (options) => print((await import('./commands/create-api.js')).createApi(options)));

program
  .command('generate')
  .description('types and decorators to definitions, roles and modules')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .option('--check', 'write nothing; fail when a file would change', false)
  .addOption(new Option('--rbac <how>', 'whether rules are inferred from controllers').choices(['inferred', 'explicit']).default('inferred'))
  .action(async (options) => (await import('./commands/generate.js')).generate(options, print));

program
  .command('schema')
  .description('print the schema of a type')
  .argument('<file...>', 'TypeScript files')
  .requiredOption('--type <name>', 'an exported type of each file')
  .addOption(new Option('--output <format>', 'how').choices(['json']).default('json'))
  .option('--allow-dangerous-types', 'take bare number for a floating-point number', false)
  .action(async (files: string[], options) => (await import('./commands/schema.js')).schema(files, options, print));

program
  .command('cluster')
  .description('serve an embedded cluster for kubectl and other programs')
  .option('--port <number>', 'port of the API server on 127.0.0.1; 0 for a free one', '0')
  .option('--kubeconfig <file>', 'where the kubeconfig goes (default: .kubewright/kubeconfig)')
  .option('--controllers <names>', 'all, none, or names with commas between', 'all')
  .option('--nodes <number>', 'simulated nodes', '1')
  .option('--verbose', 'log requests', false)
  .action(async (options) => (await import('./commands/cluster.js')).cluster(options, print, terminated()));

program
  .command('dev')
  .description('run the operator of a project on an embedded cluster')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .action(async (options) => (await import('./commands/dev.js')).dev(options, print, terminated()));

try {
  await program.parseAsync();
} catch (error) {
  const hint = (error as { hint?: string }).hint;
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${hint ? `${hint}\n` : ''}`);
  if (!hint && error instanceof Error && process.env['KUBEWRIGHT_DEBUG']) process.stderr.write(`${error.stack}\n`);
  process.exitCode = error instanceof CliError ? error.exitCode : 1;
}

/** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
function terminated(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort();
    });
  }
  return stop.signal;
}
