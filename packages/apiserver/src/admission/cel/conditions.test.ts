import type { MatchCondition } from '@kubewright/api/admissionregistration/v1';
import { describe, expect, it } from 'vitest';

import type { Authorizer, RequestAttributes } from '../../authz/authorizer.js';
import type { ResourceInfo } from '../../registry/resource.js';
import type { AdmissionRequest } from '../admission.js';
import type { Invocation } from '../webhook/matching.js';
import { webhookConditions } from './conditions.js';

const resource = { group: 'apps', version: 'v1', plural: 'deployments', kind: 'Deployment' } as ResourceInfo;
const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { replicas: 3 } };
const request: AdmissionRequest = {
  operation: 'UPDATE', resource, subresource: 'status', namespace: 'ns', name: 'd', object, oldObject: undefined, user: { name: 'jane', groups: ['dev'] }, dryRun: false, warnings: [],
};
const asked: RequestAttributes[] = [];
const authorizer: Authorizer = {
  authorize(attributes) {
    asked.push(attributes);
    return { allowed: attributes.verb === 'get', reason: '' };
  },
};
const match = { resource, kind: { group: 'apps', version: 'v1', kind: 'Deployment' } } as Invocation;
const holds = (...expressions: string[]): unknown => {
  const conditions: MatchCondition[] = expressions.map((expression, index) => ({ name: `c${index}`, expression }));
  return webhookConditions(authorizer).holds(conditions, request, match, { object, oldObject: undefined });
};

describe('conditions of webhooks', () => {
  it.each<[string[], boolean]>([
    [['object.spec.replicas == 3', 'request.operation == "UPDATE" && request.subResource == "status"'], true],
    [['object.spec.replicas == 3', 'oldObject != null'], false],
    [['object.none == 1', 'false'], false],
    [['request.userInfo.username == "jane" && "dev" in request.userInfo.groups && request.kind.kind == "Deployment"'], true],
    [['namespaceObject == null'], true],
  ])('%j', (expressions, expected) => expect(holds(...expressions)).toBe(expected));

  it('tell what can not be evaluated', () => {
    expect(() => holds('object.none == 1', 'true')).toThrow(/^expression 'object.none == 1' resulted in error: no such key: none$/);
    expect(() => holds('object.none == 1', 'object.more == 1')).toThrow("[expression 'object.none == 1' resulted in error: no such key: none, expression 'object.more == 1' resulted in error: no such key: more]");
    expect(() => holds('none')).toThrow(/^compilation error: compilation failed: ERROR: <input>:1:1: undeclared reference to 'none'/);
  });

  it('ask what the user may do', () => {
    asked.length = 0;
    expect(holds('authorizer.requestResource.check("get").allowed()', '!authorizer.path("/x").check("post").allowed()', '!authorizer.serviceAccount("a", "b").group("").resource("pods").check("list").allowed()')).toBe(true);
    expect(asked).toEqual([
      { user: request.user, verb: 'get', path: '', resource: { group: 'apps', version: '*', plural: 'deployments', subresource: 'status', namespace: 'ns', name: 'd' } },
      { user: request.user, verb: 'post', path: '/x' },
      { user: { name: 'system:serviceaccount:a:b', groups: ['system:serviceaccounts', 'system:serviceaccounts:a'] }, verb: 'list', path: '', resource: { group: '', version: '*', plural: 'pods', subresource: '', namespace: '', name: '' } },
    ]);
  });
});
