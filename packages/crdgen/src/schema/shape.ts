import type { JSONSchemaProps } from '@kubewright/api';

import { modelOf, schemaModel, type Member, type ObjectShape, type TypeModel } from './type-model.js';

/** The members of a type if it is an object (one of the user's, or a built-in one), else undefined. */
export function shapeOf(model: TypeModel): ObjectShape | undefined {
  if (model.kind === 'object') return model.shape();
  if (model.kind === 'schema' && model.schema.properties) return shapeOfSchema(model.schema, model);
  return undefined;
}

/** An object type made of changed members; its documentation is not that of the type that it was made from. */
export function modelOfMembers(node: TypeModel['node'], members: Iterable<Member>): TypeModel {
  const map = new Map([...members].map((member) => [member.name, member]));
  return modelOf(node, { kind: 'object', shape: () => ({ members: map, rules: [] }) });
}

function shapeOfSchema(schema: JSONSchemaProps, model: TypeModel): ObjectShape {
  const members = new Map<string, Member>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isOptional = !schema.required?.includes(name);
    members.set(name, {
      name,
      isOptional,
      type: () => schemaModel(model.node, property),
      docs: { text: '', tags: [], node: model.node },
      node: model.node,
    });
  }
  return { members, rules: schema['x-kubernetes-validations'] ?? [] };
}
