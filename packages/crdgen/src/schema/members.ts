import type { ValidationRule } from '@kubewright/api';
import { ts } from 'ts-morph';

import { evaluate, propertyName } from '../load/constants.js';
import type { TextPlace } from '../diagnostic.js';
import { decoratorsOf, nodeAt, type DecoratorCall } from '../load/decorators.js';
import { checkedRule, placeOfTag } from '../markers/apply.js';
import { docsOf } from '../markers/comment.js';
import { suggest } from '../markers/suggest.js';
import { offsetInLiteral } from '../markers/text-offset.js';
import { modelOfInitializer } from './constant-type.js';
import { celName, oneOfRule, type OneOfFamily } from './rules.js';
import { shapeOf } from './shape.js';
import { notData, once } from './simple-type.js';
import { invalid, type Member, type ObjectShape, type Resolver, type Scope } from './type-model.js';

/** The members of an interface (with all its declarations) or class: bases first, own ones instead of theirs; rules the other way round. */
export function shapeOfDeclaration(resolver: Resolver, declarations: readonly ts.Declaration[], scope: Scope): ObjectShape {
  const members = new Map<string, Member>();
  const inherited: ValidationRule[] = [];
  let index: ObjectShape['index'];
  let name: string | undefined;
  const own: ts.Node[] = [];
  for (const declaration of declarations) {
    if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) continue;
    name ??= declaration.name?.text;
    own.push(...declaration.members);
    for (const clause of declaration.heritageClauses ?? []) {
      if (ts.isClassDeclaration(declaration) && clause.token === ts.SyntaxKind.ImplementsKeyword) continue;
      for (const type of clause.types) {
        const model = resolver.resolve(type, scope);
        const base = shapeOf(model);
        if (!base) {
          if (model.kind === 'map') index ??= { value: model.value, node: type };
          else if (model.kind !== 'invalid')
            invalid(resolver, 'KW1009', type, `${type.getText()} is not an object type: its members can not be inherited`);
          continue;
        }
        for (const [key, member] of base.members) if (!members.has(key)) members.set(key, member);
        inherited.push(...base.rules);
        index ??= base.index;
      }
    }
  }
  const shape = readMembers(resolver, own, scope);
  for (const [key, member] of shape.members) members.set(key, member);
  index = shape.index ?? index;
  const rules = declarations.flatMap((declaration) => ownRules(resolver, declaration, members));
  return { ...(name === undefined ? {} : { name }), members, rules: [...rules, ...inherited], ...(index ? { index } : {}) };
}

/** The members of `{ … }`. */
export function shapeOfMembers(resolver: Resolver, members: readonly ts.TypeElement[], scope: Scope): ObjectShape {
  return { ...readMembers(resolver, members, scope), rules: [] };
}

function readMembers(resolver: Resolver, nodes: readonly ts.Node[], scope: Scope): Pick<ObjectShape, 'members' | 'index'> {
  const members = new Map<string, Member>();
  let index: ObjectShape['index'];
  for (const node of nodes) {
    if (ts.isIndexSignatureDeclaration(node)) {
      const key = node.parameters[0]?.type;
      if (key?.kind !== ts.SyntaxKind.StringKeyword) invalid(resolver, 'KW1006', node, `map keys must be strings, not ${key?.getText() ?? 'any'}`);
      else index = { value: () => resolver.resolve(node.type, scope), node };
    } else if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) {
      const member = readProperty(resolver, node, scope);
      if (member) members.set(member.name, member);
    } else if (ts.isConstructorDeclaration(node)) {
      for (const parameter of node.parameters) {
        const member = ts.isParameterPropertyDeclaration(parameter, node) ? readProperty(resolver, parameter, scope) : undefined;
        if (member) members.set(member.name, member);
      }
    } else if (
      (ts.isMethodSignature(node) || ts.isCallSignatureDeclaration(node) || ts.isConstructSignatureDeclaration(node)) &&
      !hasTag(node, 'ignore')
    )
      notData(resolver, node);
  }
  return { members, ...(index ? { index } : {}) };
}

function readProperty(
  resolver: Resolver,
  node: ts.PropertySignature | ts.PropertyDeclaration | ts.ParameterDeclaration,
  scope: Scope,
): Member | undefined {
  const { context } = resolver;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const has = (kind: ts.SyntaxKind) => modifiers.some((modifier) => modifier.kind === kind);
  if (has(ts.SyntaxKind.StaticKeyword) || ts.isPrivateIdentifier(node.name)) return undefined;
  const docs = docsOf(node, node.name);
  if (docs.tags.some((tag) => tag.name === 'ignore')) return undefined;
  if (has(ts.SyntaxKind.PrivateKeyword) || has(ts.SyntaxKind.ProtectedKeyword)) {
    context.diagnostics.report(
      'KW1014',
      node.name,
      `${node.name.getText()} is private: it would become part of the API`,
      'use a #private field, or mark it with @ignore',
    );
    return undefined;
  }
  const name =
    ts.isObjectBindingPattern(node.name) || ts.isArrayBindingPattern(node.name) ? undefined : propertyName(node.name, context.declarations);
  if (name === undefined) {
    context.diagnostics.report('KW1016', node.name, `the name ${node.name.getText()} is computed: a schema needs a constant text`);
    return undefined;
  }
  const initializer = ts.isPropertySignature(node) ? undefined : node.initializer;
  const type = once(() => {
    context.visited.add(node.getSourceFile().fileName);
    if (node.type) return resolver.resolve(node.type, scope);
    if (initializer) return modelOfInitializer(resolver, initializer) ?? resolver.checked(node);
    return invalid(resolver, 'KW1002', node, `${name} has no type: it would be any`, 'say JSONValue if it is open');
  });
  return {
    name,
    isOptional: node.questionToken !== undefined || initializer !== undefined,
    type,
    docs,
    node: node.name,
    ...(initializer ? { initializer } : {}),
  };
}

