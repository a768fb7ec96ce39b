import { readAll } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiServer } from './api-server.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly message?: string; readonly reason?: string; readonly metadata: { readonly labels?: Record<string, string>; readonly managedFields?: unknown }; readonly spec?: never; readonly data?: unknown; readonly details?: { readonly causes?: unknown } };
  readonly warnings: readonly string[];
}

const GROUP = '/apis/admissionregistration.k8s.io/v1';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('admission policies of a server', () => {
  let server: ApiServer;

  beforeEach(async () => {
    server = new ApiServer();
    await server.start();
  });

  afterEach(() => server.close());

  async function call(method: string, path: string, body?: unknown, contentType = 'application/json', user?: { name: string; groups: string[] }): Promise<Answer> {
    const response = await server.transport(...(user ? [user] : [])).dispatch({ method, path, headers: { 'content-type': contentType }, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) });
    const text = Buffer.from(await readAll(response.body)).toString();
    const { warning } = response.headers;
    return { status: response.status, body: JSON.parse(text) as Answer['body'], warnings: warning === undefined ? [] : [warning].flat() };
  }
  const merge = (path: string, body: unknown): Promise<Answer> => call('PATCH', path, body, 'application/merge-patch+json');
  const configMap = (name: string, rest: object = {}, metadata: object = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...rest });

  const rules = (resources: string[], part: object = {}): object => ({ resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources, ...part }] });
  async function policy(kind: 'validating' | 'mutating', name: string, spec: object, binding: object = {}): Promise<Answer> {
    const created = await call('POST', `${GROUP}/${kind}admissionpolicies`, { metadata: { name }, spec });
    const bound = await call('POST', `${GROUP}/${kind}admissionpolicybindings`, { metadata: { name: `${name}-bound` }, spec: { policyName: name, ...(kind === 'validating' && { validationActions: ['Deny'] }), ...binding } });
    expect([created.body.message, bound.body.message]).toEqual([undefined, undefined]);
    return created;
  }
  const deployment = (replicas: number): object => ({
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example.com/web:1' }] } } },
  });

  describe('ValidatingAdmissionPolicy', () => {
    it('refuses with the message of the first expression that is false, from the moment that it is bound', async () => {
      await policy('validating', 'few-replicas', { matchConstraints: rules(['deployments']), validations: [{ expression: 'object.spec.replicas <= 5', reason: 'Forbidden', messageExpression: "'not ' + string(object.spec.replicas)" }] });
      const denied = "ValidatingAdmissionPolicy 'few-replicas' with binding 'few-replicas-bound' denied request: not 9";
      expect(await call('POST', DEPLOYMENTS, deployment(9))).toMatchObject({ status: 403, body: { message: `deployments.apps "web" is forbidden: ${denied}`, reason: 'Forbidden', details: { causes: [{ message: denied }] } } });
      expect((await call('POST', DEPLOYMENTS, deployment(5))).status).toBe(201);
      await merge(`${GROUP}/validatingadmissionpolicies/few-replicas`, { spec: { validations: [{ expression: 'object.spec.replicas < 3' }] } });
      expect((await merge(`${DEPLOYMENTS}/web`, { spec: { replicas: 3 } })).body.message).toMatch(/denied request: failed expression: object.spec.replicas < 3$/);
      await call('DELETE', `${GROUP}/validatingadmissionpolicybindings/few-replicas-bound`);
      expect((await merge(`${DEPLOYMENTS}/web`, { spec: { replicas: 9 } })).status).toBe(200);
    });

    it('takes parameters by name and by selector, of built-in and custom kinds', async () => {
      await call('POST', CONFIG_MAPS, configMap('limits', { data: { max: '3' } }, { labels: { role: 'limits' } }));
      const spec = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, matchConstraints: rules(['deployments']), validations: [{ expression: 'object.spec.replicas <= int(params.data.max)', messageExpression: "'at most ' + params.data.max" }] };
      await policy('validating', 'by-name', spec, { paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } });
      expect((await call('POST', DEPLOYMENTS, deployment(4))).body.message).toMatch(/at most 3$/);
      await merge(`${GROUP}/validatingadmissionpolicybindings/by-name-bound`, { spec: { paramRef: { name: null, selector: { matchLabels: { role: 'limits' } } } } });
      expect((await call('POST', DEPLOYMENTS, deployment(4))).body.message).toMatch(/at most 3$/);
      await call('DELETE', `${CONFIG_MAPS}/limits`);
      expect((await call('POST', DEPLOYMENTS, deployment(4))).body.message).toMatch(/failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction$/);
      await merge(`${GROUP}/validatingadmissionpolicybindings/by-name-bound`, { spec: { paramRef: { parameterNotFoundAction: 'Allow' } } });
      expect((await call('POST', DEPLOYMENTS, deployment(4))).status).toBe(201);
    });

    it('says what is wrong with a kind of parameters that is not served', async () => {
      await policy('validating', 'no-kind', { paramKind: { apiVersion: 'none.example.com/v1', kind: 'Limit' }, matchConstraints: rules(['configmaps']), validations: [{ expression: 'params.x == 1' }] }, { paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } });
      expect((await call('POST', CONFIG_MAPS, configMap('a'))).body.message).toBe(
        "configmaps \"a\" is forbidden: ValidatingAdmissionPolicy 'no-kind' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'none.example.com/v1, Kind=Limit'");
    });

    it('computes variables once, when they are asked for, and tells which one failed', async () => {
      await policy('validating', 'composed', {
        matchConstraints: rules(['configmaps']),
        variables: [{ name: 'size', expression: 'size(object.data)' }, { name: 'isSmall', expression: 'variables.size < 2' }, { name: 'never', expression: 'object.missing.field' }],
        validations: [{ expression: 'variables.isSmall', messageExpression: "'has ' + string(variables.size)" }, { expression: "!('ask' in object.data) || variables.never == 1" }],
      });
      expect((await call('POST', CONFIG_MAPS, configMap('a', { data: { a: '1', b: '2' } }))).body.message).toMatch(/has 2$/);
      expect((await call('POST', CONFIG_MAPS, configMap('a', { data: { a: '1' } }))).status).toBe(201);
      expect((await call('POST', CONFIG_MAPS, configMap('b', { data: { ask: '1' } }))).body.message).toMatch(
        /expression '.*variables.never == 1' resulted in error: composited variable "never" fails to evaluate: no such key: missing$/);
    });

    it('warns instead of refusing, and lets pass what fails where the policy says so', async () => {
      await policy('validating', 'soft', { matchConstraints: rules(['configmaps']), validations: [{ expression: "object.metadata.name != 'a'", message: 'not a' }] }, { validationActions: ['Warn', 'Audit'] });
      expect(await call('POST', CONFIG_MAPS, configMap('a'))).toMatchObject({ status: 201, warnings: ["299 - \"Validation failed for ValidatingAdmissionPolicy 'soft' with binding 'soft-bound': not a\""] });
      await policy('validating', 'failing', { failurePolicy: 'Ignore', matchConstraints: rules(['configmaps']), validations: [{ expression: 'object.none.x == 1' }] });
      expect((await call('POST', CONFIG_MAPS, configMap('b'))).status).toBe(201);
    });

    it('asks what the user may do, and knows the namespace', async () => {
      await policy('validating', 'rights', {
        matchConstraints: rules(['configmaps']),
        validations: [
          { expression: "authorizer.requestResource.check('delete').allowed()", message: 'may not delete it' },
          { expression: "!authorizer.serviceAccount('default', 'robot').group('').resource('secrets').namespace('default').check('get').allowed()", message: 'robot' },
          { expression: "namespaceObject.metadata.name == 'default' && namespaceObject.status.phase == 'Active'" },
        ],
      });
      const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
      await call('POST', `${rbac}/roles`, { metadata: { name: 'writer' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }] });
      await call('POST', `${rbac}/rolebindings`, { metadata: { name: 'writer' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'writer' }, subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }] });
      expect((await call('POST', CONFIG_MAPS, configMap('a'), undefined, { name: 'jane', groups: [] })).body.message).toMatch(/may not delete it$/);
      expect((await call('POST', CONFIG_MAPS, configMap('a'))).status).toBe(201);
    });

    it('stops expressions that cost too much', async () => {
      const loop = '[1,2,3,4,5,6,7,8,9,10]';
      const deep = Array.from({ length: 7 }, (_, index) => `${loop}.all(v${index}, `).join('') + `v0 > 0${')'.repeat(7)}`;
      await policy('validating', 'endless', { matchConstraints: rules(['configmaps']), validations: [{ expression: deep }] });
      expect((await call('POST', CONFIG_MAPS, configMap('a'))).body.message).toMatch(/resulted in error: operation cancelled: actual cost limit exceeded$/);
    });

    it('has no say about policies and reviews of access', async () => {
      await policy('validating', 'nothing', { matchConstraints: rules(['*'], { operations: ['*'] }), validations: [{ expression: 'false' }] });
      expect((await call('POST', CONFIG_MAPS, configMap('a'))).status).toBe(422);
      expect((await call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } })).status).toBe(201);
      expect((await call('DELETE', `${GROUP}/validatingadmissionpolicies/nothing`)).status).toBe(200);
    });
  });

  describe('MutatingAdmissionPolicy', () => {
    const mutate = (mutations: object[], part: object = {}): object => ({ reinvocationPolicy: 'Never', matchConstraints: rules(['configmaps', 'pods', 'deployments']), mutations, ...part });
    const configuration = (expression: string): object => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
    const patch = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

    it('lays a configuration over the object and owns nothing of it', async () => {
      await policy('mutating', 'labels', mutate([configuration('Object{metadata: Object.metadata{labels: {"team": request.userInfo.username}}}')]));
      const { body } = await call('POST', `${CONFIG_MAPS}?fieldManager=me`, configMap('a', {}, { labels: { own: 'x' } }));
      expect(body.metadata.labels).toEqual({ own: 'x', team: 'admin' });
      expect(JSON.stringify(body.metadata.managedFields)).not.toContain('team');
    });

    it('merges lists by their keys: a sidecar', async () => {
      await policy('mutating', 'sidecar', mutate([configuration(`Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{
        initContainers: [Object.spec.template.spec.initContainers{name: "mesh", image: "mesh:" + string(size(object.spec.template.spec.containers)), restartPolicy: "Always"}]}}}}`)], { matchConstraints: rules(['deployments']) }));
      const { body } = await call('POST', DEPLOYMENTS, deployment(1));
      expect(body.spec!['template']).toMatchObject({ spec: { initContainers: [{ name: 'mesh', image: 'mesh:1', restartPolicy: 'Always' }], containers: [{ name: 'web' }] } });
    });

    it('patches, with keys escaped, and leaves the object alone where a test fails', async () => {
      await policy('mutating', 'patching', mutate([
        patch('[JSONPatch{op: "add", path: "/metadata/annotations", value: {}}, JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/by"), value: "p"}]'),
        patch('[JSONPatch{op: "test", path: "/data/a", value: "2"}, JSONPatch{op: "replace", path: "/data/a", value: "3"}]'),
      ]));
      expect((await call('POST', CONFIG_MAPS, configMap('a', { data: { a: '1' } }))).body).toMatchObject({ data: { a: '1' }, metadata: { annotations: { 'example.com/by': 'p' } } });
      expect((await call('POST', CONFIG_MAPS, configMap('b', { data: { a: '2' } }))).body.data).toEqual({ a: '3' });
    });

    it.each<[string, object, RegExp]>([
      ['of the wrong type', configuration('Object{metadata: Object.meta{}}'), /type mismatch: unexpected type name "Object.meta", expected "Object.metadata", which matches field name path from root Object type$/],
      ['of a field that there is not', configuration('Object{data2: Object.data2{x: "y"}}'), /error applying patch: failed to convert patch object to typed object: \.data2: field not declared in schema$/],
      ['that does not apply', patch('[JSONPatch{op: "remove", path: "/none/x"}]'), /JSON Patch: remove operation does not apply/],
      ['that fails', patch('[JSONPatch{op: "add", path: "/data", value: object.none}]'), /resulted in error: no such key: none$/],
    ])('refuses with a mutation %s, unless failures are ignored', async (_what, mutation, message) => {
      await policy('mutating', 'bad', mutate([mutation]));
      const { status, body } = await call('POST', CONFIG_MAPS, configMap('a'));
      expect([status, body.reason]).toEqual([403, 'Invalid']);
      expect(body.message).toMatch(/^policy 'bad' with binding 'bad-bound' denied request: /);
      expect(body.message).toMatch(message);
      await merge(`${GROUP}/mutatingadmissionpolicies/bad`, { spec: { failurePolicy: 'Ignore' } });
      expect((await call('POST', CONFIG_MAPS, configMap('a'))).status).toBe(201);
    });

    it('may not replace what is one value as a whole', async () => {
      await policy('mutating', 'atomic', mutate([configuration('Object{spec: Object.spec{selector: Object.spec.selector{matchLabels: {"a": "b"}}}}')]));
      expect((await call('POST', DEPLOYMENTS, deployment(1))).body.message).toMatch(/invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: \.spec\.selector$/);
    });

    it('is called again after a later change when it wants to be', async () => {
      const count = patch('[JSONPatch{op: "add", path: "/data/count", value: string(int(object.data.count) + 1)}]');
      await policy('mutating', 'a-counts', mutate([count], { reinvocationPolicy: 'IfNeeded', matchConditions: [{ name: 'counts', expression: 'has(object.data) && "count" in object.data' }] }));
      expect((await call('POST', CONFIG_MAPS, configMap('a', { data: { count: '0' } }))).body.data).toEqual({ count: '1' });
      await policy('mutating', 'b-changes', mutate([configuration('Object{data: {"b": "x"}}')]));
      expect((await call('POST', CONFIG_MAPS, configMap('b', { data: { count: '0' } }))).body.data).toEqual({ b: 'x', count: '2' });
    });
  });
});
