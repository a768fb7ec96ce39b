import type { KubeObject } from '@kubewright/api';
import { FakeClock } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { RequestAuthenticator } from '../authn/request-authenticator.js';
import { SigningKey } from '../authn/signing-key.js';
import { TokenVerifier } from '../authn/token-verifier.js';
import type { UserInfo } from '../authn/user-info.js';
import type { ObjectSource } from '../storage/object-source.js';
import { createReviews } from './access-reviews.js';
import type { RequestAttributes } from './authorizer.js';
import { bootstrapPolicy } from './bootstrap-policy.js';
import { anyOf } from './authorization-mode.js';
import { NodeAuthorizer } from './node-authorizer.js';
import { ruleAllows } from './policy-rule.js';
import { RbacAuthorizer } from './rbac.js';

class Stored implements ObjectSource {
  constructor(readonly byPlural: Record<string, KubeObject[]> = {}) {}
  get(_group: string, plural: string, namespace: string, name: string): KubeObject | undefined {
    return this.byPlural[plural]?.find(({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace);
  }
  list(_group: string, plural: string, namespace?: string): KubeObject[] {
    return (this.byPlural[plural] ?? []).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }
}

const jane: UserInfo = { name: 'jane', groups: ['devs', 'system:authenticated'] };
const on = (verb: string, what: string, { user = jane, group = '', namespace = '', name = '' }: { user?: UserInfo; group?: string; namespace?: string; name?: string } = {}): RequestAttributes => {
  const [plural = '', subresource = ''] = what.split('/');
  return { user, verb, path: '', resource: { group, version: 'v1', plural, subresource, namespace, name } };
};
const path = (verb: string, url: string, user = jane): RequestAttributes => ({ user, verb, path: url });

describe('ruleAllows', () => {
  const rule = (part: object) => ({ verbs: ['get'], apiGroups: [''], resources: ['pods'], ...part });
  it.each<[string, object, RequestAttributes, boolean]>([
    ['the very thing', {}, on('get', 'pods'), true],
    ['another verb', {}, on('list', 'pods'), false],
    ['any verb', { verbs: ['*'] }, on('escalate', 'pods'), true],
    ['another group', {}, on('get', 'pods', { group: 'apps' }), false],
    ['any group', { apiGroups: ['*'] }, on('get', 'pods', { group: 'apps' }), true],
    ['no group at all', { apiGroups: [] }, on('get', 'pods'), false],
    ['a subresource is not its resource', {}, on('get', 'pods/log'), false],
    ['the subresource itself', { resources: ['pods/log'] }, on('get', 'pods/log'), true],
    ['nor is the resource its subresource', { resources: ['pods/log'] }, on('get', 'pods'), false],
    ['a subresource of everything', { resources: ['*/scale'] }, on('get', 'deployments/scale'), true],
    ['but not everything', { resources: ['*/scale'] }, on('get', 'deployments'), false],
    ['all resources include subresources', { resources: ['*'] }, on('get', 'pods/exec'), true],
    ['pods/* is no pattern', { resources: ['pods/*'] }, on('get', 'pods/log'), false],
    ['its name', { resourceNames: ['a'] }, on('get', 'pods', { name: 'a' }), true],
    ['another name', { resourceNames: ['a'] }, on('get', 'pods', { name: 'b' }), false],
    ['a list has no name', { resourceNames: ['a'], verbs: ['list'] }, on('list', 'pods'), false],
    ['names may not be there', { resourceNames: [] }, on('get', 'pods', { name: 'b' }), true],
    ['a path', { nonResourceURLs: ['/healthz'] }, path('get', '/healthz'), true],
    ['a path below', { nonResourceURLs: ['/healthz'] }, path('get', '/healthz/etcd'), false],
    ['paths by prefix', { nonResourceURLs: ['/healthz/*'] }, path('get', '/healthz/etcd'), true],
    ['a prefix with its slash', { nonResourceURLs: ['/healthz/*'] }, path('get', '/healthz'), false],
    ['a star inside is no pattern', { nonResourceURLs: ['/a/*/b'] }, path('get', '/a/x/b'), false],
    ['all paths', { nonResourceURLs: ['*'] }, path('get', '/anything'), true],
    ['paths give no resources', { nonResourceURLs: ['*'], resources: undefined }, on('get', 'pods'), false],
  ])('%s', (_case, part, attributes, allowed) => expect(ruleAllows(rule(part), attributes)).toBe(allowed));
});

const role = (name: string, rules: object[], namespace?: string, extra: object = {}): KubeObject => ({ metadata: { name, ...(namespace && { namespace }) }, rules, ...extra }) as KubeObject;
const binding = (name: string, kind: string, roleName: string, subjects: object[] | undefined, namespace?: string): KubeObject =>
  ({ metadata: { name, ...(namespace && { namespace }) }, roleRef: { kind, name: roleName }, subjects }) as KubeObject;
const podReader = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

describe('RbacAuthorizer', () => {
  const stored = new Stored({
    clusterroles: [role('reader', [podReader, { verbs: ['get'], nonResourceURLs: ['/logs/*'] }])],
    roles: [role('local', [podReader], 'a')],
    clusterrolebindings: [binding('devs', 'ClusterRole', 'reader', [{ kind: 'Group', name: 'devs' }]), binding('empty', 'ClusterRole', 'reader', undefined)],
    rolebindings: [
      binding('bob', 'ClusterRole', 'reader', [{ kind: 'User', name: 'bob' }], 'a'),
      binding('sa', 'Role', 'local', [{ kind: 'ServiceAccount', name: 'bot' }], 'a'),
      binding('other', 'Role', 'local', [{ kind: 'ServiceAccount', name: 'bot', namespace: 'b' }], 'a'),
      binding('gone', 'Role', 'gone', [{ kind: 'User', name: 'carl' }], 'a'),
    ],
  });
  const rbac = new RbacAuthorizer(stored);
  const user = (name: string, ...groups: string[]): UserInfo => ({ name, groups });

  it.each<[string, RequestAttributes, boolean, string]>([
    ['a group cluster-wide', on('get', 'pods', { namespace: 'x' }), true, 'RBAC: allowed by ClusterRoleBinding "devs" of ClusterRole "reader" to Group "devs"'],
    ['paths', path('get', '/logs/x'), true, 'RBAC: allowed by ClusterRoleBinding "devs" of ClusterRole "reader" to Group "devs"'],
    ['nothing else', on('delete', 'pods', { namespace: 'x' }), false, ''],
    ['a cluster role in one namespace', on('get', 'pods', { user: user('bob'), namespace: 'a' }), true, 'RBAC: allowed by RoleBinding "bob/a" of ClusterRole "reader" to User "bob"'],
    ['not in another', on('get', 'pods', { user: user('bob'), namespace: 'b' }), false, ''],
    ['nor everywhere', on('get', 'pods', { user: user('bob') }), false, ''],
    ['nor its paths', path('get', '/logs/x', user('bob')), false, ''],
    ['an account of the namespace', on('get', 'pods', { user: user('system:serviceaccount:a:bot'), namespace: 'a' }), true, 'RBAC: allowed by RoleBinding "sa/a" of Role "local" to ServiceAccount "bot/a"'],
    ['an account of another', on('get', 'pods', { user: user('system:serviceaccount:b:bot'), namespace: 'a' }), true, 'RBAC: allowed by RoleBinding "other/a" of Role "local" to ServiceAccount "bot/b"'],
    ['a third account', on('get', 'pods', { user: user('system:serviceaccount:c:bot'), namespace: 'a' }), false, ''],
    ['masters', on('frob', 'things', { user: user('root', 'system:masters') }), true, ''],
    ['a binding to nothing', on('get', 'pods', { user: user('carl'), namespace: 'a' }), false, 'RBAC: role.rbac.authorization.k8s.io "gone" not found'],
  ])('%s', (_case, attributes, allowed, reason) => expect(rbac.authorize(attributes)).toEqual({ allowed, reason }));

  it('follows what is stored without delay', () => {
    const changing = new Stored({ clusterroles: [role('r', [podReader])], clusterrolebindings: [binding('b', 'ClusterRole', 'r', [{ kind: 'User', name: 'x' }])] });
    const authorizer = new RbacAuthorizer(changing);
    const ask = (verb: string): boolean => authorizer.authorize(on(verb, 'pods', { user: user('x') })).allowed;
    expect([ask('get'), ask('list')]).toEqual([true, false]);
    changing.byPlural.clusterroles = [role('r', [{ ...podReader, verbs: ['list'] }])];
    expect([ask('get'), ask('list')]).toEqual([false, true]);
    changing.byPlural.clusterrolebindings = [];
    expect([ask('get'), ask('list')]).toEqual([false, false]);
  });

  it('adds up aggregated roles, through each other and without running in circles', () => {
    const labelled = (name: string, labels: Record<string, string>, rules: object[] | null, select?: string): KubeObject => ({
      metadata: { name, labels }, rules, ...(select && { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [select]: 'true' } }] } }),
    }) as unknown as KubeObject;
    const authorizer = new RbacAuthorizer(new Stored({
      clusterroles: [labelled('top', { 'to-mid': 'true' }, null, 'to-top'), labelled('mid', { 'to-top': 'true' }, null, 'to-mid'), labelled('leaf', { 'to-mid': 'true' }, [podReader])],
      clusterrolebindings: [binding('b', 'ClusterRole', 'top', [{ kind: 'User', name: 'x' }])],
    }));
    expect(authorizer.authorize(on('get', 'pods', { user: user('x') }))).toMatchObject({ allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "top" to User "x"' });
    expect(authorizer.authorize(on('list', 'pods', { user: user('x') })).allowed).toBe(false);
  });

  it('knows the roles of a fresh server', () => {
    const objects = Object.fromEntries(bootstrapPolicy().map(({ plural, objects: list }) => [plural, [...list]]));
    objects.rolebindings!.push(binding('dev', 'ClusterRole', 'edit', [{ kind: 'User', name: 'dev' }], 'a'));
    const authorizer = new RbacAuthorizer(new Stored(objects));
    const account = user('system:serviceaccount:kube-system:statefulset-controller', 'system:serviceaccounts', 'system:authenticated');
    expect(authorizer.authorize(path('get', '/version', user('nobody', 'system:unauthenticated'))).allowed).toBe(true);
    expect(authorizer.authorize(path('get', '/metrics', user('nobody', 'system:unauthenticated'))).allowed).toBe(false);
    expect(authorizer.authorize(on('create', 'pods', { user: account, namespace: 'x' })).allowed).toBe(true);
    expect(authorizer.authorize(on('create', 'services', { user: account, namespace: 'x' })).allowed).toBe(false);
    expect(authorizer.authorize(on('create', 'deployments', { user: user('dev'), group: 'apps', namespace: 'a' })).allowed).toBe(true);
    expect(authorizer.authorize(on('get', 'pods', { user: user('dev'), namespace: 'a' })).allowed).toBe(true);
    expect(authorizer.authorize(on('create', 'roles', { user: user('dev'), group: 'rbac.authorization.k8s.io', namespace: 'a' })).allowed).toBe(false);
  });
});

