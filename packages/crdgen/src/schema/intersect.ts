import type { JSONSchemaProps, ValidationRule } from '@kubewright/api';

import { mergeConstraints } from '../constraints/merge.js';
import { isSameModel } from './same-model.js';
import { shapeOf } from './shape.js';
import { once } from './simple-type.js';
import { flatten, invalid, modelOf, type Member, type ModelOf, type ObjectShape, type Resolver, type TypeModel } from './type-model.js';

/** `A & B`: objects are flattened, flavours and bounds merged, unions distributed. `subject` names what is intersected, for messages. */
export function intersect(resolver: Resolver, parts: readonly TypeModel[], node: TypeModel['node'], subject?: string): TypeModel {
  const [first, ...rest] = parts;
  if (!first) return invalid(resolver, 'KW1002', node, '{} has no schema: say JSONObject for an open object');
  return rest.reduce((left, right) => intersectTwo(resolver, left, right, node, subject), first);
}

function intersectTwo(resolver: Resolver, a: TypeModel, b: TypeModel, node: TypeModel['node'], subject: string | undefined): TypeModel {
  if (a.kind === 'invalid' || b.kind === 'never') return b.kind === 'never' ? b : a;
  if (b.kind === 'invalid' || a.kind === 'never') return b.kind === 'invalid' ? b : a;
  const layers = [...a.layers, ...b.layers];
  if (a.kind === 'union' || b.kind === 'union') {
    const [left, right] = [flatten(a), flatten(b)];
    const members = left
      .flatMap((one) => right.map((other) => (areApart(one, other) ? undefined : intersectTwo(resolver, one, other, node, subject))))
      .filter((one) => one !== undefined);
    if (members.length === 0) return conflict(resolver, node, subject);
    return { ...modelOf(node, { kind: 'union', members }), layers };
  }
  if (a.kind === b.kind && a.kind !== 'object' && isSameModel(a, b)) return { ...a, node, layers };
  if (a.kind === 'literal' || a.kind === 'pattern') return areApart(a, b) ? conflict(resolver, node, subject) : { ...a, layers };
  if (b.kind === 'literal' || b.kind === 'pattern') return areApart(a, b) ? conflict(resolver, node, subject) : { ...b, layers };
  const [left, right] = [shapeOf(a), shapeOf(b)];
  if (left && right) {
    // Nothing of the parts' own documentation describes the whole.
    return modelOf(node, { kind: 'object', shape: once(() => intersectShapes(resolver, left, right, node)) });
  }
  if (a.kind === 'schema' && b.kind === 'schema') return intersectScalars(resolver, a, b, node, subject, layers);
  if (a.kind === 'array' && b.kind === 'array')
    return {
      ...modelOf(node, { kind: 'array', item: () => intersect(resolver, [a.item(), b.item()], node, subject), add: { ...a.add, ...b.add } }),
      layers,
    };
  if (a.kind === 'map' && b.kind === 'map')
    return { ...modelOf(node, { kind: 'map', value: () => intersect(resolver, [a.value(), b.value()], node, subject) }), layers };
  if ((a.kind === 'map' && right) || (b.kind === 'map' && left))
    return invalid(
      resolver,
      'KW1006',
      node,
      'named properties and an index signature are mutually exclusive in a schema',
      'put the map into a property of its own',
    );
  return conflict(resolver, node, subject);
}

function intersectScalars(
  resolver: Resolver,
  a: ModelOf<'schema'>,
  b: ModelOf<'schema'>,
  node: TypeModel['node'],
  subject: string | undefined,
  layers: TypeModel['layers'],
): TypeModel {
  const isMixed = a.schema['x-kubernetes-int-or-string'] || b.schema['x-kubernetes-int-or-string'];
  const [typeA, typeB] = [a.schema.type, b.schema.type];
  const isIntegerOfNumber = (typeA === 'integer' && typeB === 'number') || (typeA === 'number' && typeB === 'integer');
  if (typeA && typeB && typeA !== typeB && !isIntegerOfNumber && !isMixed) return conflict(resolver, node, subject);
  if (a.schema.format && b.schema.format && a.schema.format !== b.schema.format) return conflict(resolver, node, subject);
  const schema: JSONSchemaProps = { ...b.schema, ...a.schema };
  if (isMixed) delete schema.type;
  else if (isIntegerOfNumber) schema.type = 'integer';
  mergeConstraints(schema, b.schema);
  return { ...modelOf(node, { kind: 'schema', schema, isVague: Boolean(a.isVague && b.isVague) }), layers };
}

function intersectShapes(resolver: Resolver, a: ObjectShape, b: ObjectShape, node: TypeModel['node']): ObjectShape {
  const members = new Map<string, Member>(a.members);
  for (const [name, member] of b.members) {
    const other = members.get(name);
    if (!other) {
      members.set(name, member);
      continue;
    }
    const type = once(() => intersect(resolver, [other.type(), member.type()], node, `property ${name}`));
    members.set(name, {
      ...other,
      type,
      isOptional: other.isOptional && member.isOptional,
      docs: other.docs.text ? other.docs : { ...member.docs, tags: [...other.docs.tags, ...member.docs.tags] },
    });
  }
  const rules: ValidationRule[] = [...a.rules, ...b.rules];
  const index = a.index ?? b.index;
  return { members, rules, ...(index ? { index } : {}) };
}

/** Whether no value is both, so that the pair drops out of a distributed union. */
function areApart(a: TypeModel, b: TypeModel): boolean {
  const [left, right] = [basicType(a), basicType(b)];
  if (a.kind === 'literal' && b.kind === 'literal') return a.value !== b.value;
  return (
    left !== undefined &&
    right !== undefined &&
    left !== right &&
    !(left === 'integer' && right === 'number') &&
    !(left === 'number' && right === 'integer')
  );
}

function basicType(model: TypeModel): string | undefined {
  switch (model.kind) {
    case 'literal':
      return typeof model.value;
    case 'pattern':
      return 'string';
    case 'null':
    case 'undefined':
    case 'array':
      return model.kind;
    case 'map':
    case 'object':
      return 'object';
    case 'schema':
      return model.schema['x-kubernetes-int-or-string'] ? undefined : model.schema.type === 'integer' ? 'number' : model.schema.type;
    default:
      return undefined;
  }
}

function conflict(resolver: Resolver, node: TypeModel['node'], subject: string | undefined): TypeModel {
  return invalid(
    resolver,
    'KW1010',
    node,
    subject ? `${subject} has conflicting types: no value can be both` : `${node.getText()} is empty: no value can be both`,
  );
}
