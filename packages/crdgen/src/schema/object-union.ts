import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';
import type { ts } from 'ts-morph';

import type { SchemaContext } from './context.js';
import { celLiteral, celName, oneOfRule } from './rules.js';
import { shapeOf } from './shape.js';
import { flatten, type Built, type Member, type ModelOf, type ObjectShape, type TypeModel } from './type-model.js';

interface Host {
  readonly context: SchemaContext;
  buildMember(member: Member): Built;
}

type Scalar = string | number | boolean;

interface Variant {
  readonly model: TypeModel;
  readonly name: string;
  readonly shape: ObjectShape;
  readonly members: readonly Member[];
}

/**
 * A union of object types. Structural schemas forbid types inside `oneOf`, and its errors name every branch; so the members are merged into one
 * object, and CEL rules say which of them go together. Undefined after a report.
 */
export function buildObjectUnion(host: Host, model: ModelOf<'union'>, parts: readonly TypeModel[], at: ts.Node): JSONSchemaProps | undefined {
  const variants = parts.map((part): Variant => {
    const shape = shapeOf(part) ?? { members: new Map(), rules: [] };
    return {
      model: part,
      name: part.names.at(-1)?.name ?? part.node.getText().replace(/\s+/g, ' '),
      shape,
      members: [...shape.members.values()].filter((member) => !isForbidden(member)),
    };
  });
  const wanted = model.layers.flatMap((layer) => layer.tags).find((tag) => tag.name === 'union')?.value;
  const discriminator = findDiscriminator(variants, wanted);
  if (!discriminator && !isExternallyTagged(variants)) {
    const names = variants.map((one) => one.name).join(' and ');
    const hint = "give each a property of its own literal type (kind: 'git'), or wrap each in one property ({ git: Git } | { oci: Oci })";
    host.context.diagnostics.report('KW1009', model.node, `${names} have no discriminator: nothing in the data tells which of them a value is`, hint);
    return undefined;
  }
  const properties: Record<string, JSONSchemaProps> = {};
  const required = new Set<string>();
  const rules: ValidationRule[] = [];
  const built = new Map<string, Map<Variant, Built>>();
  for (const variant of variants) {
    for (const member of variant.members) {
      const known = built.get(member.name) ?? new Map<Variant, Built>();
      known.set(variant, host.buildMember(member));
      built.set(member.name, known);
    }
  }
  for (const [name, byVariant] of built) {
    const [first] = byVariant;
    if (!first) continue;
    const merged = name === discriminator?.name ? discriminatorSchema(first[1].schema, discriminator) : sameSchema(host, model, name, byVariant);
    if (!merged) return undefined;
    host.context.origins.set(merged, at);
    properties[name] = merged;
  }
  if (discriminator) {
    required.add(discriminator.name);
    for (const [name, byVariant] of built)
      if (name !== discriminator.name) rules.push(...presenceRules(name, byVariant, variants, discriminator, required));
  } else rules.push(oneOfRule('ExactlyOneOf', [...built.keys()]));
  rules.push(...variants.flatMap((variant) => variant.shape.rules.map((rule) => guarded(rule, variant, discriminator))));
  return {
    type: 'object',
    properties,
    ...(required.size > 0 ? { required: [...required].sort() } : {}),
    ...(rules.length > 0 ? { 'x-kubernetes-validations': rules } : {}),
  };
}

interface Discriminator {
  readonly name: string;
  readonly values: ReadonlyMap<Variant, readonly Scalar[]>;
}

/** A required property of literal type in every variant, with no value in two of them. */
function findDiscriminator(variants: readonly Variant[], wanted: string | undefined): Discriminator | undefined {
  for (const { name } of variants[0]?.members ?? []) {
    if (wanted && name !== wanted) continue;
    const values = new Map<Variant, Scalar[]>();
    for (const variant of variants) {
      const member = variant.shape.members.get(name);
      const parts = member && !member.isOptional ? flatten(member.type()) : [];
      if (parts.length > 0 && parts.every((part) => part.kind === 'literal'))
        values.set(
          variant,
          parts.map((part) => (part).value),
        );
    }
    const all = [...values.values()].flat();
    if (values.size === variants.length && new Set(all).size === all.length && new Set(all.map((value) => typeof value)).size === 1)
      return { name, values };
  }
  return undefined;
}

