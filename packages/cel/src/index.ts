/** @module @kubewright/cel: the Common Expression Language as Kubernetes uses it. */
export type { Environment, Overload, StructType } from './check/environment.js';
export { overload } from './check/environment.js';
export { schemaType, type SchemaType } from './check/schema-type.js';
export { parseType } from './check/signature.js';
export { DYN, formatType, objectOf, typeName, type Field, type Type } from './check/type.js';
export type { Range as CostRange } from './cost/estimate.js';
export { CALL_BUDGET, Program, compile, explain, type CompileResult, type Variables } from './evaluate/program.js';
export { fromSchema } from './evaluate/schema-value.js';
export { authorizerValue, resourceCheckValue, type AuthorizationDecision, type AuthorizationQuestion, type Authorizer } from './library/authorizer.js';
export { BASE_ENVIRONMENT, EXTENDED_ENVIRONMENT, environmentFor, ruleEnvironment, withVariables } from './library/kubernetes.js';
export { MUTATION_ENVIRONMENT, StructValue, misplacedTypes } from './library/mutations.js';
export { formatErrors, type CompileError } from './parse/source.js';
export { RULE_COST_LIMIT, SCHEMA_COST_LIMIT, checkRules, type CheckRulesOptions } from './rules/check-rules.js';
export { OBJECT_BUDGET, evaluateRules, type RuleOptions } from './rules/evaluate-rules.js';
export { CelBudgetError, CelEvaluationError } from './value/evaluation-error.js';
export { toJson } from './value/to-json.js';
export { JsonList, JsonMap, fromJson } from './value/json-value.js';
export { Duration, EntryMap, ListValue, MapValue, OpaqueValue, OptionalValue, Timestamp, TypeValue, Uint, type Value } from './value/value.js';