describe('NodeAuthorizer', () => {
  const kubelet: UserInfo = { name: 'system:node:n', groups: ['system:nodes', 'system:authenticated'] };
  const objects = Object.fromEntries(bootstrapPolicy().map(({ plural, objects: list }) => [plural, [...list]]));
  const authorizer = anyOf(new NodeAuthorizer(new Stored(objects)), new RbacAuthorizer(new Stored(objects)));

  it.each<[string, RequestAttributes, boolean]>([
    ['a kubelet reports on pods', on('patch', 'pods/status', { user: kubelet, namespace: 'a', name: 'p' }), true],
    ['and on nodes', on('create', 'nodes', { user: kubelet }), true],
    ['it makes no deployments', on('create', 'deployments', { user: kubelet, group: 'apps', namespace: 'a' }), false],
    ['the name alone is not enough', on('create', 'nodes', { user: { ...kubelet, groups: [] } }), false],
    ['nor is the group', on('create', 'nodes', { user: { ...kubelet, name: 'x' } }), false],
    ['others still have their roles', path('get', '/version', { name: 'x', groups: ['system:authenticated'] }), true],
  ])('%s', (_case, attributes, allowed) => expect(authorizer.authorize(attributes).allowed).toBe(allowed));
});

describe('reviews', () => {
  const clock = new FakeClock();
  const objects = new Stored({
    roles: [role('local', [{ ...podReader, resourceNames: ['p'] }, { verbs: ['get'], nonResourceURLs: ['/x'] }], 'a')],
    rolebindings: [binding('b', 'Role', 'local', [{ kind: 'User', name: 'jane' }], 'a'), binding('c', 'Role', 'gone', [{ kind: 'User', name: 'jane' }], 'a')],
  });
  const key = new SigningKey();
  const authenticator = new RequestAuthenticator({ tokens: new TokenVerifier({ clock, objects, key }), staticTokens: { s3cret: { name: 'robot', groups: ['bots'] } } });
  const rbac = new RbacAuthorizer(objects);
  const reviews = createReviews({ authorizer: rbac, rbac, authenticator, clock });
  const ask = (plural: string, spec: object, { namespace = '', metadata = {}, group = 'authorization.k8s.io' } = {}): KubeObject & { status?: unknown; spec?: unknown } =>
    reviews.get(`${group}/${plural}`)!({ metadata, spec } as KubeObject, jane, namespace);
  const pods = { verb: 'get', resource: 'pods', namespace: 'a', name: 'p' };

  it('answers about oneself, about others and within a namespace', () => {
    const reason = 'RBAC: allowed by RoleBinding "b/a" of Role "local" to User "jane"';
    expect(ask('selfsubjectaccessreviews', { resourceAttributes: pods })).toEqual({
      apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {}, spec: { resourceAttributes: pods }, status: { allowed: true, reason },
    });
    expect(ask('subjectaccessreviews', { user: 'bob', resourceAttributes: pods }).status).toEqual({ allowed: false });
    expect(ask('subjectaccessreviews', { groups: ['system:masters'], nonResourceAttributes: { verb: 'get', path: '/' } }).status).toEqual({ allowed: true });
    expect(ask('localsubjectaccessreviews', { user: 'jane', resourceAttributes: pods }, { namespace: 'a', metadata: { namespace: 'a' } })).toMatchObject({ metadata: { namespace: 'a' }, status: { allowed: true, reason } });
  });

  it('lists rules and says when they are not all', () => {
    expect(ask('selfsubjectrulesreviews', { namespace: 'a' })).toMatchObject({
      spec: {},
      status: {
        incomplete: true,
        evaluationError: 'role.rbac.authorization.k8s.io "gone" not found',
        resourceRules: [{ ...podReader, resourceNames: ['p'] }],
        nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
      },
    });
  });

  it('recognises tokens and the caller', () => {
    expect(ask('tokenreviews', { token: 's3cret' }, { group: 'authentication.k8s.io' }).status).toEqual({
      authenticated: true, user: { username: 'robot', groups: ['bots', 'system:authenticated'] }, audiences: ['https://kubernetes.default.svc.cluster.local'],
    });
    expect(ask('tokenreviews', { token: 'x' }, { group: 'authentication.k8s.io' }).status).toEqual({ user: {}, error: 'invalid bearer token' });
    expect(ask('selfsubjectreviews', {}, { group: 'authentication.k8s.io' }).status).toEqual({ userInfo: { username: 'jane', groups: jane.groups } });
  });

  it.each<[string, string, object, object, RegExp]>([
    ['neither', 'selfsubjectaccessreviews', {}, {}, /^\.authorization\.k8s\.io "" is invalid: spec\.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified$/],
    ['both', 'selfsubjectaccessreviews', { resourceAttributes: {}, nonResourceAttributes: { path: '/' } }, {}, /spec\.nonResourceAttributes: Invalid value: {"Path":"\/","Verb":""}: cannot be specified/],
    ['nobody', 'subjectaccessreviews', { resourceAttributes: {} }, {}, /spec\.user: Invalid value: "": at least one of user or group/],
    ['a name', 'selfsubjectaccessreviews', { resourceAttributes: {} }, { metadata: { name: 'x' } }, /metadata: Invalid value: {"name":"x"}: must be empty/],
    ['elsewhere', 'localsubjectaccessreviews', { user: 'u', resourceAttributes: pods }, { namespace: 'b' }, /spec\.resourceAttributes\.namespace: Invalid value: "a": must match metadata\.namespace/],
    ['two selectors', 'selfsubjectaccessreviews', { resourceAttributes: { labelSelector: { rawSelector: 'a=b', requirements: [{}] } } }, {}, /labelSelector\.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements/],
    ['no namespace', 'selfsubjectrulesreviews', {}, {}, /^no namespace on request$/],
    ['no token', 'tokenreviews', {}, { group: 'authentication.k8s.io' }, /^token is required/],
  ])('refuses %s', (_case, plural, spec, more, message) => expect(() => ask(plural, spec, more)).toThrow(message));
});
