import { FakeClock, memoryLogger, ScriptedTransport, type ScriptedAnswer } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { KubewrightError } from '../../errors/kubewright-error.js';
import { createPrometheusRegistry } from '../../metrics/prometheus-registry.js';
import { createTransport } from '../create-client.js';
import { parseWarnings } from './warnings.js';

const busy: ScriptedAnswer = { status: 429, headers: { 'retry-after': '2' } };
const reset = new KubewrightError('KW_CONNECTION', 'reset', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
const refused = new KubewrightError('KW_CONNECTION', 'refused', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });

function harness(...answers: ScriptedAnswer[]) {
  const clock = new FakeClock();
  const log = memoryLogger();
  const scripted = new ScriptedTransport((_request, index) => answers[Math.min(index, answers.length - 1)]!);
  return { clock, log, scripted, transport: createTransport({ transport: scripted, clock, log, userAgent: 'me/1' }) };
}

describe('retry', () => {
  const body = Buffer.from('{}');
  it.each<[string, ScriptedAnswer[], 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE', 'request' | 'watch', number, number]>([
    ['#118 429 with Retry-After is asked again, writes too', [busy, busy, { status: 200 }], 'PATCH', 'request', 3, 4_000],
    ['503 likewise', [{ ...busy, status: 503 }, { status: 200 }], 'GET', 'request', 2, 2_000],
    ['no more than ten times', [busy], 'GET', 'request', 11, 20_000],
    ['429 without Retry-After is the caller\'s business', [{ status: 429 }], 'GET', 'request', 1, 0],
    ['a wait beyond a minute too', [{ status: 429, headers: { 'retry-after': '61' } }], 'GET', 'request', 1, 0],
    ['and a watch', [busy], 'GET', 'watch', 1, 0],
    ['a read whose connection was reset is asked again', [reset, { status: 200 }], 'GET', 'request', 2, 100],
    ['#119 a write is not: it may have happened', [reset], 'PATCH', 'request', 1, 0],
    ['#119 nor a creation', [reset], 'POST', 'request', 1, 0],
    ['#119 nor an update, which may meet its own result', [reset], 'PUT', 'request', 1, 0],
    ['#119 nor a deletion', [reset], 'DELETE', 'request', 1, 0],
    ['#118 429 of a creation, which was not carried out', [busy, busy, busy, { status: 201 }], 'POST', 'request', 4, 6_000],
    ['#118 503 of an update likewise', [{ ...busy, status: 503 }, { status: 200 }], 'PUT', 'request', 2, 2_000],
    ['a refused connection is not', [refused], 'GET', 'request', 1, 0],
  ])('%s', async (_name, answers, method, lane, requests, after) => {
    const test = harness(...answers);
    let settled = false;
    const outcome = test.transport.dispatch({ method, path: '/x', headers: {}, lane, ...(method !== 'GET' && { body }) }).then((response) => response.status, String).finally(() => (settled = true));
    if (after > 0) await test.clock.advance(after - 1);
    expect(settled).toBe(after === 0 && settled);
    await test.clock.advance(1);
    await outcome;
    expect(test.scripted.requests).toHaveLength(requests);
    expect(test.scripted.requests.every((request) => request.headers['user-agent'] === 'me/1')).toBe(true);
    expect(test.scripted.requests.every((request) => String(request.body ?? '') === (method === 'GET' ? '' : '{}'))).toBe(true);
    expect(test.clock.pending).toBe(0);
  });

  it('#144 stops waiting when the signal aborts', async () => {
    const test = harness(busy);
    const stop = new AbortController();
    const outcome = test.transport.dispatch({ method: 'GET', path: '/x', headers: {} }, stop.signal);
    await test.clock.advance(1);
    stop.abort(new Error('enough'));
    await expect(outcome).rejects.toThrow('enough');
    expect(test.clock.pending).toBe(0);
  });
});

describe('warnings', () => {
  it('#143 are read by code, with their quotes, several in one header', () => {
    expect(parseWarnings('299 - "a \\"b\\"", 199 - "no", 299 agent "c, d" "Wed, 21 Oct 2026 07:28:00 GMT"')).toEqual(['a "b"', 'c, d']);
    expect(parseWarnings('nonsense')).toEqual([]);
  });

  it('are logged once each', async () => {
    const test = harness({ status: 200, headers: { warning: '299 - "unknown field \\"spec.x\\""' } });
    for (let call = 0; call < 3; call++) await test.transport.dispatch({ method: 'GET', path: '/x', headers: {} });
    expect(test.log.lines).toMatchObject([{ level: 'warn', fields: { warning: 'unknown field "spec.x"' } }]);
  });
});

describe('metrics', () => {
  it('count requests by code, method and host, in a registry of their own', async () => {
    const metrics = await createPrometheusRegistry();
    const scripted = new ScriptedTransport((_request, index) => (index === 0 ? { status: 404 } : refused));
    const transport = createTransport({ transport: scripted, metrics, clock: new FakeClock() });
    await transport.dispatch({ method: 'GET', path: '/x', headers: {} });
    await transport.dispatch({ method: 'GET', path: '/x', headers: {} }).catch(() => {});
    const { body } = await metrics.render();
    expect(body).toContain('rest_client_requests_total{code="404",method="GET",host="in-memory"} 1');
    expect(body).toContain('rest_client_requests_total{code="<error>",method="GET",host="in-memory"} 1');
    expect((await (await createPrometheusRegistry()).render()).body.trim()).toBe('');
  });
});
