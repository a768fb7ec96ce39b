import { goQuote, knownFormat, type JSONSchemaProps } from '@kubewright/api';

import { schemaOf, someSchema, type Definition, type GivenSchema } from './definition.js';

/** What a writer of a definition should know: formats that nobody checks. */
export function definitionWarnings(definition: Definition, old?: Definition): string[] {
  const known = old ? new Set(formatWarnings(old)) : undefined;
  return formatWarnings(definition).filter((warning) => !known?.has(warning));
}

function formatWarnings(definition: Definition): string[] {
  const found: string[] = [];
  eachNode(definition, (node) => {
    const { format, type } = node as JSONSchemaProps;
    if (format !== undefined && knownFormat(format, type === undefined ? [] : [type]) === undefined) found.push(`unrecognized format ${goQuote(format)}`);
  });
  return found;
}

function eachNode(definition: Definition, visit: (node: GivenSchema) => void): void {
  for (const version of definition.spec.versions ?? []) {
    someSchema(schemaOf(version), (node) => {
      visit(node);
      return false;
    });
  }
}
