import { valuesOf, type GivenSchema } from './definition.js';

/** The place that a path such as `.spec.color` or `.spec['a.b']` leads to in a schema. */
export interface SchemaField {
  /** The first field. */
  readonly root: string;
  /** The path as messages write it: `spec.color`. */
  readonly path: string;
  readonly schema: GivenSchema | undefined;
}

/** Follows a path of fields and map keys through a schema; the text says why it leads nowhere. List indexes lead nowhere. */
export function findSchemaField(jsonPath: string, schema: GivenSchema, { allowBrackets }: { allowBrackets: boolean }): SchemaField | string {
  const tokens = tokenize(jsonPath);
  let node: GivenSchema | undefined = schema;
  let path = '';
  let root = '';

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    let name: string;
    if (token === '[') {
      if (!allowBrackets) return 'array notation is not allowed';
      const quoted = tokens[++index];
      if (quoted === undefined) return 'unexpected end of JSON path';
      if (!/^'.*'$/su.test(quoted) || quoted.length < 2) return `expected single quoted string but got ${quoted}`;
      name = quoted.slice(1, -1).replace(/\\(.)/gsu, '$1');
      const closing = tokens[++index];
      if (closing === undefined) return 'unexpected end of JSON path';
      if (closing !== ']') return `expected ] but got ${closing}`;
    } else if (token === '.') {
      const next = tokens[++index];
      if (next === undefined) return 'unexpected end of JSON path';
      name = next;
    } else {
      return `expected [ or . but got: ${token}`;
    }
    const isMap: boolean = node?.properties === undefined;
    const child: GivenSchema | undefined = isMap ? node && valuesOf(node) : Object.hasOwn(node.properties!, name) ? node.properties![name] : undefined;
    if (child === undefined) return 'does not refer to a valid field';
    if (root === '') root = name;
    path = isMap ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    node = child;
  }
  return { root, path, schema: node };
}

/** Delimiters and what stands between them; a quoted string is one token. */
function tokenize(jsonPath: string): string[] {
  return [...jsonPath.matchAll(/[.[\]]|'(?:[^'\\]|\\.)*'|[^.[\]]+/gsu)].map(([token]) => token);
}
