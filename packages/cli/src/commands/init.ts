import { existsSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';

import { CliError } from '../errors/cli-error.js';
import { PROJECT_FILE } from '../project/project-file.js';
import { planTemplate } from '../scaffold/template.js';
import { writePlan } from '../scaffold/write-plan.js';

/** Options of `kubewright init`. */
export interface InitOptions {
  readonly domain: string;
  readonly name?: string;
  readonly force: boolean;
}

/** Makes a project that compiles, tests and runs, with no API yet. Returns what to tell the user. */
export function init(directory: string, options: InitOptions): string {
  const target = resolve(directory);
  const name = options.name ?? basename(target).toLowerCase();
  const problems = [
    ...(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/.test(name) ? [] : [`${JSON.stringify(name)} is no name for a project: use lower-case letters, digits and dashes`]),
    ...(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/.test(options.domain) ? [] : [`${JSON.stringify(options.domain)} is no domain`]),
  ];
  if (problems.length > 0) throw new CliError(problems.join('; '), 'Example: kubewright init my-operator --domain example.com');
  if (existsSync(`${target}/${PROJECT_FILE}`) && !options.force) throw new CliError(`${target} holds a project already`, 'Add to it with "kubewright create api", or start over with --force.');
  const others = existsSync(target) ? readdirSync(target).filter((entry) => entry !== '.git') : [];
  const files = planTemplate('project', { 'template-project': name, 'example.com': options.domain });
  writePlan(target, files, options);
  return [
    `${files.length} files written to ${target}${others.length > 0 ? ` (beside ${others.length} that were there)` : ''}.`,
    'Next:',
    ...(directory === '.' ? [] : [`  cd ${directory}`]),
    '  npm install',
    '  npx kubewright create api --group demo --version v1 --kind Widget',
  ].join('\n');
}