function isExternallyTagged(variants: readonly Variant[]): boolean {
  const names = variants.map((variant) => (variant.members.length === 1 && !variant.members[0]?.isOptional ? variant.members[0]?.name : undefined));
  return !names.includes(undefined) && new Set(names).size === names.length;
}

function discriminatorSchema(first: JSONSchemaProps, discriminator: Discriminator): JSONSchemaProps {
  const values = [...discriminator.values.values()].flat();
  return { ...first, enum: values };
}

/** A property that several variants have must mean one thing; texts may differ, the first is kept. */
function sameSchema(host: Host, model: TypeModel, name: string, byVariant: ReadonlyMap<Variant, Built>): JSONSchemaProps | undefined {
  const [first, ...rest] = byVariant;
  if (!first) return undefined;
  const text = JSON.stringify(withoutDescription(first[1].schema));
  const other = rest.find(([, built]) => JSON.stringify(withoutDescription(built.schema)) !== text);
  if (!other) return first[1].schema;
  const hint = `give ${name} one type in all of them, or different names`;
  host.context.diagnostics.report(
    'KW1009',
    model.node,
    `${first[0].name} and ${other[0].name} both have a property ${name}, of different types`,
    hint,
  );
  return undefined;
}

function withoutDescription(schema: JSONSchemaProps): JSONSchemaProps {
  const { description: _description, ...rest } = schema;
  return rest;
}

function presenceRules(
  name: string,
  byVariant: ReadonlyMap<Variant, Built>,
  variants: readonly Variant[],
  discriminator: Discriminator,
  required: Set<string>,
): ValidationRule[] {
  const having = variants.filter((one) => byVariant.has(one));
  const needing = having.filter((one) => !byVariant.get(one)?.isOptional);
  const field = `self.${celName(name) ?? name}`;
  const when = (of: readonly Variant[]) => condition(of, discriminator);
  const words = (of: readonly Variant[]) => wording(of, discriminator);
  if (needing.length === variants.length) {
    required.add(name);
    return [];
  }
  if (needing.length === having.length)
    return [
      { rule: `${when(having)} ? has(${field}) : !has(${field})`, message: `${name} is required when ${words(having)}, and forbidden otherwise` },
    ];
  const rules: ValidationRule[] = [];
  if (needing.length > 0) rules.push({ rule: `!(${when(needing)}) || has(${field})`, message: `${name} is required when ${words(needing)}` });
  if (having.length < variants.length)
    rules.push({ rule: `!has(${field}) || ${when(having)}`, message: `${name} is forbidden unless ${words(having)}` });
  return rules;
}

/** A rule of one variant holds for values of that variant only. */
function guarded(rule: ValidationRule, variant: Variant, discriminator: Discriminator | undefined): ValidationRule {
  return discriminator ? { ...rule, rule: `!(${condition([variant], discriminator)}) || (${rule.rule})` } : rule;
}

function condition(of: readonly Variant[], { name, values }: Discriminator): string {
  const literals = of.flatMap((variant) => values.get(variant) ?? []).map(celLiteral);
  const field = `self.${celName(name) ?? name}`;
  return literals.length === 1 ? `${field} == ${literals[0]}` : `${field} in [${literals.join(', ')}]`;
}

function wording(of: readonly Variant[], { name, values }: Discriminator): string {
  const literals = of.flatMap((variant) => values.get(variant) ?? []).map(String);
  return literals.length === 1 ? `${name} is ${literals[0]}` : `${name} is one of [${literals.join(' ')}]`;
}

function isForbidden(member: Member): boolean {
  return member.isOptional && flatten(member.type()).every((part) => part.kind === 'never' || part.kind === 'undefined');
}
