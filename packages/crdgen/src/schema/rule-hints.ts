import type { CompileError, SchemaType } from '@kubewright/cel';

import { suggest } from '../markers/suggest.js';

/** What the author of a rule probably meant: fields that are misspelled, and fields of `self` without `self`. */
export function meantInRule(expression: string, { message, line, column }: CompileError, type: SchemaType): string | undefined {
  const field = /^undefined field '(.*)'$/.exec(message)?.[1];
  if (field !== undefined) {
    const before = [...(expression.split('\n')[line - 1] ?? '')].slice(0, column).join('');
    const near = fieldsOf(operandType(before, type));
    return suggest(field, near) ?? suggest(field, everyField(type));
  }
  const name = /^undeclared reference to '([^']*)'/.exec(message)?.[1];
  if (name === undefined) return undefined;
  if (type.fields?.has(name)) return `self.${name}`;
  return suggest(name, ['self', 'oldSelf', 'has', 'size', 'matches', 'startsWith', 'endsWith', 'contains', 'all', 'exists', 'exists_one', 'filter', 'map', 'quantity', 'isQuantity', 'url', 'isURL', 'ip', 'isIP', 'cidr', 'isCIDR', 'duration', 'timestamp', 'string', 'int', 'double', 'lowerAscii', 'upperAscii', 'replace', 'split', 'join', 'trim', 'substring', 'find', 'findAll']);
}

/** The type of the chain of fields that stands in front of a dot: `self.spec.ports[0].`. */
function operandType(before: string, type: SchemaType): SchemaType | undefined {
  const chain = /(?:self|oldSelf)((?:\.\w+|\[[^\]]*\])*)\.?$/.exec(before)?.[1];
  if (chain === undefined) return undefined;
  let at: SchemaType | undefined = type;
  for (const [step] of chain.matchAll(/\.\w+|\[[^\]]*\]/g)) at = step.startsWith('.') ? at?.fields?.get(step.slice(1))?.value : at?.item;
  return at;
}

function fieldsOf(type: SchemaType | undefined): string[] {
  return [...(type?.fields?.keys() ?? [])];
}

function everyField(type: SchemaType): string[] {
  return [...fieldsOf(type), ...(type.item ? everyField(type.item) : []), ...[...(type.fields?.values() ?? [])].flatMap((one) => everyField(one.value))];
}
