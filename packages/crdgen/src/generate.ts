/**
 * @module @kubewright/crdgen: TypeScript types to CustomResourceDefinitions, RBAC and webhook manifests. The steps of {@link generate}, each a folder:
 * load (files) → collect (decorated classes) → schema (types to schemas) → crd and rbac (documents) → emit (text). Source positions are kept
 * all the way, so whatever is wrong, even with a finished definition, is shown at the user's line; and everything wrong is shown at once.
 */
import { join, relative } from 'node:path';

import { sourceHash, type RbacRule } from '@kubewright/api';
import { ts } from 'ts-morph';

import { collectResources, type ResourceDeclaration } from './collect/resources.js';
import { buildDefinitions, type BuiltDefinition, type Definition } from './crd/definition.js';
import { Diagnostics, type Diagnostic } from './diagnostic.js';
import { referencePages } from './docs/reference-page.js';
import { definitionModule, indexModule, moduleName, type ModuleLanguage } from './emit/module.js';
import type { GeneratedFile } from './emit/write.js';
import { yamlFile } from './emit/yaml.js';
import { SourceProject, type SourceProjectOptions } from './load/project.js';
import { reportSyntax } from './load/syntax.js';
import { explicitRules } from './rbac/explicit.js';
import { inferredRules } from './rbac/inferred.js';
import { roleDocuments, type RoleDocument } from './rbac/role.js';
import { sampleFiles } from './samples/sample.js';
import { schemaContext } from './schema/schema-of.js';
import { validatorModules, type DeclaredClass } from './validators/validator-module.js';
import { webhookConfigurations, type WebhookConfiguration } from './webhook/configuration.js';
import { declaredWebhooks } from './webhook/declared.js';
import { certificateDocuments, injectionAnnotation, webhookService, type ServingSettings } from './webhook/serving.js';

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
  /** Folder of the webhook configurations, their Service and certificate; false writes none. @default 'config/webhook' */
  readonly webhooks?: string | false;
  /** Names of the webhook configurations and of the Service behind them. */
  readonly serving?: ServingSettings;
  /** `cert-manager` writes an issuer and a certificate, and the annotations that have its authority injected. @default 'none' */
  readonly certificates?: 'cert-manager' | 'none';
  /** Folder of the CRDs as modules; false writes none. @default false */
  readonly modules?: string | false;
  /** Folder of guards, validators and apply types as modules; false writes none. @default false */
  readonly validators?: string | false;
  /** Folder of a minimal and a full object of each kind; false writes none. @default false */
  readonly samples?: string | false;
  /** Folder of reference pages in Markdown; false writes none. @default false */
  readonly docs?: string | false;
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

/** Keeps what was parsed between runs over the same folder, for `--watch`. */
export class GeneratorSession {
  private known: { key: string; project: SourceProject } | undefined;

  generate(options: GenerateOptions): GenerateResult {
    const cwd = options.cwd ?? process.cwd();
    return run(options, cwd, (diagnostics) => {
      const fresh = new SourceProject(projectOptions(options, cwd), diagnostics);
      const key = JSON.stringify([cwd, fresh.settings()]);
      if (this.known?.key !== key) this.known = { key, project: fresh };
      else this.known.project.refresh();
      return this.known.project;
    });
  }
}

/** What a run found. `files` is empty when a diagnostic is an error: half a generation is none. */
export interface GenerateResult {
  readonly files: readonly GeneratedFile[];
  readonly definitions: readonly Definition[];
  readonly roles: readonly RoleDocument[];
  readonly webhooks: readonly WebhookConfiguration[];
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read: while none of them changes, and none comes, the result is the same. */
  readonly inputs: readonly string[];
}

/** Generates everything of a project. Reads files, writes none: see {@link writeFiles} and {@link outdatedFiles}. */
export function generate(options: GenerateOptions): GenerateResult {
  const cwd = options.cwd ?? process.cwd();
  return run(options, cwd, (diagnostics) => new SourceProject(projectOptions(options, cwd), diagnostics));
}

function projectOptions({ project }: GenerateOptions, cwd: string): SourceProjectOptions {
  return { cwd, ...(project === undefined ? {} : { project }) };
}

