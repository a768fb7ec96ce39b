import type { JSONSchemaProps } from '@kubewright/api';
import { ts } from 'ts-morph';

import { Diagnostics, type Diagnostic } from '../diagnostic.js';
import { Declarations } from '../load/declarations.js';
import { decoratorsOf } from '../load/decorators.js';
import { SourceProject } from '../load/project.js';
import { reportSyntax } from '../load/syntax.js';
import { SchemaBuilder } from './build-schema.js';
import type { SchemaContext } from './context.js';
import { Origins } from './origins.js';
import { TypeResolver } from './resolve-type.js';
import { checkRules } from './rule-checks.js';
import { checkStructural } from './structural.js';

/** What `kubewright schema` can be told. */
export interface SchemaOfOptions {
  /** Relative paths start here. @default the current folder */
  readonly cwd?: string;
  /** @default the nearest tsconfig.json */
  readonly project?: string;
  /** Lets bare `number` through as `type: number`. @default false */
  readonly allowDangerousTypes?: boolean;
  /** Gives nested ObjectMeta its five usual properties. @default false */
  readonly embeddedObjectMeta?: boolean;
}

/** The structural schema of one exported type, or undefined where it has errors. */
export interface SchemaOfResult {
  readonly file: string;
  readonly type: string;
  readonly schema: JSONSchemaProps | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The schema of one type as it would stand in a CustomResourceDefinition. Works on a file of its own, outside any package. */
export function schemaOf(file: string, typeName: string, options: SchemaOfOptions = {}): SchemaOfResult {
  const [result] = schemasOf([file], typeName, options);
  if (!result) throw new TypeError('one file has one result');
  return result;
}

/** The same for many files, in their order, which share what they import. */
export function schemasOf(files: readonly string[], typeName: string, options: SchemaOfOptions = {}): SchemaOfResult[] {
  const found = new Diagnostics();
  const project = new SourceProject({ cwd: options.cwd ?? process.cwd(), ...(options.project === undefined ? {} : { project: options.project }) }, found);
  return files.map((file) => schemaIn(project, file, typeName, options, found));
}

function schemaIn(project: SourceProject, file: string, typeName: string, options: SchemaOfOptions, common: Diagnostics): SchemaOfResult {
  const diagnostics = new Diagnostics(common);
  const context = schemaContext(project, diagnostics, options);
  const source = project.open(file);
  const done = (schema?: JSONSchemaProps): SchemaOfResult => ({
    file,
    type: typeName,
    schema: diagnostics.hasErrors ? undefined : schema,
    diagnostics: diagnostics.list(),
  });
  if (!source) {
    diagnostics.reportFile('KW1000', file, 'this file does not exist');
    return done();
  }
  if (reportSyntax(source, diagnostics)) return done();
  const found = context.declarations.resolveExport(typeName, source);
  if (
    found.kind !== 'declared' ||
    !found.nodes.some(
      (node) => ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node),
    )
  ) {
    diagnostics.reportFile(
      'KW1000',
      source.fileName,
      `there is no type ${typeName} in this file`,
      'name an interface, class, type or enum that it declares',
    );
    return done();
  }
  const [first] = found.nodes;
  const at = first && 'name' in first && first.name ? (first.name as ts.Node) : source;
  const model = new TypeResolver(context).declared(found.nodes, at, []);
  const { schema } = new SchemaBuilder(context).build(model, at);
  checkStructural(schema, { at, path: '' }, context);
  checkRules(schema, { at, isResource: found.nodes.some((node) => isResourceClass(node, context)) }, context);
  return done(schema);
}

function isResourceClass(node: ts.Node, { declarations }: SchemaContext): boolean {
  return ts.isClassDeclaration(node) && decoratorsOf(node, declarations).some((one) => one.name === 'CustomResource');
}

/** What the walk over types needs, for one run. */
export function schemaContext(
  project: SourceProject,
  diagnostics: Diagnostics,
  options: Pick<SchemaOfOptions, 'allowDangerousTypes' | 'embeddedObjectMeta'>,
): SchemaContext {
  return {
    project,
    declarations: new Declarations(project),
    diagnostics,
    origins: new Origins(),
    settings: { allowDangerousTypes: options.allowDangerousTypes ?? false, embeddedObjectMeta: options.embeddedObjectMeta ?? false },
    visited: new Set(),
  };
}
