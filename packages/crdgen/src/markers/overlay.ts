import type { JSONSchemaProps } from '@kubewright/api';

import { suggest } from './suggest.js';

/**
 * `@schema {json}`: the way out for what no type and no other tag can say. Its keywords are laid over the schema; null takes one away. The
 * result is judged like any other schema.
 */
export function overlay(schema: JSONSchemaProps, text: string, report: (code: string, message: string, hint?: string) => void): void {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return report('KW1103', 'the value of @schema is not valid JSON');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return report('KW1103', 'the value of @schema is an object of keywords');
  for (const [key, value] of Object.entries(given as Record<string, unknown>)) {
    if (!KEYWORDS.has(key)) {
      const meant = suggest(key, KEYWORDS);
      report('KW1103', `a structural schema has no keyword ${key}${meant ? `: did you mean ${meant}?` : ''}`);
    } else if (value === null) delete schema[key as keyof JSONSchemaProps];
    else Object.assign(schema, { [key]: value });
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `type format title description default example nullable enum maximum exclusiveMaximum minimum exclusiveMinimum multipleOf maxLength minLength pattern
  maxItems minItems maxProperties minProperties required items properties additionalProperties allOf anyOf oneOf not externalDocs
  x-kubernetes-preserve-unknown-fields x-kubernetes-embedded-resource x-kubernetes-int-or-string x-kubernetes-list-type x-kubernetes-list-map-keys
  x-kubernetes-map-type x-kubernetes-validations`.split(/\s+/),
);
