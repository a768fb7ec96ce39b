import type { KubeObject } from '@kubewright/api';
import { FakeClock, SeededRandom } from '@kubewright/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ObjectSource } from '../storage/object-source.js';
import { impersonationOf, withoutImpersonation } from './impersonation.js';
import { RequestAuthenticator } from './request-authenticator.js';
import { SigningKey } from './signing-key.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';
import { parseServiceAccount } from './user-info.js';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const objects = new Map<string, KubeObject>();
const source: ObjectSource = { get: (_group, plural, namespace, name) => objects.get(`${plural}/${namespace}/${name}`), list: () => objects.values() };
const account: KubeObject = { metadata: { namespace: 'a', name: 'bot', uid: 'u-1' } };
const pod = { metadata: { namespace: 'a', name: 'p', uid: 'u-2' }, spec: { serviceAccountName: 'bot', nodeName: 'n' } } as KubeObject;
let clock: FakeClock;
let key: SigningKey;
let issuer: TokenIssuer;
let authenticator: RequestAuthenticator;

beforeEach(() => {
  objects.clear();
  objects.set('serviceaccounts/a/bot', account);
  objects.set('pods/a/p', pod);
  objects.set('nodes//n', { metadata: { name: 'n', uid: 'u-3' } });
  objects.set('secrets/a/s', { metadata: { name: 's', uid: 'u-4' } });
  clock = new FakeClock();
  key = new SigningKey();
  issuer = new TokenIssuer({ clock, random: new SeededRandom(), objects: source, key });
  authenticator = new RequestAuthenticator({ tokens: new TokenVerifier({ clock, objects: source, key }), staticTokens: { t: { name: 'static', groups: [] } } });
});

const bearer = (token: string) => authenticator.authenticate({ headers: { authorization: `Bearer ${token}` } });

