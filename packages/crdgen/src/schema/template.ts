import { ts } from 'ts-morph';

import { flatten, invalid, modelOf, type Resolver, type Scope, type TypeModel } from './type-model.js';

/** What the holes of a template literal type match, by the TypeScript type in them. */
const HOLES: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.StringKeyword]: '.*',
  [ts.SyntaxKind.NumberKeyword]: '-?[0-9]+(\\.[0-9]+)?',
  [ts.SyntaxKind.BigIntKeyword]: '-?[0-9]+',
  [ts.SyntaxKind.BooleanKeyword]: '(true|false)',
};

/** A template literal type: the literals it names when all its holes are literals, else a pattern (without anchors, which a schema adds). */
export function templatePattern(resolver: Resolver, node: ts.TemplateLiteralTypeNode, scope: Scope): TypeModel {
  let literals: string[] | undefined = [node.head.text];
  let pattern = escapeRegExp(node.head.text);
  for (const span of node.templateSpans) {
    const keyword = HOLES[span.type.kind];
    if (keyword !== undefined) {
      literals = undefined;
      pattern += keyword;
    } else {
      const parts = flatten(resolver.resolve(span.type, scope));
      const texts = parts.map((part) => (part.kind === 'literal' ? String(part.value) : undefined));
      const holes = parts.map((part) => holePattern(part));
      if (holes.includes(undefined))
        return invalid(resolver, 'KW1009', span.type, `${span.type.getText()} in a template literal has no pattern`, 'use string and @pattern');
      literals =
        literals && texts.every((text) => text !== undefined) ? literals.flatMap((start) => texts.map((text) => `${start}${text}`)) : undefined;
      pattern += holes.length === 1 ? holes[0] : `(${holes.join('|')})`;
    }
    pattern += escapeRegExp(span.literal.text);
    literals = literals?.map((start) => start + span.literal.text);
  }
  if (!literals) return modelOf(node, { kind: 'pattern', pattern });
  const members = literals.map((value) => modelOf(node, { kind: 'literal', value }));
  return members.length === 1 && members[0] ? members[0] : modelOf(node, { kind: 'union', members });
}

/** Text that an RE2 pattern matches literally. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

function holePattern(part: TypeModel): string | undefined {
  if (part.kind === 'literal') return escapeRegExp(String(part.value));
  if (part.kind === 'pattern') return part.pattern;
  if (part.kind !== 'schema') return undefined;
  if (part.schema.pattern !== undefined) return `(${part.schema.pattern.replace(/^\^|\$$/g, '')})`;
  if (part.schema.type === 'string') return '.*';
  if (part.schema.type === 'integer') return '-?[0-9]+';
  return part.schema.type === 'boolean' ? '(true|false)' : undefined;
}
