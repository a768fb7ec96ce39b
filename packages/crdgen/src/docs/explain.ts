import type { JSONSchemaProps } from '@kubewright/api';

import type { Definition } from '../crd/definition.js';
import { suggest } from '../markers/suggest.js';
import { demands, fieldsOf, typeLabel } from './field-text.js';

export interface ExplainOptions {
  /** @default the stored version */
  readonly version?: string;
  /** All fields below, names and types only. @default false */
  readonly isRecursive?: boolean;
}

/** An answer, or why there is none and what to try. */
export type Explanation = { readonly text: string } | { readonly problem: string; readonly hint: string };

/**
 * What a field is, as `kubectl explain` would tell it, from definitions alone.
 *
 * @param path `widgets.spec.ports.name`; the kind by plural, singular, kind or short name, lists and maps without brackets
 */
export function explain(definitions: readonly Definition[], path: string, options: ExplainOptions = {}): Explanation {
  const [name = '', ...steps] = path.replaceAll(/\[[^\]]*\]/g, '').split('.').filter(Boolean);
  const found = findDefinition(definitions, name, path);
  if (!found) {
    const known = definitions.flatMap((one) => namesOf(one));
    const meant = suggest(name, known);
    return { problem: `there is no kind ${name}${meant ? `: did you mean ${meant}?` : ''}`, hint: `known kinds: ${definitions.map((one) => one.spec.names.plural).join(', ') || 'none'}` };
  }
  const { definition, skip } = found;
  const { versions } = definition.spec;
  const version = options.version === undefined ? (versions.find((one) => one.storage) ?? versions[0]) : versions.find((one) => one.name === options.version);
  if (!version) return { problem: `${definition.spec.names.kind} has no version ${options.version}`, hint: `its versions are ${versions.map((one) => one.name).join(', ')}` };
  let at: JSONSchemaProps = version.schema.openAPIV3Schema;
  let isRequired = false;
  const walked: string[] = [];
  for (const step of steps.slice(skip)) {
    const fields: JSONSchemaProps | undefined = fieldsOf(at);
    const next: JSONSchemaProps | undefined = Object.hasOwn(fields?.properties ?? {}, step) ? fields?.properties?.[step] : undefined;
    if (!next) {
      const known = Object.keys(fields?.properties ?? {});
      const meant = suggest(step, known);
      const parent = [definition.spec.names.plural, ...walked].join('.');
      return {
        problem: `${parent} has no field ${step}${meant ? `: did you mean ${[parent, meant].join('.')}?` : ''}`,
        hint: known.length > 0 ? `its fields are ${known.join(', ')}` : `${parent} is ${typeLabel(at)}, and has no named fields`,
      };
    }
    isRequired = fields?.required?.includes(step) ?? false;
    at = next;
    walked.push(step);
  }
  return { text: render(definition, version.name, walked, at, isRequired, options.isRecursive ?? false) };
}

/** A kind by one of its names, or by plural and group: `widgets.demo.example.com.spec`. */
function findDefinition(definitions: readonly Definition[], name: string, path: string): { definition: Definition; skip: number } | undefined {
  const full = definitions.find((one) => path === one.metadata.name || path.startsWith(`${one.metadata.name}.`));
  if (full) return { definition: full, skip: full.spec.group.split('.').length };
  const definition = definitions.find((one) => namesOf(one).includes(name.toLowerCase()));
  return definition && { definition, skip: 0 };
}

function namesOf({ spec: { names } }: Definition): string[] {
  return [names.plural, names.singular, names.kind.toLowerCase(), ...(names.shortNames ?? [])];
}

function render(definition: Definition, version: string, path: readonly string[], schema: JSONSchemaProps, isRequired: boolean, isRecursive: boolean): string {
  const { group, names } = definition.spec;
  const lines = [`GROUP:      ${group}`, `KIND:       ${names.kind}`, `VERSION:    ${version}`, ''];
  if (path.length > 0) lines.push(`FIELD: ${path.at(-1)} <${typeLabel(schema)}>${isRequired ? ' -required-' : ''}`, '');
  const limits = demands(schema);
  if (limits.length > 0) lines.push('VALUES:', ...limits.map((one) => `  ${one}`), '');
  lines.push('DESCRIPTION:', ...indent(schema.description ?? '<empty>', '    '));
  const fields = fieldsOf(schema);
  if (fields?.properties) lines.push('', 'FIELDS:', ...fieldLines(fields, isRecursive, '  '));
  return lines.join('\n');
}

function fieldLines(schema: JSONSchemaProps, isRecursive: boolean, lead: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const head = `${lead}${name}\t<${typeLabel(field)}>${schema.required?.includes(name) ? ' -required-' : ''}`;
    const inner = fieldsOf(field);
    if (isRecursive) return [head, ...(inner ? fieldLines(inner, true, `${lead}  `) : [])];
    return [head, ...indent([field.description, ...demands(field).map((one) => `(${one})`)].filter(Boolean).join('\n') || '<no description>', `${lead}  `), ''];
  });
}

function indent(text: string, lead: string): string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `${lead}${line}`));
}
