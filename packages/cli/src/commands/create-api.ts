import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readProjectFile } from '../project/project-file.js';
import { insertAtMarker } from '../scaffold/insert.js';
import { kindNames } from '../scaffold/names.js';
import { planTemplate, type PlannedFile } from '../scaffold/template.js';
import { writePlan } from '../scaffold/write-plan.js';

/** Options of `kubewright create api`. */
export interface CreateApiOptions {
  readonly project: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural?: string;
  readonly force: boolean;
}

/** Adds a kind and its controller to a project, and makes the manager run it. Returns what to tell the user. */
export function createApi(options: CreateApiOptions): string {
  const directory = resolve(options.project);
  const { domain } = readProjectFile(directory);
  const names = kindNames({ ...options, domain });
  const files = planTemplate('api', {
    widgets: names.plural,
    Widget: names.kind,
    widget: names.variable,
    '`widget-': `\`${names.file}-`,
    "'widget-": `'${names.file}-`,
    'widget.js': `${names.file}.js`,
    'widget.ts': `${names.file}.ts`,
    'widget-controller': `${names.file}-controller`,
    'widget.test': `${names.file}.test`,
    'demo.example.com': names.group,
    "version: 'v1'": `version: '${names.version}'`,
    '/v1': `/${names.version}`,
  });
  const edits = [
    edit(directory, 'src/api/index.ts', [['exports', `export * from './${names.file}.js';`]]),
    edit(directory, 'src/manager.ts', [
      ['imports', `import { ${names.kind}Controller } from './controllers/${names.file}-controller.js';`],
      ['controllers', `${names.kind}Controller,`],
    ]),
  ];
  writePlan(directory, files, options);
  writePlan(directory, edits, { force: true });
  return [`${[...files, ...edits].map(({ path }) => `  ${path}`).join('\n')}`, 'Next: write the spec and the reconcile, then', '  npm run generate', '  npm test', '  npm run dev'].join('\n');
}

function edit(directory: string, path: string, insertions: readonly (readonly [marker: string, line: string])[]): PlannedFile {
  const content = insertions.reduce((text, [marker, line]) => insertAtMarker(path, text, marker, line), readFileSync(join(directory, path), 'utf8'));
  return { path, content };
}
