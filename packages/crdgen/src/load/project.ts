/**
 * @module load: from paths to syntax. project.ts opens files and resolves modules, declarations.ts finds what a name stands for,
 * constants.ts evaluates constant expressions. Nothing here knows schemas. The type checker is built only when somebody asks for it: most
 * types are read from syntax alone, which keeps source order, aliases and comments that the checker forgets.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { Project, ts } from 'ts-morph';

import type { Diagnostics } from '../diagnostic.js';
import { HELPER_DECLARATIONS } from './helper-declarations.js';

/** What a specifier leads to: a file whose declarations are read, or a package that is known by name only. */
export type ModuleTarget = { readonly file: ts.SourceFile } | { readonly known: string };

export interface SourceProjectOptions {
  /** Relative paths start here. */
  readonly cwd: string;
  /** @default the nearest tsconfig.json above `cwd`; none is fine */
  readonly project?: string;
}

/** The user's sources. Files are parsed when they are first needed. */
export class SourceProject {
  readonly cwd: string;
  private readonly morph: Project;
  private readonly moduleCache: ts.ModuleResolutionCache;

  constructor(options: SourceProjectOptions, diagnostics: Diagnostics) {
    this.cwd = options.cwd;
    const compilerOptions = readCompilerOptions(options, diagnostics);
    this.morph = new Project({
      compilerOptions,
      skipAddingFilesFromTsConfig: true,
      skipFileDependencyResolution: true,
      resolutionHost: () => ({
        resolveModuleNames: (names, containing) => names.map((name) => this.resolveForChecker(name, containing)),
      }),
    });
    this.moduleCache = ts.createModuleResolutionCache(options.cwd, (name) => name, compilerOptions);
    this.morph.createSourceFile(HELPERS, HELPER_DECLARATIONS, { overwrite: true });
  }

  /** Opens one file; undefined when there is none. */
  open(path: string): ts.SourceFile | undefined {
    return this.morph.addSourceFileAtPathIfExists(resolve(this.cwd, path))?.compilerNode;
  }

  /** The files that globs name, in path order, without declaration files and tests. */
  glob(patterns: readonly string[]): ts.SourceFile[] {
    const absolute = (pattern: string) =>
      (pattern.startsWith('!') ? `!${resolve(this.cwd, pattern.slice(1))}` : resolve(this.cwd, pattern)).replaceAll('\\', '/');
    return this.morph
      .addSourceFilesAtPaths([...patterns, '!**/node_modules/**'].map(absolute))
      .map((file) => file.compilerNode)
      .filter((file) => !file.isDeclarationFile && !/\.(test|spec)\.[cm]?tsx?$/.test(file.fileName))
      .sort((a, b) => (a.fileName < b.fileName ? -1 : a.fileName > b.fileName ? 1 : 0));
  }

  /** Where an import leads. kubewright's own modules and those that can not be found are known by name only. */
  resolveModule(specifier: string, from: ts.SourceFile): ModuleTarget {
    if (isKnownByName(specifier)) return { known: specifier };
    const path = this.resolvePath(specifier, from.fileName);
    const file = path === undefined ? undefined : this.morph.addSourceFileAtPathIfExists(path)?.compilerNode;
    return file ? { file } : { known: specifier };
  }

  /** Built on first use, and again after files were added. */
  checker(): ts.TypeChecker {
    return this.morph.getTypeChecker().compilerObject;
  }

  private resolveForChecker(specifier: string, containing: string): ts.ResolvedModule | undefined {
    if (specifier === '@kubewright/api') return { resolvedFileName: HELPERS, isExternalLibraryImport: true };
    if (isKnownByName(specifier) && !specifier.startsWith('@kubewright/api/') && !specifier.startsWith('kubernetes-types')) return undefined;
    const path = this.resolvePath(specifier, containing);
    return path === undefined ? undefined : { resolvedFileName: path };
  }

  private resolvePath(specifier: string, containing: string): string | undefined {
    const options = this.morph.compilerOptions.get();
    const found = ts.resolveModuleName(specifier, containing, options, ts.sys, this.moduleCache).resolvedModule?.resolvedFileName;
    if (found !== undefined && /\.[cm]?tsx?$/.test(found)) return found;
    if (!specifier.startsWith('.')) return undefined;
    const base = resolve(dirname(containing), specifier);
    return [base, base.replace(/\.([cm]?)js$/, '.$1ts'), `${base}.ts`, `${base}/index.ts`].find(
      (path) => /\.[cm]?tsx?$/.test(path) && existsSync(path),
    );
  }
}

const HELPERS = '/.kubewright/api.d.ts';

/** Modules whose names say everything: they are never opened, so that reading an API folder does not parse a framework. */
function isKnownByName(specifier: string): boolean {
  return /^(@kubewright\/|@kubernetes\/client-node$|kubernetes-types\/)/.test(specifier);
}

function readCompilerOptions(options: SourceProjectOptions, diagnostics: Diagnostics): ts.CompilerOptions {
  const path = options.project === undefined ? ts.findConfigFile(options.cwd, existsSync) : resolve(options.cwd, options.project);
  return { ...userOptions(path, diagnostics), ...FIXED };
}

/** Only what decides where imports lead. Anything that this compiler does not know (options of a newer TypeScript) is left out silently. */
function userOptions(path: string | undefined, diagnostics: Diagnostics): ts.CompilerOptions {
  const fallback: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
  if (path === undefined) return fallback;
  if (!existsSync(path)) {
    diagnostics.reportFile('KW1000', path, 'this tsconfig does not exist', 'name another one with --project');
    return fallback;
  }
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config?: object };
  const host: ts.ParseConfigHost = {
    useCaseSensitiveFileNames: ts.sys.useCaseSensitiveFileNames,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: () => [],
  };
  const parsed = ts.parseJsonConfigFileContent(config ?? {}, host, dirname(path), undefined, path).options;
  const kept: ts.CompilerOptions = {};
  for (const key of [
    'baseUrl',
    'paths',
    'pathsBasePath',
    'rootDirs',
    'module',
    'moduleResolution',
    'customConditions',
    'preserveSymlinks',
    'moduleSuffixes',
  ])
    if (parsed[key] !== undefined) kept[key] = parsed[key];
  if (kept.module === undefined && kept.moduleResolution === undefined) return { ...kept, ...fallback };
  return kept;
}

const FIXED: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  experimentalDecorators: true,
  allowImportingTsExtensions: true,
};
