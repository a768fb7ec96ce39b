import { describe, expect, it } from 'vitest';

import type { Fields } from '../builtin-strategy.js';
import { webhookConfigurationRules } from './webhook-configuration.js';

const rules = webhookConfigurationRules(true);
const RULE = { apiGroups: ['g'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['widgets'] };
const webhook = (part: object = {}): object => ({ name: 'a.b.c', admissionReviewVersions: ['v1'], sideEffects: 'None', clientConfig: { url: 'https://x/y' }, rules: [RULE], ...part });
const configuration = (...webhooks: object[]): Fields => ({ metadata: { name: 'c' }, webhooks }) as unknown as Fields;
const problems = (part: object): string[] => rules.validate!(configuration(webhook(part))).map(({ field, message }) => `${field}: ${message}`);

describe('configurations of webhooks', () => {
  it('are filled in', () => {
    const object = configuration(webhook({ clientConfig: { service: { name: 's', namespace: 'n' } } }));
    rules.defaults!(object);
    expect(object.webhooks).toEqual([{
      ...webhook(), clientConfig: { service: { name: 's', namespace: 'n', port: 443 } }, failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {},
      timeoutSeconds: 10, reinvocationPolicy: 'Never', rules: [{ ...RULE, scope: '*' }],
    }]);
    const validating = configuration(webhook());
    webhookConfigurationRules(false).defaults!(validating);
    expect(validating.webhooks).not.toMatchObject([{ reinvocationPolicy: 'Never' }]);
  });

  const at = 'webhooks[0]';
  it.each<[object, string[]]>([
    [{}, []],
    [{ name: 'Bad_Name' }, [expect.stringContaining(`${at}.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain`) as string]],
    [{ matchConditions: [{ name: 'a', expression: 'object.x == 1 && authorizer.requestResource.check("get").allowed()' }] }, []],
    [{ matchConditions: [{ name: 'a', expression: '"text"' }, { name: 'b', expression: 'params.x == 1' }] }, [
      `${at}.matchConditions[0].expression: Invalid value: "\\"text\\"": must evaluate to bool but got string`,
      `${at}.matchConditions[1].expression: Invalid value: "params.x == 1": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' (in container '')\n | params.x == 1\n | ^`,
    ]],
    [{ name: 'a.b' }, [`${at}.name: Invalid value: "a.b": should be a domain with at least three segments separated by dots`]],
    [{ sideEffects: 'Some' }, [`${at}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`]],
    [{ timeoutSeconds: 31 }, [`${at}.timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds`]],
    [{ reinvocationPolicy: 'Always' }, [`${at}.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"`]],
    [{ clientConfig: { url: 'https://u:p@x/y?a#b' } }, [
      `${at}.clientConfig.url: Invalid value: "u:p": user information is not permitted in the URL`, `${at}.clientConfig.url: Invalid value: "b": fragments are not permitted in the URL`,
      `${at}.clientConfig.url: Invalid value: "a": query parameters are not permitted in the URL`,
    ]],
    [{ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }, [`${at}.namespaceSelector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn'`]],
    [{ admissionReviewVersions: ['v9', 'v9'] }, [`${at}.admissionReviewVersions[1]: Invalid value: "v9": duplicate version`, `${at}.admissionReviewVersions: Invalid value: ["v9","v9"]: must include at least one of v1, v1beta1`]],
    [{ rules: [{ ...RULE, apiVersions: ['*', 'v1'] }] }, [`${at}.rules[0].apiVersions: Invalid value: ["*","v1"]: if '*' is present, must not specify other API versions`]],
    [{ rules: [{ ...RULE, resources: ['pods/*', 'pods/status'] }] }, [`${at}.rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`]],
    [{ rules: [{ ...RULE, resources: ['*/scale', 'pods/scale'] }] }, [`${at}.rules[0].resources[1]: Invalid value: "pods/scale": if '*/scale' is present, must not specify pods/scale`]],
    [{ rules: [{ ...RULE, resources: ['*/*', 'pods'] }] }, [`${at}.rules[0].resources: Invalid value: ["*/*","pods"]: if '*/*' is present, must not specify other resources`]],
    [{ matchConditions: [{ name: 'a', expression: ' ' }, { name: '', expression: 'true' }] }, [`${at}.matchConditions[0].expression: Required value`, `${at}.matchConditions[1].name: Required value`]],
  ])('%j', (part, expected) => {
    expect(problems(part)).toEqual(expected);
  });

  it('name each webhook once', () => {
    expect(rules.validate!(configuration(webhook(), webhook())).map(({ field }) => field)).toEqual(['webhooks[1].name']);
  });
});
