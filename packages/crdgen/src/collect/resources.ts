/**
 * @module collect: what a project declares: the classes that are custom resources, with their options. Only syntax is read; nothing of the
 * user's code runs. The rules beside controllers are read in rbac/, the schemas of the classes come next, in schema/.
 */
import type { CustomResourceOptions } from '@kubewright/api';
import { ts } from 'ts-morph';

import type { Diagnostics } from '../diagnostic.js';
import { evaluate } from '../load/constants.js';
import type { Declarations } from '../load/declarations.js';
import { decoratorsOf, nodeAt } from '../load/decorators.js';
import { suggest } from '../markers/suggest.js';

/** One version of one kind: a decorated class. */
export interface ResourceDeclaration {
  readonly node: ts.ClassDeclaration;
  readonly kind: string;
  readonly options: CustomResourceOptions;
  /** The source of an option, for findings about it. */
  at(...path: (string | number)[]): ts.Node;
}

/** The classes with `@CustomResource` in some files, in the order of the files. */
export function collectResources(files: readonly ts.SourceFile[], declarations: Declarations, diagnostics: Diagnostics): ResourceDeclaration[] {
  return files.flatMap((file) => classesOf(file).flatMap((node) => readResource(node, declarations, diagnostics) ?? []));
}

/** The resource that a class is, if it is one. */
export function readResource(node: ts.ClassDeclaration, declarations: Declarations, diagnostics?: Diagnostics): ResourceDeclaration | undefined {
  const call = decoratorsOf(node, declarations).find((one) => one.name === 'CustomResource');
  if (!call) return undefined;
  const report = (code: string, at: ts.Node, message: string, hint?: string) => diagnostics?.report(code, at, message, hint);
  const [argument] = call.arguments;
  if (!argument)
    return void report('KW1501', call.node, '@CustomResource needs its options', "@CustomResource({ group: 'demo.example.com', version: 'v1' })");
  const found = evaluate(argument, declarations);
  if (!('value' in found))
    return void report(
      'KW1201',
      found.notConstant,
      'the options of @CustomResource must be constants: the generator reads them, and never runs them',
    );
  const at = (...path: (string | number)[]) => nodeAt(argument, path);
  const options = found.value as Record<string, unknown>;
  const isWrong = checkShape(options, OPTIONS, [], (path, message) => report('KW1501', at(...path), message));
  const kind = typeof options.kind === 'string' ? options.kind : (node.name?.text ?? '');
  if (!kind) return void report('KW1501', call.node, 'an anonymous class needs a kind');
  for (const name of ['group', 'version']) if (typeof options[name] !== 'string') report('KW1501', call.node, `@CustomResource needs a ${name}`);
  if (isWrong || typeof options.group !== 'string' || typeof options.version !== 'string') return undefined;
  return { node, kind, options: options as unknown as ResourceDeclaration['options'], at };
}

/** All classes of a file that stand at its top or in its namespaces. */
export function classesOf(file: ts.Node): ts.ClassDeclaration[] {
  const out: ts.ClassDeclaration[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node)) out.push(node);
    else if (ts.isSourceFile(node) || ts.isModuleDeclaration(node) || ts.isModuleBlock(node)) ts.forEachChild(node, visit);
  };
  visit(file);
  return out;
}

/** The shape of an option: a type name, a list of one shape, a map of texts, or the members of an object. */
export type Shape = 'string' | 'boolean' | 'number' | 'boolean-or-string' | 'map' | readonly [Shape] | { readonly [key: string]: Shape };

const OPTIONS: Shape = {
  group: 'string',
  version: 'string',
  kind: 'string',
  plural: 'string',
  singular: 'string',
  listKind: 'string',
  scope: 'string',
  shortNames: ['string'],
  categories: ['string'],
  status: 'boolean',
  scale: { specReplicasPath: 'string', statusReplicasPath: 'string', labelSelectorPath: 'string' },
  printColumns: [{ name: 'string', path: 'string', type: 'string', format: 'string', description: 'string', priority: 'number' }],
  selectableFields: ['string'],
  storage: 'boolean',
  served: 'boolean',
  deprecated: 'boolean-or-string',
  deprecationWarning: 'string',
  labels: 'map',
  annotations: 'map',
  conversion: {
    service: { name: 'string', namespace: 'string', path: 'string', port: 'number' },
    url: 'string',
    caBundle: 'string',
    reviewVersions: ['string'],
  },
};

/** Whether a value has another shape than the options of the decorator: files are read without a type check. */
export function checkShape(value: unknown, shape: Shape, path: (string | number)[], report: (path: (string | number)[], message: string) => void): boolean {
  const name = path.join('.') || 'the argument';
  const wrong = (wanted: string) => {
    report(path, `${name} must be ${wanted}`);
    return true;
  };
  if (typeof shape === 'string') {
    if (shape === 'map') return isPlain(value) && Object.values(value).every((one) => typeof one === 'string') ? false : wrong('a map of texts');
    return shape.split('-or-').includes(typeof value) ? false : wrong(`a ${shape.replaceAll('-', ' ')}`);
  }
  if (isListShape(shape))
    return Array.isArray(value) ? value.map((item, index) => checkShape(item, shape[0], [...path, index], report)).includes(true) : wrong('a list');
  if (!isPlain(value)) return wrong('an object');
  let isWrong = false;
  for (const [key, child] of Object.entries(value)) {
    const inner = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (inner !== undefined) isWrong = checkShape(child, inner, [...path, key], report) || isWrong;
    else {
      const meant = suggest(key, Object.keys(shape));
      report([...path, key], `there is no option ${[...path, key].join('.')}${meant ? `: did you mean ${meant}?` : ''}`);
      isWrong = true;
    }
  }
  return isWrong;
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