describe('RequestAuthenticator', () => {
  it('reads certificates before tokens, and nobody is anonymous', () => {
    const certificate = { commonName: 'jane', organizations: ['devs'] };
    expect(authenticator.authenticate({ headers: { authorization: 'Bearer nonsense' }, certificate })).toEqual({ name: 'jane', groups: ['devs', 'system:authenticated'] });
    expect(authenticator.authenticate({ headers: {} })).toEqual({ name: 'system:anonymous', groups: ['system:unauthenticated'] });
    expect(authenticator.authenticate({ headers: { authorization: 'Basic eDp5' } }).name).toBe('system:anonymous');
    expect(authenticator.authenticate({ headers: {}, identity: { name: 'in-process', groups: ['system:authenticated'] } }).groups).toEqual(['system:authenticated']);
    expect(bearer('t')).toEqual({ name: 'static', groups: ['system:authenticated'] });
  });

  it('takes the scheme in any case', () => expect(authenticator.authenticate({ headers: { authorization: 'bearer t' } }).name).toBe('static'));

  it('can refuse who proves nothing', () => {
    const strict = new RequestAuthenticator({ tokens: new TokenVerifier({ clock, objects: source, key }), anonymous: false });
    expect(() => strict.authenticate({ headers: {} })).toThrow('Unauthorized');
  });

  it.each(['garbage', 'a.b.c', 'e30.e30.e30', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`])('refuses the token %s', (token) => {
    expect(() => bearer(token)).toThrow(expect.objectContaining({ httpStatus: 401, reason: 'Unauthorized' }));
  });
});

describe('ServiceAccount tokens', () => {
  it('are the account, with its groups', () => {
    const { token, expirationTimestamp } = issuer.issueToken(account, { boundObject: { kind: 'Pod', name: 'p', uid: 'u-2' }, node: { name: 'n', uid: 'u-3' } });
    expect(expirationTimestamp).toBe('2026-01-01T01:00:00Z');
    expect(bearer(token)).toEqual({
      name: 'system:serviceaccount:a:bot',
      uid: 'u-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:a', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^JTI=[0-9a-f-]{36}$/)],
        'authentication.kubernetes.io/node-name': ['n'], 'authentication.kubernetes.io/node-uid': ['u-3'],
        'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': ['u-2'],
      },
    });
  });

  it.each<[string, () => void]>([
    ['its time is over', () => void clock.advance(3_600_000)],
    ['the account is gone', () => objects.delete('serviceaccounts/a/bot')],
    ['the account is another one', () => objects.set('serviceaccounts/a/bot', { metadata: { name: 'bot', namespace: 'a', uid: 'new' } })],
    ['the pod is gone', () => objects.delete('pods/a/p')],
    ['the pod is another one', () => objects.set('pods/a/p', { metadata: { name: 'p', uid: 'new' } })],
    ['the pod has been going for long', () => objects.set('pods/a/p', { metadata: { ...pod.metadata, deletionTimestamp: '2025-12-31T23:58:00Z' } })],
  ])('do not hold when %s', async (_case, change) => {
    const { token } = issuer.issueToken(account, { boundObject: { kind: 'Pod', name: 'p', uid: 'u-2' } });
    expect(bearer(token).name).toBe('system:serviceaccount:a:bot');
    change();
    await clock.yield();
    expect(() => bearer(token)).toThrow('Unauthorized');
  });

  it('hold while a pod shuts down', () => {
    const { token } = issuer.issueToken(account, { boundObject: { kind: 'Pod', name: 'p', uid: 'u-2' } });
    objects.set('pods/a/p', { metadata: { ...pod.metadata, deletionTimestamp: '2025-12-31T23:59:30Z' } });
    expect(bearer(token).name).toBe('system:serviceaccount:a:bot');
  });

  it('of another key are foreign, and of another audience refused', () => {
    const foreign = new TokenIssuer({ clock, random: new SeededRandom(), objects: source, key: new SigningKey() }).issueToken(account);
    expect(authenticator.authenticateToken(foreign.token)).toEqual({ kind: 'foreign' });
    const { token } = issuer.issueToken(account, { audiences: ['vault'] });
    expect(() => bearer(token)).toThrow('Unauthorized');
    expect(authenticator.authenticateToken(token, ['vault', 'other'])).toMatchObject({ kind: 'user', audiences: ['vault'] });
    expect(authenticator.authenticateToken(token)).toEqual({ kind: 'refused', reason: `token audiences ["vault"] is invalid for the target audiences ["${ISSUER}"]` });
  });

  it('live on for a year where a kubelet asked for them, though they say an hour', async () => {
    const { token, expirationTimestamp } = issuer.issueToken(account, { expirationSeconds: 3607 });
    expect(expirationTimestamp).toBe('2026-01-01T01:00:07Z');
    await clock.advance(24 * 3_600_000);
    expect(bearer(token).name).toBe('system:serviceaccount:a:bot');
    await clock.advance(365 * 24 * 3_600_000);
    expect(() => bearer(token)).toThrow('Unauthorized');
  });

  const request = (spec: object): KubeObject => ({ metadata: {}, spec }) as KubeObject;

  it('are requested through the token subresource', () => {
    expect(issuer.requestToken('a', 'bot', request({}))).toMatchObject({
      kind: 'TokenRequest', metadata: { name: 'bot', namespace: 'a' }, spec: { audiences: [ISSUER], expirationSeconds: 3600, boundObjectRef: null }, status: { expirationTimestamp: '2026-01-01T01:00:00Z' },
    });
    const bound = issuer.requestToken('a', 'bot', request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }));
    expect(bearer(bound.status!.token!).extra).toMatchObject({ 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/node-name': ['n'] });
    expect(issuer.requestToken('a', 'bot', request({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's' } })).spec.boundObjectRef).toMatchObject({ name: 's' });
  });

  it.each<[string, string, object, string]>([
    ['an unknown account', 'none', {}, 'serviceaccounts "none" not found'],
    ['too short a time', 'bot', { expirationSeconds: 10 }, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes'],
    ['too long a time', 'bot', { expirationSeconds: 99999999999 }, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 99999999999: may not specify a duration larger than 2^32 seconds'],
    ['an unknown pod', 'bot', { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'nope' } }, 'pods "nope" not found'],
    ['a kind that binds nothing', 'bot', { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } }, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
  ])('are refused for %s', (_case, name, spec, message) => expect(() => issuer.requestToken('a', name, request(spec))).toThrow(message));
});

describe('impersonationOf', () => {
  it('is nothing without headers', () => expect(impersonationOf({ accept: '*/*' })).toBeUndefined());

  it.each<[string, Record<string, string | string[]>, object, string[]]>([
    ['a user', { 'impersonate-user': 'jane' }, { name: 'jane', groups: ['system:authenticated'] }, ['users/jane']],
    ['groups', { 'impersonate-user': 'jane', 'impersonate-group': ['a', 'b'] }, { name: 'jane', groups: ['a', 'b', 'system:authenticated'] }, ['users/jane', 'groups/a', 'groups/b']],
    ['an account', { 'impersonate-user': 'system:serviceaccount:n:x' }, { name: 'system:serviceaccount:n:x', groups: ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'] }, ['n:serviceaccounts/x']],
    ['an account with groups', { 'impersonate-user': 'system:serviceaccount:n:x', 'impersonate-group': 'g' }, { name: 'system:serviceaccount:n:x', groups: ['g', 'system:authenticated'] }, ['n:serviceaccounts/x', 'groups/g']],
    ['nobody', { 'impersonate-user': 'system:anonymous' }, { name: 'system:anonymous', groups: ['system:unauthenticated'] }, ['users/system:anonymous']],
    ['uid and extras', { 'impersonate-user': 'jane', 'impersonate-uid': '7', 'impersonate-extra-a%2fb': ['v', 'w'] },
      { name: 'jane', uid: '7', groups: ['system:authenticated'], extra: { 'a/b': ['v', 'w'] } }, ['users/jane', 'userextras/a/b/v', 'userextras/a/b/w', 'uids/7']],
  ])('%s', (_case, headers, user, questions) => {
    const impersonation = impersonationOf(headers)!;
    expect(impersonation.user).toEqual(user);
    expect(impersonation.questions.map(({ namespace, plural, subresource, name }) => `${namespace && `${namespace}:`}${plural}/${subresource && `${subresource}/`}${name}`)).toEqual(questions);
  });

  it('needs a user', () => expect(() => impersonationOf({ 'impersonate-group': 'g' })).toThrow('requested [{Group  g    }] without impersonating a user'));
  it('can be taken out of the headers', () => expect(withoutImpersonation({ 'impersonate-user': 'x', 'impersonate-extra-a': 'y', accept: 'z' })).toEqual({ accept: 'z' }));
});

describe('parseServiceAccount', () => {
  it.each([['system:serviceaccount:a:b', { namespace: 'a', name: 'b' }], ['system:serviceaccount:a:b:c', undefined], ['system:serviceaccount:a:', undefined], ['a', undefined]])(
    '%s', (name, parsed) => expect(parseServiceAccount(name)).toEqual(parsed));
});
