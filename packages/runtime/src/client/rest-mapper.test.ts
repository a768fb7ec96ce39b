import { ApiError } from '@kubewright/api';
import { FakeClock, ScriptedTransport, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { hasCode } from '../errors/kubewright-error.js';
import { intercept } from './interceptors/interceptor.js';
import { RestMapper } from './rest-mapper.js';

const json = (body: object, status = 200): ScriptedAnswer => ({ status, body: JSON.stringify(body) });
const missing: ScriptedAnswer = { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' };
const resource = (plural: string, kind: string, scope = 'Namespaced') => ({ resource: plural, scope, responseKind: { group: '', version: '', kind } });
const group = (name: string, ...versions: object[]) => ({ metadata: { name }, versions });
const aggregated = (...items: object[]): ScriptedAnswer => json({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items });
const resources = (...list: [string, string, boolean][]): ScriptedAnswer => json({ kind: 'APIResourceList', resources: list.map(([name, kind, namespaced]) => ({ name, kind, namespaced })) });

const core = aggregated(group('', { version: 'v1', resources: [resource('endpoints', 'Endpoints'), resource('nodes', 'Node', 'Cluster'), { resource: 'strange', scope: 'Namespaced' }] }));
const net = group('networking.k8s.io', { version: 'v1', resources: [resource('networkpolicies', 'NetworkPolicy'), resource('ingresses', 'Ingress')] });

function harness(answers: Record<string, ScriptedAnswer | (() => ScriptedAnswer)>) {
  const clock = new FakeClock();
  const transport = new ScriptedTransport(({ path }) => {
    const answer = answers[path] ?? missing;
    return typeof answer === 'function' ? answer() : answer;
  });
  return { clock, transport, mapper: new RestMapper({ transport, clock }), paths: () => transport.requests.map(({ path }) => path) };
}

describe('RestMapper', () => {
  it('#147 takes plurals and scopes from the server, in two requests for all', async () => {
    const test = harness({ '/api': core, '/apis': aggregated(net) });
    const kinds = await Promise.all([
      test.mapper.kindFor({ group: '', kind: 'Endpoints' }), test.mapper.kindOf({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }),
      test.mapper.kindFor({ group: 'networking.k8s.io', kind: 'Ingress' }), test.mapper.kindFor({ group: '', version: 'v1', kind: 'Node' }),
    ]);
    expect(kinds.map(({ plural, scope }) => `${plural} ${scope}`)).toEqual(['endpoints Namespaced', 'networkpolicies Namespaced', 'ingresses Namespaced', 'nodes Cluster']);
    expect(test.paths().sort()).toEqual(['/api', '/apis']);
  });

  it('#146 serves every other group when one is down, says what is wrong with that one, and asks again no more than every ten seconds', async () => {
    const stale = group('metrics.k8s.io', { version: 'v1beta1', freshness: 'Stale' });
    let down = true;
    const test = harness({
      '/api': core, '/apis': aggregated(net, stale),
      '/apis/metrics.k8s.io': json({ name: 'metrics.k8s.io', versions: [{ version: 'v1beta1' }] }),
      '/apis/metrics.k8s.io/v1beta1': () => (down ? json(ApiError.of(503, 'ServiceUnavailable', 'the backend is down').status, 503) : resources(['pods', 'PodMetrics', true])),
    });
    expect((await test.mapper.kindFor({ group: 'networking.k8s.io', kind: 'Ingress' })).plural).toBe('ingresses');
    await expect(test.mapper.kindFor({ group: 'metrics.k8s.io', kind: 'PodMetrics' })).rejects.toThrow('the backend is down');
    down = false;
    expect((await test.mapper.kindFor({ group: 'metrics.k8s.io', kind: 'PodMetrics' })).plural).toBe('pods');

    const before = test.paths().length;
    for (let call = 0; call < 50; call++) await expect(test.mapper.kindFor({ group: 'none.io', version: 'v1', kind: 'X' })).rejects.toSatisfy((error) => hasCode(error, 'KW_KIND_UNKNOWN'));
    expect(test.paths().slice(before)).toEqual(['/apis/none.io/v1']);
    await test.clock.advance(10_000);
    await expect(test.mapper.kindFor({ group: 'none.io', version: 'v1', kind: 'X' })).rejects.toThrow('the group is not served');
    expect(test.paths().slice(before)).toHaveLength(2);
  });

  it('#148 forgets a version that is no longer served, and finds one that is served later', async () => {
    let versions = ['v1alpha1'];
    const test = harness({
      '/api': core, '/apis': aggregated(group('demo.io', { version: 'v1alpha1', resources: [resource('widgets', 'Widget')] })),
      '/apis/demo.io': () => json({ name: 'demo.io', versions: versions.map((version) => ({ version })), preferredVersion: { version: versions[0] } }),
      '/apis/demo.io/v1': () => (versions.includes('v1') ? resources(['widgets', 'Widget', true], ['widgets/status', 'Widget', true]) : missing),
    });
    expect((await test.mapper.kindFor({ group: 'demo.io', kind: 'Widget' })).version).toBe('v1alpha1');
    versions = ['v1'];
    const client = intercept(test.transport, [test.mapper.interceptor]);
    await client.dispatch({ method: 'GET', path: '/apis/demo.io/v1alpha1/namespaces/default/widgets', headers: {} });
    expect((await test.mapper.kindFor({ group: 'demo.io', kind: 'Widget' })).version).toBe('v1');
    await expect(test.mapper.kindFor({ group: 'demo.io', version: 'v1alpha1', kind: 'Widget' })).rejects.toThrow('the server does not know Widget of demo.io/v1alpha1: it is served in v1');
    const objectMissing = intercept(new ScriptedTransport(() => json(ApiError.of(404, 'NotFound', 'no such widget').status, 404)), [test.mapper.interceptor]);
    await objectMissing.dispatch({ method: 'GET', path: '/apis/demo.io/v1/namespaces/default/widgets/a', headers: {} });
    const before = test.paths().length;
    expect((await test.mapper.kindFor({ group: 'demo.io', version: 'v1', kind: 'Widget' })).version).toBe('v1');
    expect(test.paths()).toHaveLength(before);
  });

  it('makes do with a server that has no aggregated discovery, one broken group included', async () => {
    const test = harness({
      '/api': json({ kind: 'APIVersions', versions: ['v1'] }), '/api/v1': resources(['nodes', 'Node', false], ['pods/status', 'Pod', true]),
      '/apis': json({ kind: 'APIGroupList', groups: [{ name: 'demo.io', versions: [{ version: 'v1beta1' }, { version: 'v1' }], preferredVersion: { version: 'v1' } }, { name: 'bad.io', versions: [{ version: 'v1' }] }] }),
      '/apis/demo.io/v1': resources(['widgets', 'Widget', true]), '/apis/demo.io/v1beta1': resources(['widgets', 'Widget', true]), '/apis/bad.io/v1': { status: 503 },
    });
    expect(await test.mapper.kindFor({ group: 'demo.io', kind: 'Widget' })).toEqual({ group: 'demo.io', version: 'v1', kind: 'Widget', plural: 'widgets', scope: 'Namespaced' });
    expect((await test.mapper.kindFor({ group: '', kind: 'Node' })).scope).toBe('Cluster');
  });

  it('asks again after a failure of the discovery itself, and refuses objects that say nothing', async () => {
    let up = false;
    const test = harness({ '/api': () => (up ? core : { status: 500 }), '/apis': aggregated(net) });
    await expect(test.mapper.kindFor({ group: '', kind: 'Node' })).rejects.toMatchObject({ httpStatus: 500 });
    up = true;
    expect((await test.mapper.kindFor({ group: '', kind: 'Node' })).plural).toBe('nodes');
    await expect(test.mapper.kindOf({ kind: 'Node' })).rejects.toSatisfy((error) => hasCode(error, 'KW_INVALID_ARGUMENT'));
  });
});
