import { describe, expect, it } from 'vitest';

import { Query } from './query.js';
import { parseRequestInfo, type RequestInfo } from './request-info.js';

type Expected = Partial<Pick<RequestInfo, 'isResource' | 'verb' | 'group' | 'version' | 'namespace' | 'resource' | 'subresource' | 'name' | 'rest'>>;

describe('parseRequestInfo', () => {
  it.each<[string, string, Expected]>([
    ['GET', '/api/v1/namespaces', { isResource: true, verb: 'list', group: '', version: 'v1', resource: 'namespaces', namespace: '', name: '' }],
    ['GET', '/api/v1/namespaces/x', { verb: 'get', resource: 'namespaces', namespace: 'x', name: 'x' }],
    ['PUT', '/api/v1/namespaces/x/finalize', { verb: 'update', resource: 'namespaces', namespace: 'x', name: 'x', subresource: 'finalize' }],
    ['GET', '/api/v1/namespaces/x/pods', { verb: 'list', resource: 'pods', namespace: 'x', name: '' }],
    ['GET', '/api/v1/namespaces/x/pods?watch=1', { verb: 'watch', resource: 'pods' }],
    ['GET', '/api/v1/namespaces/x/pods?watch=0', { verb: 'list' }],
    ['GET', '/api/v1/watch/namespaces/x/pods', { verb: 'watch', resource: 'pods', namespace: 'x' }],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Da', { verb: 'list', resource: 'pods', name: 'a' }],
    ['DELETE', '/api/v1/namespaces/x/pods', { verb: 'deletecollection', namespace: 'x' }],
    ['DELETE', '/api/v1/namespaces/x/pods/a', { verb: 'delete', name: 'a' }],
    ['PATCH', '/apis/apps/v1/namespaces/x/deployments/d/scale', { verb: 'patch', group: 'apps', version: 'v1', resource: 'deployments', name: 'd', subresource: 'scale' }],
    ['GET', '/api/v1/namespaces/x/services/s/proxy/a/b', { subresource: 'proxy', rest: 'a/b' }],
    ['HEAD', '/apis/apps/v1/deployments', { verb: 'list', group: 'apps', resource: 'deployments' }],
    ['GET', '/apis/g/v1/namespaces//widgets', { verb: 'list', namespace: '', resource: 'widgets' }],
    ['GET', '/apis/g/v1/widgets/', { verb: 'list', resource: 'widgets', name: '' }],
    ['GET', '/apis/g/v1/namespaces/x/widgets/a%2Fb', { name: 'a', subresource: 'b' }],
    ['GET', '/api/v1', { isResource: false, verb: 'get' }],
    ['GET', '/apis/apps/v1', { isResource: false }],
    ['POST', '/healthz', { isResource: false, verb: 'post' }],
    ['GET', '//apis/g/v1/widgets', { isResource: false }],
  ])('%s %s', (method, target, expected) => {
    expect(parseRequestInfo(method, target)).toMatchObject(expected);
  });
});

describe('Query', () => {
  it('takes the first value and leaves out what does not decode', () => {
    const query = new Query('limit=1&limit=x&bad=%zz&a=1;b=2&c=d+e%26');
    expect([query.integer('limit'), query.has('bad'), query.has('a'), query.text('c')]).toEqual([1, false, false, 'd e&']);
  });

  it('takes everything but false and 0 for true', () => {
    const query = new Query('a=true&b=maybe&c=0&d=False&e');
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => query.flag(name))).toEqual([true, true, false, false, true, undefined]);
  });

  it.each([['limit=x', 'invalid syntax'], ['limit=99999999999999999999', 'value out of range']])('%s is no integer', (text, problem) => {
    expect(() => new Query(text).integer('limit')).toThrow(problem);
  });
});
