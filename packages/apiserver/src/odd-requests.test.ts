import { memoryLogger } from '@kubewright/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { startCluster, type EmbeddedCluster } from './cluster.js';
import { readBody } from './listener/exchange.js';

// What random requests have found (test/long/fuzz).
let cluster: EmbeddedCluster;
const log = memoryLogger();
beforeEach(async () => void (cluster = await startCluster({ controllers: 'none', nodes: 0, log })));
afterEach(() => cluster.stop());

async function send(method: string, path: string, contentType: string, body: string): Promise<{ status: number; message: string }> {
  const { status, body: chunks } = await cluster.transport().dispatch({ method, path, headers: { 'content-type': contentType }, body: Buffer.from(body) });
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return { status, message: (JSON.parse(text) as { message?: string }).message ?? '' };
}

const JSON_TYPE = 'application/json';
const APPLY = 'application/apply-patch+yaml';
const STRATEGIC = 'application/strategic-merge-patch+json';

describe('a request that nobody should send', () => {
  it.each([
    ['a number beyond all bounds in a text that is no JSON further on', 'POST', '/api/v1/namespaces/default/configmaps', JSON_TYPE, '{"data":1e400,"x":NaN}', 400, /cannot unmarshal number 1e400|invalid character 'N'/],
    ['an apiVersion that is a number', 'PATCH', '/apis/policy/v1/namespaces/default/poddisruptionbudgets/a?fieldManager=m', APPLY, '{"apiVersion":5,"kind":"PodDisruptionBudget"}', 400, /^invalid object type: \/, Kind=PodDisruptionBudget$/],
    ['a kind that is a list', 'PATCH', '/api/v1/namespaces/default/configmaps/a?fieldManager=m', APPLY, '{"apiVersion":"v1","kind":[]}', 400, /^invalid object type: \/v1, Kind=$/],
    ['a Secret whose type is the name of a method', 'POST', '/api/v1/namespaces/default/secrets', JSON_TYPE, '{"metadata":{"name":"a"},"type":"constructor"}', 201, /^$/],
    ['a method with the name of a method', 'constructor', '/api/v1/namespaces/default/secrets', JSON_TYPE, '', 405, /./],
    ['a directive that is no list', 'PATCH', '/api/v1/namespaces/default', STRATEGIC, '{"metadata":{"$retainKeys":1}}', 400, /^invalid patch format of retainKeys$/],
  ])('is answered: %s', async (_what, method, path, type, body, status, message) => {
    const answer = await send(method, path, type, body);
    expect(answer.message).toMatch(message);
    expect(answer.status).toBe(status);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is answered: a Pod without containers where a LimitRange has defaults', async () => {
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', JSON_TYPE, '{"metadata":{"name":"default"}}');
    await send('POST', '/api/v1/namespaces/default/limitranges', JSON_TYPE, '{"metadata":{"name":"a"},"spec":{"limits":[{"type":"Container","default":{"cpu":"1"}}]}}');
    for (const spec of ['null', '{}', '{"containers":null}']) {
      const { status, message } = await send('POST', '/api/v1/namespaces/default/pods', JSON_TYPE, `{"metadata":{"name":"a"},"spec":${spec}}`);
      expect([status, message]).toEqual([422, expect.stringContaining('spec.containers: Required value') as string]);
    }
  });

  it('is no error of ours when its client leaves in the middle of the body', async () => {
    const leaving = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from('{"met');
      throw Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    };
    await expect(readBody(leaving())).rejects.toMatchObject({ status: { code: 400 }, message: 'unexpected EOF' });
  });
});