function run(options: GenerateOptions, cwd: string, open: (diagnostics: Diagnostics) => SourceProject): GenerateResult {
  const diagnostics = new Diagnostics();
  const project = open(diagnostics);
  const context = schemaContext(project, diagnostics, options);
  const sources = project.glob(options.entries);
  if (sources.length === 0)
    diagnostics.reportFile('KW1000', cwd, `no file matches ${options.entries.join(', ')}`, 'name the files with decorated classes');
  if (sources.filter((source) => reportSyntax(source, diagnostics)).length > 0) return nothing(diagnostics, project);

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
  const declared = declaredWebhooks(sources, context);
  if (diagnostics.hasErrors) return nothing(diagnostics, project);

  const injection = options.certificates === 'cert-manager' ? injectionAnnotation(options.serving) : undefined;
  const annotated = built.map((one) => {
    const converted = (one.definition.spec.conversion as { webhook?: { clientConfig: { service?: object } } } | undefined)?.webhook?.clientConfig.service;
    return { ...one, definition: withAnnotations(one.definition, { ...(converted ? injection : {}), ...options.annotations }) };
  });
  const output: Output = {
    built: annotated,
    roles: roleDocuments(rules, options.roleName),
    webhooks: webhookConfigurations(declared, { ...options.serving, ...(injection ? { annotations: injection } : {}) }),
  };
  return {
    files: [...filesOf(output, { ...options, cwd }, project), ...companionFiles(output, resources, { ...options, cwd })],
    definitions: annotated.map((one) => one.definition),
    roles: output.roles,
    webhooks: output.webhooks,
    diagnostics: diagnostics.list(),
    inputs: project.inputs(),
  };
}

function nothing(diagnostics: Diagnostics, project: SourceProject): GenerateResult {
  return { files: [], definitions: [], roles: [], webhooks: [], diagnostics: diagnostics.list(), inputs: project.inputs() };
}

interface Output {
  readonly built: readonly BuiltDefinition[];
  readonly roles: readonly RoleDocument[];
  readonly webhooks: readonly WebhookConfiguration[];
}

function filesOf({ built, roles, webhooks }: Output, options: GenerateOptions & { readonly cwd: string }, project: SourceProject): GeneratedFile[] {
  const files: GeneratedFile[] = [];
  const { crds = 'config/crd/bases', roles: roleFolder = 'config/rbac', modules = false, moduleLanguage = 'ts' } = options;
  if (crds !== false)
    for (const { definition } of built)
      files.push({ path: join(crds, `${definition.spec.group}_${definition.spec.names.plural}.yaml`), content: yamlFile([definition]) });
  if (roleFolder !== false && roles.length > 0) files.push({ path: join(roleFolder, 'role.yaml'), content: yamlFile(roles) });
  files.push(...webhookFiles(webhooks, options));
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

/** What is written beside definitions, where a folder for it is named. */
function companionFiles({ built }: Output, resources: readonly ResourceDeclaration[], options: GenerateOptions & { readonly cwd: string }): GeneratedFile[] {
  const definitions = built.map((one) => one.definition);
  const { validators, samples, docs, cwd, moduleLanguage: language = 'ts' } = options;
  const classesOf = ({ spec }: Definition): DeclaredClass[] =>
    resources
      .filter((one) => one.options.group === spec.group && one.kind === spec.names.kind)
      .map((one) => ({ version: one.options.version, file: one.node.getSourceFile().fileName, name: isExported(one) ? one.node.name?.text : undefined }));
  const classes = new Map(definitions.map((one) => [one.metadata.name, classesOf(one)]));
  return [
    ...(validators ? validatorModules(definitions, { folder: validators, cwd, language, classes }) : []),
    ...(samples ? sampleFiles(definitions, samples) : []),
    ...(docs ? referencePages(definitions, docs) : []),
  ];
}

function isExported({ node }: ResourceDeclaration): boolean {
  return ts.isSourceFile(node.parent) && (ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.ExportKeyword) ?? false);
}

function webhookFiles(webhooks: readonly WebhookConfiguration[], { webhooks: folder = 'config/webhook', serving, certificates }: GenerateOptions): GeneratedFile[] {
  if (folder === false || webhooks.length === 0) return [];
  return [
    { path: join(folder, 'manifests.yaml'), content: yamlFile(webhooks) },
    { path: join(folder, 'service.yaml'), content: yamlFile([webhookService(serving)]) },
    ...(certificates === 'cert-manager' ? [{ path: join(folder, 'certificate.yaml'), content: yamlFile(certificateDocuments(serving)) }] : []),
  ];
}

function withAnnotations(definition: Definition, annotations: Readonly<Record<string, string>> | undefined): Definition {
  if (!annotations || Object.keys(annotations).length === 0) return definition;
  return { ...definition, metadata: { ...definition.metadata, annotations: { ...annotations, ...definition.metadata.annotations } } };
}
