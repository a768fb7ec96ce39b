import { flatten, type TypeModel } from './type-model.js';

/** Whether two types are one, as far as their models tell without reading members: objects are the same when they are one declaration. */
export function isSameModel(a: TypeModel, b: TypeModel): boolean {
  return fingerprint(a) === fingerprint(b);
}

/** A text that differs where types differ. Used to compare types and to tell the instances of a generic declaration apart. */
export function fingerprint(model: TypeModel, depth = 0): string {
  if (depth > 6) return '…';
  switch (model.kind) {
    case 'schema':
      return JSON.stringify(model.schema);
    case 'literal':
      return `literal ${JSON.stringify(model.value)}`;
    case 'pattern':
      return `pattern ${model.pattern}`;
    case 'array':
      return `array ${JSON.stringify(model.add)} ${fingerprint(model.item(), depth + 1)}`;
    case 'map':
      return `map ${fingerprint(model.value(), depth + 1)}`;
    case 'union':
      return `union ${flatten(model)
        .map((one) => fingerprint(one, depth + 1))
        .join('|')}`;
    case 'object':
      return `object ${model.names.map((one) => one.key).join(' ') || `${model.node.getSourceFile()?.fileName}:${model.node.pos} ${model.node.getText()}`}`;
    default:
      return model.kind;
  }
}
