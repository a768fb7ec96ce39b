/** @module project: what a project says of itself in kubewright.json. Reading and writing files only; what to do with it is for commands/. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CliError } from '../errors/cli-error.js';

/** The contents of kubewright.json. Paths are relative to the file, globs use forward slashes. */
export interface ProjectFile {
  /** Suffix of API groups: `create api --group demo` makes `demo.DOMAIN`. */
  readonly domain: string;
  /** Sources with resource classes and controllers, as globs. @default ['src/**\/*.ts'] */
  readonly sources: readonly string[];
  /** Where CustomResourceDefinitions go, as YAML. @default 'config/crd' */
  readonly crdDirectory: string;
  /** Where the definitions go as modules, for tests and tools. @default 'src/generated' */
  readonly moduleDirectory: string;
  /** Where the roles go. @default 'config/rbac' */
  readonly rbacDirectory: string;
  /** Name of the ClusterRole. @default 'manager-role' */
  readonly roleName: string;
  /** Where webhook configurations, their Service and certificate go. @default 'config/webhook' */
  readonly webhookDirectory: string;
  /** Who makes the certificate of the webhooks: `cert-manager`, or `none` for the operator itself. @default 'none' */
  readonly certificates: 'cert-manager' | 'none';
  /** Where guards and validators of the kinds go, as modules. @default none are written */
  readonly validatorDirectory?: string;
  /** Where a minimal and a full object of each kind go. @default none are written */
  readonly sampleDirectory?: string;
  /** Where the reference pages of the kinds go. @default none are written */
  readonly docsDirectory?: string;
}

export const PROJECT_FILE = 'kubewright.json';

const DEFAULTS: ProjectFile = {
  domain: 'example.com',
  sources: ['src/**/*.ts'],
  crdDirectory: 'config/crd',
  moduleDirectory: 'src/generated',
  rbacDirectory: 'config/rbac',
  roleName: 'manager-role',
  webhookDirectory: 'config/webhook',
  certificates: 'none',
};

const KEYS: readonly string[] = [...Object.keys(DEFAULTS), 'validatorDirectory', 'sampleDirectory', 'docsDirectory'];

/** @throws CliError when the folder holds no project, or its file can not be read; all problems at once */
export function readProjectFile(directory: string): ProjectFile {
  const path = join(directory, PROJECT_FILE);
  if (!existsSync(path)) throw new CliError(`${path} is not there`, 'Run the command in the folder of a project, name it with --project DIR, or make one with "kubewright init".');
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CliError(`${path} is not JSON: ${(error as Error).message}`, 'Correct the file; "kubewright init" in an empty folder shows what it looks like.');
  }
  const problems = problemsOf(given);
  if (problems.length > 0) throw new CliError(`${path}: ${problems.join('; ')}`, `Known keys: ${KEYS.join(', ')}.`);
  return { ...DEFAULTS, ...(given as Partial<ProjectFile>) };
}

function problemsOf(given: unknown): string[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return ['is not an object'];
  return Object.entries(given).flatMap(([key, value]) => {
    if (key === '$schema') return [];
    if (!KEYS.includes(key)) return [`unknown key ${JSON.stringify(key)}`];
    if (key === 'sources') return Array.isArray(value) && value.every((each) => typeof each === 'string') ? [] : ['"sources" is not a list of globs'];
    if (key === 'certificates') return value === 'cert-manager' || value === 'none' ? [] : ['"certificates" is neither "cert-manager" nor "none"'];
    return typeof value === 'string' && value !== '' ? [] : [`${JSON.stringify(key)} is not a text`];
  });
}
