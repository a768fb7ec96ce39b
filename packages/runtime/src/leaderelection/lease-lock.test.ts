import { ScriptedTransport } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { LeaseLock } from './lease-lock.js';

const where = { namespace: 'ops', name: 'widget-operator' };
const path = '/apis/coordination.k8s.io/v1/namespaces/ops/leases';

describe('LeaseLock', () => {
  it('reads, creates and replaces its lease over the lane for leases', async () => {
    const lease = { metadata: { ...where, resourceVersion: '4' }, spec: { holderIdentity: 'me' } };
    const transport = new ScriptedTransport(() => ({ status: 200, body: JSON.stringify(lease) }));
    const lock = new LeaseLock(transport, where, { app: 'widget' });
    const { signal } = new AbortController();
    expect(await lock.read(signal)).toMatchObject(lease);
    await lock.create({ holderIdentity: 'me' }, signal);
    await lock.update(lease, signal);
    expect(transport.requests.map(({ method, path: at, lane }) => [method, at, lane])).toEqual([
      ['GET', `${path}/widget-operator`, 'lease'],
      ['POST', path, 'lease'],
      ['PUT', `${path}/widget-operator`, 'lease'],
    ]);
    const sent = transport.requests.map(({ body }) => body && (JSON.parse(Buffer.from(body).toString()) as object));
    expect(sent[1]).toEqual({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...where, labels: { app: 'widget' } }, spec: { holderIdentity: 'me' } });
    expect(sent[2]).toMatchObject({ metadata: { resourceVersion: '4' } });
  });

  it('finds no lease where there is none, and passes every other failure on', async () => {
    const answers = [404, 403];
    const transport = new ScriptedTransport(() => {
      const code = answers.shift()!;
      return { status: code, body: JSON.stringify({ kind: 'Status', code, reason: code === 404 ? 'NotFound' : 'Forbidden', message: 'no' }) };
    });
    const lock = new LeaseLock(transport, where);
    const { signal } = new AbortController();
    expect(await lock.read(signal)).toBeUndefined();
    await expect(lock.read(signal)).rejects.toMatchObject({ reason: 'Forbidden' });
  });

  it('ends a request that hangs with its signal', async () => {
    const transport = new ScriptedTransport((_request, _index, signal) => new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error))));
    const stop = new AbortController();
    const reading = new LeaseLock(transport, where).read(stop.signal);
    stop.abort(new Error('too late'));
    await expect(reading).rejects.toThrow('too late');
  });
});
