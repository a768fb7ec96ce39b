import type { JSONSchemaProps } from '@kubewright/api';

import { functionTable, type Environment, type Overload } from '../check/environment.js';
import { schemaType, type SchemaType } from '../check/schema-type.js';
import { optionalOf, type Type } from '../check/type.js';
import { BINDING_MACROS, LIST_MACROS, OPTIONAL_MACROS, TWO_VARIABLE_MACROS } from '../parse/extension-macros.js';
import { Macros, STANDARD_MACROS } from '../parse/macro.js';
import { AUTHORIZER } from './authorizer.js';
import { CONVERSIONS } from './conversions.js';
import { CORE, OPTIONALS } from './core.js';
import { FORMAT } from './formats.js';
import { LISTS, SETS } from './lists.js';
import { MATH } from './math.js';
import { NETWORK } from './network.js';
import { QUANTITIES } from './quantities.js';
import { SEMVER } from './semver.js';
import { JSON_PATCH, REGEX, STRINGS } from './strings.js';
import { TIMES } from './times.js';
import { URLS } from './urls.js';

const KUBERNETES: readonly (readonly Overload[])[] = [
  CORE, OPTIONALS, CONVERSIONS, TIMES, URLS, REGEX, LISTS, AUTHORIZER, QUANTITIES, STRINGS, SETS, NETWORK, FORMAT, SEMVER,
];

/** What every expression in Kubernetes 1.36 may use, without variables. */
export const BASE_ENVIRONMENT: Environment = {
  variables: new Map(),
  functions: functionTable(...KUBERNETES),
  macros: new Macros(STANDARD_MACROS, OPTIONAL_MACROS, TWO_VARIABLE_MACROS, LIST_MACROS),
  types: new Map(),
};

/** For expressions of one's own: with `cel.bind` and the math functions, which Kubernetes does not have. */
export const EXTENDED_ENVIRONMENT: Environment = {
  ...BASE_ENVIRONMENT,
  functions: functionTable(...KUBERNETES, JSON_PATCH, MATH),
  macros: new Macros(STANDARD_MACROS, OPTIONAL_MACROS, TWO_VARIABLE_MACROS, LIST_MACROS, BINDING_MACROS),
};

/** An environment with further variables. */
export function withVariables(environment: Environment, variables: Readonly<Record<string, Type>>): Environment {
  return { ...environment, variables: new Map([...environment.variables, ...Object.entries(variables)]) };
}

/** The environment of rules on values of a schema: `self`, and `oldSelf` unless it is switched off. */
export function ruleEnvironment(schema: SchemaType, options: { readonly oldSelf?: boolean; readonly optionalOldSelf?: boolean } = {}): Environment {
  const { oldSelf = true, optionalOldSelf = false } = options;
  const variables = { self: schema.type, ...(oldSelf ? { oldSelf: optionalOldSelf ? optionalOf(schema.type) : schema.type } : {}) };
  return { ...withVariables(BASE_ENVIRONMENT, variables), schema };
}

/** The environment of rules on a whole object of a schema, with further variables if there are any; undefined where expressions can not see its values. */
export function environmentFor(
  schema: JSONSchemaProps, options: { readonly oldSelf?: boolean; readonly isResource?: boolean; readonly variables?: Readonly<Record<string, Type>> } = {},
): Environment | undefined {
  const type = schemaType(schema, options.isResource ?? true);
  return type && withVariables(ruleEnvironment(type, { oldSelf: options.oldSelf ?? true }), options.variables ?? {});
}
