/**
 * @module @kubewright/crdgen: TypeScript types to CustomResourceDefinitions and RBAC manifests. The steps of {@link generate}, each a folder:
 * load (files) → collect (decorated classes) → schema (types to schemas) → crd and rbac (documents) → emit (text). Source positions are kept
 * all the way, so whatever is wrong, even with a finished definition, is shown at the user's line; and everything wrong is shown at once.
 */
import { join, relative } from 'node:path';

import { sourceHash, type RbacRule } from '@kubewright/api';

import { collectResources } from './collect/resources.js';
import { buildDefinitions, type BuiltDefinition, type Definition } from './crd/definition.js';
import { Diagnostics, type Diagnostic } from './diagnostic.js';
import { definitionModule, indexModule, moduleName, type ModuleLanguage } from './emit/module.js';
import type { GeneratedFile } from './emit/write.js';
import { yamlFile } from './emit/yaml.js';
import { SourceProject } from './load/project.js';
import { reportSyntax } from './load/syntax.js';
import { explicitRules } from './rbac/explicit.js';
import { inferredRules } from './rbac/inferred.js';
import { roleDocuments, type RoleDocument } from './rbac/role.js';
import { schemaContext } from './schema/schema-of.js';

/** What a run reads and writes. */
export interface GenerateOptions {
  /** Relative paths start here, and paths of sources in modules. @default the current folder */
  readonly cwd?: string;
  /** @default the nearest tsconfig.json */
  readonly project?: string;
  /** Globs of the files with resources and controllers. Tests and declaration files are passed over. */
  readonly entries: readonly string[];
  /** Folder of the CRDs as YAML; false writes none. @default 'config/crd/bases' */
  readonly crds?: string | false;
  /** Folder of role.yaml; false writes none. @default 'config/rbac' */
  readonly roles?: string | false;
  /** Folder of the CRDs as modules; false writes none. @default false */
  readonly modules?: string | false;
  /** @default 'ts' */
  readonly moduleLanguage?: ModuleLanguage;
  /** `explicit` takes rules from `@Rbac` only. @default 'inferred' */
  readonly rbac?: 'inferred' | 'explicit';
  /** Name of the ClusterRole. @default 'manager-role' */
  readonly roleName?: string;
  /** Annotations of every CRD, beside those of the classes. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Lets bare `number` through. @default false */
  readonly allowDangerousTypes?: boolean;
  /** Gives nested ObjectMeta its five usual properties. @default false */
  readonly embeddedObjectMeta?: boolean;
  /** Longest description in bytes; 0 removes all. @default no limit */
  readonly maxDescriptionLength?: number;
}

/** What a run found. `files` is empty when a diagnostic is an error: half a generation is none. */
export interface GenerateResult {
  readonly files: readonly GeneratedFile[];
  readonly definitions: readonly Definition[];
  readonly roles: readonly RoleDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Generates everything of a project. Reads files, writes none: see {@link writeFiles} and {@link outdatedFiles}. */
export function generate(options: GenerateOptions): GenerateResult {
  const cwd = options.cwd ?? process.cwd();
  const diagnostics = new Diagnostics();
  const project = new SourceProject({ cwd, ...(options.project === undefined ? {} : { project: options.project }) }, diagnostics);
  const context = schemaContext(project, diagnostics, options);
  const sources = project.glob(options.entries);
  if (sources.length === 0)
    diagnostics.reportFile('KW1000', cwd, `no file matches ${options.entries.join(', ')}`, 'name the files with decorated classes');
  if (sources.filter((source) => reportSyntax(source, diagnostics)).length > 0) return nothing(diagnostics);

  const resources = collectResources(sources, context.declarations, diagnostics);
  const built = buildDefinitions(
    resources,
    context,
    options.maxDescriptionLength === undefined ? {} : { maxDescriptionLength: options.maxDescriptionLength },
  );
  const rules: RbacRule[] = [
    ...explicitRules(sources, context.declarations, diagnostics),
    ...(options.rbac === 'explicit' ? [] : inferredRules(sources, context)),
  ];
  if (diagnostics.hasErrors) return nothing(diagnostics);

  const annotated = built.map((one) => ({ ...one, definition: withAnnotations(one.definition, options.annotations) }));
  const roles = roleDocuments(rules, options.roleName);
  return {
    files: filesOf(annotated, roles, { ...options, cwd }, project),
    definitions: annotated.map((one) => one.definition),
    roles,
    diagnostics: diagnostics.list(),
  };
}

function nothing(diagnostics: Diagnostics): GenerateResult {
  return { files: [], definitions: [], roles: [], diagnostics: diagnostics.list() };
}

function filesOf(
  built: readonly BuiltDefinition[],
  roles: readonly RoleDocument[],
  options: GenerateOptions & { readonly cwd: string },
  project: SourceProject,
): GeneratedFile[] {
  const files: GeneratedFile[] = [];
  const { crds = 'config/crd/bases', roles: roleFolder = 'config/rbac', modules = false, moduleLanguage = 'ts' } = options;
  if (crds !== false)
    for (const { definition } of built)
      files.push({ path: join(crds, `${definition.spec.group}_${definition.spec.names.plural}.yaml`), content: yamlFile([definition]) });
  if (roleFolder !== false && roles.length > 0) files.push({ path: join(roleFolder, 'role.yaml'), content: yamlFile(roles) });
  if (modules !== false && built.length > 0) {
    for (const { definition, sources } of built) {
      const hashes = Object.fromEntries(
        sources.map((path) => [relative(options.cwd, path).replaceAll('\\', '/'), sourceHash(project.open(path)?.text ?? '')]),
      );
      files.push({
        path: join(modules, `${moduleName(definition)}.${moduleLanguage}`),
        content: definitionModule(definition, hashes, moduleLanguage),
      });
    }
    files.push({
      path: join(modules, `index.${moduleLanguage}`),
      content: indexModule(
        built.map((one) => one.definition),
        moduleLanguage,
      ),
    });
  }
  return files;
}

function withAnnotations(definition: Definition, annotations: Readonly<Record<string, string>> | undefined): Definition {
  if (!annotations || Object.keys(annotations).length === 0) return definition;
  return { ...definition, metadata: { ...definition.metadata, annotations: { ...annotations, ...definition.metadata.annotations } } };
}
