import { shapeOf } from './shape.js';
import { flatten, type TypeModel } from './type-model.js';

/** Whether every value of `a` is a `b`, where models tell; undefined where only the type checker could say. */
export function isAssignable(a: TypeModel, b: TypeModel): boolean | undefined {
  const [members, targets] = [flatten(a), flatten(b)];
  if (members.length > 1) return every(members.map((member) => isAssignable(member, b)));
  if (targets.length > 1) return some(targets.map((target) => isAssignable(a, target)));
  if (a.kind === 'never') return true;
  if (a.kind === 'invalid' || b.kind === 'invalid') return undefined;
  if (a.kind === 'null' || a.kind === 'undefined' || b.kind === 'null' || b.kind === 'undefined' || b.kind === 'never') return a.kind === b.kind;
  if (b.kind === 'literal') return a.kind === 'literal' && a.value === b.value;
  if (a.kind === 'literal' || a.kind === 'pattern') {
    const type = a.kind === 'pattern' ? 'string' : typeof a.value;
    if (b.kind === 'pattern')
      return a.kind === 'literal' ? type === 'string' && new RegExp(`^${b.pattern}$`).test(String(a.value)) : a.pattern === b.pattern;
    return b.kind === 'schema' ? jsonType(b) === type || b.schema['x-kubernetes-int-or-string'] === true : false;
  }
  if (b.kind === 'pattern') return false;
  if (a.kind === 'array' || b.kind === 'array') return a.kind === 'array' && b.kind === 'array' ? isAssignable(a.item(), b.item()) : false;
  const [left, right] = [shapeOf(a), shapeOf(b)];
  if (left && right)
    return every(
      [...right.members.values()].map((member) => {
        const own = left.members.get(member.name);
        if (!own) return member.isOptional;
        return own.isOptional && !member.isOptional ? false : isAssignable(own.type(), member.type());
      }),
    );
  if (b.kind === 'map')
    return a.kind === 'map'
      ? isAssignable(a.value(), b.value())
      : left
        ? every([...left.members.values()].map((member) => isAssignable(member.type(), b.value())))
        : false;
  if (a.kind === 'schema' && b.kind === 'schema') return jsonType(a) === jsonType(b);
  return false;
}

/** Flavours are their base types to TypeScript: Int32 is assignable to Int64 and to number. */
function jsonType(model: TypeModel): string | undefined {
  if (model.kind !== 'schema') return undefined;
  return model.schema['x-kubernetes-int-or-string'] ? 'int-or-string' : model.schema.type === 'integer' ? 'number' : model.schema.type;
}

function every(answers: readonly (boolean | undefined)[]): boolean | undefined {
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

function some(answers: readonly (boolean | undefined)[]): boolean | undefined {
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}
