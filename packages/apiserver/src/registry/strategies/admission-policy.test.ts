import { describe, expect, it } from 'vitest';

import type { Fields, KindRules } from '../builtin-strategy.js';
import { admissionPolicyBindingRules } from './admission-policy-binding.js';
import { admissionPolicyRules } from './admission-policy.js';

const RULES = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }] };

function problems(rules: KindRules, spec: object): string[] {
  const object = { metadata: { name: 'p' }, spec: structuredClone(spec) } as unknown as Fields;
  rules.defaults!(object);
  return rules.validate!(object).map(({ field, message }) => `${field}: ${message}`);
}

describe('ValidatingAdmissionPolicy', () => {
  const valid = (spec: object): string[] => problems(admissionPolicyRules(false), { matchConstraints: RULES, validations: [{ expression: 'true' }], ...spec });

  it.each<[string, object, string[]]>([
    ['everything that there is', {
      paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' }, variables: [{ name: 'n', expression: 'params.n' }, { name: 'm', expression: 'variables.n + 1' }],
      matchConditions: [{ name: 'a', expression: 'has(params.x)' }], auditAnnotations: [{ key: 'k', valueExpression: 'variables.m > 1 ? "x" : ""' }],
      validations: [{ expression: 'variables.m == 1 && authorizer.requestResource.check("get").allowed()', messageExpression: 'string(variables.n)' }],
    }, []],
    ['message expressions that ask the authorizer', { validations: [{ expression: 'true', messageExpression: 'authorizer.path("/x").check("get").reason()' }] }, [
      'spec.validations[0].messageExpression: Invalid value: "authorizer.path(\\"/x\\").check(\\"get\\").reason()": compilation failed: ERROR: <input>:1:1: undeclared reference to \'authorizer\' (in container \'\')\n | authorizer.path("/x").check("get").reason()\n | ^',
    ]],
    ['types of fields of requests', { validations: [{ expression: 'request.operation == 1' }] }, [
      "spec.validations[0].expression: Invalid value: \"request.operation == 1\": compilation failed: ERROR: <input>:1:19: found no matching overload for '_==_' applied to '(string, int)'\n | request.operation == 1\n | ..................^",
    ]],
    ['the same key twice', { auditAnnotations: [{ key: 'k', valueExpression: '"x"' }, { key: 'k', valueExpression: '"x"' }] }, ['spec.auditAnnotations[1].key: Duplicate value: "k"']],
    ['names of resources', { matchConstraints: { resourceRules: [{ ...RULES.resourceRules[0], resourceNames: ['a', 'a', 'b/c'] }] } }, [
      'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"', 'spec.matchConstraints.resourceRules[0].resourceNames[2]: Invalid value: "b/c": may not contain \'/\'',
    ]],
    ['kinds of parameters', { paramKind: { apiVersion: 'example.com/1', kind: 'a_b' } }, [
      "spec.paramKind.apiVersion: Invalid value: \"1\": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
      "spec.paramKind.kind: Invalid value: \"a_b\": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ]],
    ['names of variables', { variables: [{ name: 'in', expression: 'true' }, { name: '', expression: '' }] }, [
      'spec.variables[0].name: Invalid value: "in": must be a valid CEL identifier', 'spec.variables[1].name: Required value: name is not specified', 'spec.variables[1].expression: Required value: expression is not specified',
    ]],
  ])('checks %s', (_what, spec, expected) => expect(valid(spec)).toEqual(expected));
});

describe('MutatingAdmissionPolicy', () => {
  it.each<[string, object, string[]]>([
    ['a patch and a configuration', { mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "remove", path: "/x"}]' } }, { patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{}' } }] }, []],
    ['an empty expression', { mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: ' ' } }] }, ['spec.mutations[0].jsonPatch.expression: Required value']],
    ['both forms at once', { mutations: [{ patchType: 'ApplyConfiguration', jsonPatch: { expression: '' } }] }, [
      'spec.mutations[0].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
      'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
    ]],
  ])('checks %s', (_what, spec, expected) => expect(problems(admissionPolicyRules(true), { matchConstraints: RULES, reinvocationPolicy: 'Never', ...spec })).toEqual(expected));
});

describe('bindings', () => {
  it.each<[string, boolean, object, string[]]>([
    ['of validating policies', false, { policyName: 'p', validationActions: ['Deny', 'Audit'], matchResources: {} }, []],
    ['without an action', false, { policyName: 'p' }, ['spec.validationActions: Required value: at least one validation action is required']],
    ['of mutating policies, which have no actions', true, { policyName: 'p' }, []],
    ['with parameters that are not named', true, { policyName: 'p', paramRef: { namespace: 'n', parameterNotFoundAction: 'Deny' } }, ['spec.paramRef: Required value: one of name or selector must be specified']],
  ])('%s', (_what, isMutating, spec, expected) => expect(problems(admissionPolicyBindingRules(isMutating), spec)).toEqual(expected));
});
