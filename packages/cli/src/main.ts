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
  .description('types and decorators to definitions, roles, webhook configurations and modules')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .option('--check', 'write nothing; fail when a file would change', false)
  .addOption(new Option('--rbac <how>', 'whether rules are inferred from controllers').choices(['inferred', 'explicit']).default('inferred'))
  .addOption(new Option('--format <format>', 'how errors and warnings are printed').choices(['text', 'json', 'sarif']).default('text'))
  .option('--watch', 'generate again whenever a source changes', false)
  .option('--no-cache', 'do not take the result of the last run when nothing changed')
  .addHelpText('after', '\nExit codes: 0 done; 1 errors in the sources, nothing was written; 2 with --check, files are older than their sources.')
  .action(async ({ watch, ...options }) => {
    const { generate, generateAndWatch } = await import('./commands/generate.js');
    await (watch ? generateAndWatch(options, print, terminated()) : generate(options, print));
  });

program
  .command('import')
  .argument('[source...]', 'CustomResourceDefinitions: files, folders, REF:PATH of a git repository, or - for standard input; with --cluster their names')
  .description('CustomResourceDefinitions to TypeScript classes that give them again')
  .option('--out <directory>', 'where the files go', 'src/api')
  .option('--force', 'overwrite files that are there', false)
  .option('--core-types', 'use types of Kubernetes wherever a shape is theirs, and give its descriptions up (default: only where none is lost)')
  .option('--no-core-types', 'write types of Kubernetes out')
  .option('--cluster', 'take the definitions of a cluster; without names, all', false)
  .option('--kubeconfig <file>', 'of the cluster (default: KUBECONFIG, then ~/.kube/config)')
  .option('--context <name>', 'of the kubeconfig (default: the current one)')
  .addHelpText('after', '\nFrom a URL: curl -sSL URL | kubewright import -\nExit codes: 0 done; 1 files are there, or generating from the files gives something else; 2 a source can not be read.')
  .action(async (sources: string[], options) => (await import('./commands/import.js')).importDefinitions(sources, options, print));

program
  .command('diff')
  .argument('<old>', 'a git revision or the folder of a project, for its types; a file, a folder, REF:PATH of a git repository, or -, for definitions')
  .argument('[new]', 'the same', '.')
  .description('whether clients and objects of one revision of definitions work with the next')
  .option('--project <directory>', 'the project that revisions are looked into', '.')
  .option('--stored-versions <versions>', 'versions that objects are still stored in, with commas between: proof that others may go')
  .addOption(new Option('--format <format>', 'how changes are printed').choices(['text', 'json', 'github']).default('text'))
  .option('--all', 'compatible changes too', false)
  .addHelpText('after', '\nkubewright diff main compares the types of a branch with those in the folder.\nExit codes: 0 compatible, warnings aside; 1 breaking changes; 2 a revision can not be read.')
  .action(async (before: string, after: string, options) => (await import('./commands/diff.js')).diff(before, after, options, print));

program
  .command('explain')
  .argument('<field>', 'such as widgets.spec.size')
  .description('what a field is, from the types of the project; no cluster is needed')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .option('--file <source>', 'take definitions from a file, a folder or REF:PATH instead')
  .option('--api-version <version>', 'default: the stored version')
  .option('--recursive', 'all fields below', false)
  .addHelpText('after', '\nExit codes: 0 printed; 1 no such field, or errors in the sources; 2 the file can not be read.')
  .action(async (field: string, options) => (await import('./commands/explain.js')).explain(field, options, print));

program
  .command('schema')
  .description('print the schema of a type')
  .argument('<file...>', 'TypeScript files')
  .requiredOption('--type <name>', 'an exported type of each file')
  .addOption(new Option('--output <format>', 'schemas with diagnostics, or diagnostics alone as a SARIF log').choices(['json', 'sarif']).default('json'))
  .option('--allow-dangerous-types', 'take bare number for a floating-point number', false)
  .addHelpText('after', '\nExit codes: 0 printed, warnings aside; 1 a file has errors, or no such type: its schema is null.')
  .action(async (files: string[], options) => (await import('./commands/schema.js')).schema(files, options, print));

program
  .command('cluster')
  .description('serve an embedded cluster for kubectl and other programs')
  .option('--port <number>', 'port of the API server on 127.0.0.1; 0 for a free one', '0')
  .option('--kubeconfig <file>', 'where the kubeconfig goes (default: .kubewright/kubeconfig)')
  .option('--controllers <names>', 'all, none, or names with commas between', 'all')
  .option('--nodes <number>', 'simulated nodes', '1')
  .option('--exits <images>', 'images, with commas between, whose simulated containers end by themselves at once; others run until they are stopped', '')
  .option('--data <directory>', 'keep everything in a folder, so that the next start goes on there (default: in memory)')
  .option('--verbose', 'log requests', false)
  .action(async (options) => (await import('./commands/cluster.js')).cluster(options, print, terminated()));

program
  .command('assets')
  .argument('<directory>', 'where the launchers go')
  .description('write kube-apiserver and etcd for envtest: KUBEBUILDER_ASSETS=DIRECTORY go test ./... runs on the embedded server')
  .action(async (directory: string) => (await import('./commands/assets.js')).assets(directory, { path: process.env['PATH'] }, print));

program
  .command('dev')
  .description('run the operator of a project on an embedded cluster')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .action(async (options) => (await import('./commands/dev.js')).dev(options, print, terminated()));

program
  .command('bundle')
  .description('make one folder of JavaScript that runs without node_modules')
  .option('--project <directory>', 'folder of kubewright.json', '.')
  .option('--entry <file>', 'what starts the operator', 'src/main.ts')
  .option('--out <directory>', 'where it goes; emptied first', 'bundle')
  .option('--external <package...>', 'dependencies that stay imports', [])
  .option('--no-minify', 'leave the code readable')
  .action(async (options) => (await import('./commands/bundle.js')).bundle(options, print));

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
