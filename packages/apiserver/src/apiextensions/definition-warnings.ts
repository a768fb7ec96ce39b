import { goQuote, knownFormat, type JSONSchemaProps } from '@kubewright/api';

import { schemaOf, someSchema, type Definition, type GivenSchema } from './definition.js';

/** What a writer of a definition should know: formats that nobody checks, and rules that this server does not enforce. */
export function definitionWarnings(definition: Definition, old?: Definition): string[] {
  const known = old ? new Set([...formatWarnings(old), ...ruleWarnings(old)]) : undefined;
  return [...formatWarnings(definition), ...ruleWarnings(definition)].filter((warning) => !known?.has(warning));
}

function formatWarnings(definition: Definition): string[] {
  const found: string[] = [];
  eachNode(definition, (node) => {
    const { format, type } = node as JSONSchemaProps;
    if (format !== undefined && knownFormat(format, type === undefined ? [] : [type]) === undefined) found.push(`unrecognized format ${goQuote(format)}`);
  });
  return found;
}

function ruleWarnings(definition: Definition): string[] {
  const versions = (definition.spec.versions ?? []).filter((version) => someSchema(schemaOf(version), (node) => node['x-kubernetes-validations'] !== undefined));
  if (versions.length === 0) return [];
  const names = versions.map(({ name }) => name).join(', ');
  return [`the schema of ${names} has x-kubernetes-validations: this server keeps these rules but does not enforce them yet, so objects that break them are accepted`];
}

function eachNode(definition: Definition, visit: (node: GivenSchema) => void): void {
  for (const version of definition.spec.versions ?? []) {
    someSchema(schemaOf(version), (node) => {
      visit(node);
      return false;
    });
  }
}
