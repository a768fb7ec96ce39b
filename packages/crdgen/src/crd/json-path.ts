import type { JSONSchemaProps } from '@kubewright/api';

import { suggest } from '../markers/suggest.js';

/** One step of a simple JSON path. */
type Step = { readonly field: string } | { readonly index: string } | { readonly filter: string };

/** What a path leads to. `schema` is undefined where the path enters data without a schema; `isUnread` where the type there was reported already. */
export type PathTarget = { readonly schema: JSONSchemaProps | undefined; readonly isUnread?: boolean } | { readonly problem: string };

/** The metadata of an object, as far as paths may go into it. */
const METADATA: JSONSchemaProps = {
  type: 'object',
  properties: {
    annotations: { type: 'object', additionalProperties: { type: 'string' } },
    creationTimestamp: { type: 'string', format: 'date-time' },
    deletionGracePeriodSeconds: { type: 'integer' },
    deletionTimestamp: { type: 'string', format: 'date-time' },
    finalizers: { type: 'array', items: { type: 'string' } },
    generateName: { type: 'string' },
    generation: { type: 'integer' },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    name: { type: 'string' },
    namespace: { type: 'string' },
    ownerReferences: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          name: { type: 'string' },
          uid: { type: 'string' },
          controller: { type: 'boolean' },
          blockOwnerDeletion: { type: 'boolean' },
        },
      },
    },
    resourceVersion: { type: 'string' },
    selfLink: { type: 'string' },
    uid: { type: 'string' },
  },
};

/** Follows `.a.b[0].c`, `['a-b']`, `[*]` and `[?(@.type == 'Ready')]` through the schema of a whole object. */
export function resolvePath(path: string, root: JSONSchemaProps): PathTarget {
  if (!path.startsWith('.')) return { problem: `${path} must start with .` };
  const steps = parsePath(path);
  if (!steps) return { problem: `${path} is not a simple JSON path` };
  let at: JSONSchemaProps | undefined = { ...root, properties: { ...root.properties, metadata: METADATA } };
  let walked = '';
  for (const step of steps) {
    if (!at || isUnread(at)) return { schema: undefined, isUnread: at !== undefined };
    if ('field' in step) {
      const next: JSONSchemaProps | undefined = Object.hasOwn(at.properties ?? {}, step.field)
        ? at.properties?.[step.field]
        : typeof at.additionalProperties === 'object'
          ? at.additionalProperties
          : undefined;
      if (!next && !at['x-kubernetes-preserve-unknown-fields']) {
        const meant = suggest(step.field, Object.keys(at.properties ?? {}));
        return {
          problem: `${path} does not exist${meant ? `: did you mean ${walked}.${meant}${rest(path, `${walked}.${step.field}`)}?` : `: ${walked || 'the object'} has no ${step.field}`}`,
        };
      }
      at = next;
      walked += `.${step.field}`;
      continue;
    }
    if (at.type !== 'array') return { problem: `${path} does not exist: ${walked} is not a list` };
    if ('filter' in step) {
      const problem = filterProblem(step.filter, at.items);
      if (problem) return { problem: `${path}: ${problem}` };
    }
    at = at.items;
    walked += '[]';
  }
  return at && isUnread(at) ? { schema: undefined, isUnread: true } : { schema: at };
}

/** What could not be read has no keyword but perhaps a description. */
function isUnread(schema: JSONSchemaProps): boolean {
  return Object.keys(schema).every((key) => key === 'description');
}

/** Undefined when it does not parse. */
function parsePath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  let at = 0;
  while (at < path.length) {
    const text = path.slice(at);
    const field = /^\.((?:\\.|[^.[\]\\'"\s])+)/.exec(text) ?? /^\.?\['((?:\\.|[^'\\])*)'\]/.exec(text) ?? /^\.?\["((?:\\.|[^"\\])*)"\]/.exec(text);
    const index = /^\.?\[(-?\d+|\*|(?:-?\d+)?:(?:-?\d+)?)\]/.exec(text);
    if (field) steps.push({ field: (field[1] ?? '').replace(/\\(.)/g, '$1') });
    else if (index) steps.push({ index: index[1] ?? '' });
    else if (text.startsWith('[?(')) {
      const end = filterEnd(text);
      if (end === undefined) return undefined;
      steps.push({ filter: text.slice(3, end - 2) });
      at += end;
      continue;
    } else return undefined;
    at += (field ?? index)?.[0].length ?? 1;
  }
  return steps.length > 0 ? steps : undefined;
}

/** The end of `[?(…)]`, past quoted text. */
function filterEnd(text: string): number | undefined {
  const found = /^\[\?\((?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'")])*\)\]/.exec(text);
  return found?.[0].length;
}

function filterProblem(filter: string, items: JSONSchemaProps | undefined): string | undefined {
  const found = /^\s*@((?:\.[\w-]+|\['[^']*'\])+)\s*(?:(==|!=|<=?|>=?)\s*(.+?)\s*)?$/.exec(filter);
  if (!found) return `the filter ${filter} is not of the form @.field == 'value'`;
  const [first] = [...(found[1] ?? '').matchAll(/\.([\w-]+)|\['([^']*)'\]/g)];
  const name = first?.[1] ?? first?.[2] ?? '';
  if (!items?.properties || items['x-kubernetes-preserve-unknown-fields'] || Object.hasOwn(items.properties, name)) return undefined;
  const meant = suggest(name, Object.keys(items.properties));
  return `the items have no ${name}${meant ? `: did you mean ${meant}?` : ''}`;
}

function rest(path: string, walked: string): string {
  return path.startsWith(walked) ? path.slice(walked.length) : '';
}
