import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Definition } from '@kubewright/crdgen';
import { parseAllDocuments } from 'yaml';

import { CliError } from '../errors/cli-error.js';
import { git } from './git.js';

/** The exit code for inputs that can not be read. */
export const UNREADABLE = 2;

/**
 * The CustomResourceDefinitions of a file, of a folder with everything below it, of `-` (standard input), or of `REF:PATH` in the git
 * repository of the current folder. YAML or JSON; lists are opened, other objects are passed over.
 *
 * @throws CliError when there is nothing to read, or no definition in it
 */
export function readDefinitions(source: string): Definition[] {
  const definitions = textsOf(source).flatMap(({ name, text }) => definitionsIn(name, text));
  if (definitions.length === 0) throw new CliError(`${source} has no CustomResourceDefinition`, 'Name a YAML or JSON file, a folder, or REF:PATH of a git repository.', UNREADABLE);
  return definitions;
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

function textsOf(source: string): NamedText[] {
  if (source === '-') return [{ name: 'standard input', text: readFileSync(0, 'utf8') }];
  if (existsSync(source)) {
    if (!statSync(source).isDirectory()) return [{ name: source, text: readFileSync(source, 'utf8') }];
    return readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => isManifest(path) && !path.split(/[\\/]/).includes('node_modules'))
      .sort()
      .map((path) => ({ name: join(source, path), text: readFileSync(join(source, path), 'utf8') }));
  }
  const [, ref, path] = /^([^:]{2,}):(.*)$/.exec(source) ?? [];
  if (ref === undefined || path === undefined) throw new CliError(`${source} is not there`, 'Name a file, a folder, - for standard input, or REF:PATH of a git repository.', UNREADABLE);
  return textsOfRevision(ref, path);
}

/** Paths count from the current folder, and from the top of the repository where there is nothing by that name. */
function textsOfRevision(ref: string, path: string): NamedText[] {
  const candidates = path.startsWith('/') ? [path.slice(1)] : [`./${path}`, path];
  for (const candidate of candidates) {
    const object = `${ref}:${candidate}`;
    const type = git(['cat-file', '-t', object])?.trim();
    if (type === 'blob') return [{ name: object, text: git(['show', object]) ?? '' }];
    if (type !== 'tree') continue;
    return (git(['ls-tree', '-r', '--name-only', '-z', object]) ?? '')
      .split('\0')
      .filter(isManifest)
      .map((name) => {
        const file = `${object.replace(/\/$/, '')}${/[:/]$/.test(object) ? '' : '/'}${name}`;
        return { name: file, text: git(['show', file]) ?? '' };
      });
  }
  throw new CliError(`${ref}:${path} is not there`, 'Check the revision and the path: "git ls-tree REF PATH" lists what there is. In a shallow clone, fetch the revision first.', UNREADABLE);
}

function isManifest(path: string): boolean {
  return /\.(ya?ml|json)$/i.test(path);
}

function definitionsIn(name: string, text: string): Definition[] {
  return parseAllDocuments(text, { logLevel: 'silent' }).flatMap((document) => {
    const [error] = document.errors;
    if (error) {
      // Templates of charts are no YAML; a folder may hold some.
      if (text.includes('{{')) return [];
      throw new CliError(`${name} is not YAML: ${error.message.split('\n')[0]}`, 'Correct the file, or name another one.', UNREADABLE);
    }
    return opened(document.toJS({ maxAliasCount: 1000 }) as unknown, name);
  });
}

function opened(value: unknown, name: string): Definition[] {
  if (typeof value !== 'object' || value === null) return [];
  const { kind, apiVersion, items } = value as { kind?: unknown; apiVersion?: unknown; items?: unknown };
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    // Items of a typed list need not repeat their kind.
    const own = kind === 'CustomResourceDefinitionList' ? { kind: 'CustomResourceDefinition', apiVersion } : {};
    return items.flatMap((item) => opened({ ...own, ...(item as object) }, name));
  }
  if (kind !== 'CustomResourceDefinition') return [];
  if (apiVersion !== 'apiextensions.k8s.io/v1')
    throw new CliError(`${name} has a definition of ${String(apiVersion)}`, 'Only apiextensions.k8s.io/v1 is read: convert the definition first.', UNREADABLE);
  const { metadata, spec } = value as { metadata?: { name?: unknown }; spec?: { group?: unknown; names?: { kind?: unknown; plural?: unknown }; versions?: unknown } };
  if (typeof metadata?.name !== 'string' || typeof spec?.group !== 'string' || typeof spec.names?.kind !== 'string' || typeof spec.names.plural !== 'string' || !Array.isArray(spec.versions))
    throw new CliError(`${name}: the definition ${String(metadata?.name)} is incomplete`, 'It needs metadata.name, spec.group, spec.names.kind, spec.names.plural and spec.versions.', UNREADABLE);
  return [value as Definition];
}