/** Rules that the declaration itself states: `@Rule` and `@validation` in source order, then the one-of family. */
function ownRules(resolver: Resolver, declaration: ts.Declaration, members: ReadonlyMap<string, Member>): ValidationRule[] {
  const { diagnostics, declarations } = resolver.context;
  const rules: ValidationRule[] = [];
  if (ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)) {
    const at = declaration.name ?? declaration;
    for (const tag of docsOf(declaration, at).tags) {
      if (tag.name !== 'validation') continue;
      let parsed: unknown;
      try {
        parsed = JSON.parse(tag.value);
      } catch {
        diagnostics.report('KW1103', at, 'the value of @validation is not valid JSON');
        continue;
      }
      const rule = checkedRule(parsed, (code, message) => diagnostics.report(code, at, message));
      if (rule) rules.push(tag.span ? diagnostics.place(rule, placeOfTag(tag, tag.span, at)) : rule);
    }
  }
  if (!ts.isClassDeclaration(declaration)) return rules;
  const families: Record<OneOfFamily, ValidationRule[]> = { AtMostOneOf: [], ExactlyOneOf: [], AtLeastOneOf: [] };
  for (const call of decoratorsOf(declaration, declarations)) {
    if (call.name !== 'Rule' && !Object.hasOwn(families, call.name)) continue;
    const values = call.arguments.map((argument) => evaluate(argument, declarations));
    const open = values.find((one) => 'notConstant' in one);
    if (open && 'notConstant' in open) {
      diagnostics.report('KW1401', open.notConstant, 'the arguments of a rule must be constants: the generator reads them, and never runs them');
      continue;
    }
    const args = values.map((one) => ('value' in one ? one.value : undefined));
    if (call.name === 'Rule') {
      const [rule, more] = args;
      const given = { rule, ...(typeof more === 'string' ? { message: more } : (more as object | undefined)) };
      const checked = checkedRule(given, (code, message) => diagnostics.report(code === 'KW1103' ? 'KW1401' : code, call.node, message));
      if (checked) rules.push(diagnostics.place(checked, placeOfCall(call)));
    } else {
      const names = args.filter((name) => typeof name === 'string');
      if (checkOneOf(resolver, call.node, names, members))
        families[call.name as OneOfFamily].push(diagnostics.place(oneOfRule(call.name as OneOfFamily, names), placeOfCall(call)));
    }
  }
  return [...rules, ...families.AtMostOneOf, ...families.ExactlyOneOf, ...families.AtLeastOneOf];
}

/** The place of a decorator, and of the texts in its arguments. */
function placeOfCall({ node, arguments: [rule, more] }: DecoratorCall): TextPlace {
  const source = node.getSourceFile();
  return {
    source,
    start: node.getStart(source),
    end: node.getEnd(),
    inside: (key, offset) => {
      if (key === 'rule') return offsetInLiteral(rule, offset);
      const property = more && nodeAt(more, [key]);
      return property && ts.isPropertyAssignment(property) ? offsetInLiteral(property.initializer, offset) : undefined;
    },
  };
}

function checkOneOf(resolver: Resolver, node: ts.Node, names: readonly string[], members: ReadonlyMap<string, Member>): boolean {
  const report = (message: string) => resolver.context.diagnostics.report('KW1406', node, message);
  if (names.length === 0) report('name the members that exclude each other');
  for (const name of names) {
    const member = members.get(name);
    if (name.includes('.') && !member) report(`${name}: nested paths are not possible, only own members`);
    else if (!member) {
      const meant = suggest(name, members.keys());
      report(`there is no member ${name}${meant ? `: did you mean ${meant}?` : ''}`);
    } else if (!member.isOptional && !member.docs.tags.some((tag) => tag.name === 'optional'))
      report(`${name} is required: it can not be one of several`);
    else if (celName(name) === undefined) report(`CEL has no way to write the name ${name}`);
    else continue;
    return false;
  }
  return names.length > 0;
}

function hasTag(node: ts.Node, name: string): boolean {
  return docsOf(node, node).tags.some((tag) => tag.name === name);
}
