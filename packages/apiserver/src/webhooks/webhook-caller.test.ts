import type { KubeObject } from '@kubewright/api';
import { describe, expect, it } from 'vitest';

import type { ObjectSource } from '../storage/object-source.js';
import { goString, goStruct, optional } from './go-types.js';
import { networkErrorText } from './network-error.js';
import { readReviewAnswer } from './review-answer.js';
import { storedServiceAddress } from './service-address.js';
import { shownUrl, webhookUrl } from './webhook-caller.js';

describe('the URL of a call', () => {
  it.each([
    [{ url: 'https://127.0.0.1:443/x' }, 'https://127.0.0.1:443/x?timeout=10s'],
    [{ url: 'https://host' }, 'https://host/?timeout=10s'],
    [{ url: 'https://host/a//b/' }, 'https://host/a/b?timeout=10s'],
    [{ service: { namespace: 'ns', name: 'svc' } }, 'https://svc.ns.svc:443/?timeout=10s'],
    [{ service: { namespace: 'ns', name: 'svc', path: '/convert', port: 8443 } }, 'https://svc.ns.svc:8443/convert?timeout=10s'],
    [{ service: { namespace: 'ns', name: 'svc', path: 'convert' } }, 'https://svc.ns.svc:443/convert?timeout=10s'],
  ])('%j', (config, expected) => {
    expect(shownUrl(config, 10)).toBe(expected);
    expect(webhookUrl(config, 10).search).toBe('?timeout=10s');
  });
});

describe('storedServiceAddress', () => {
  const slice = (part: object): KubeObject => ({ metadata: { name: 's', labels: { 'kubernetes.io/service-name': 'svc' } }, ports: [{ name: 'https', port: 9443 }], ...part }) as KubeObject;
  const address = (spec: object | undefined, slices: KubeObject[] = [], endpoints?: object): string | Promise<string> => {
    const source: ObjectSource = {
      get: (_group, plural) => (plural === 'services' ? spec && ({ metadata: {}, spec } as KubeObject) : endpoints && ({ metadata: {}, ...endpoints } as KubeObject)),
      list: () => slices,
    };
    return storedServiceAddress(source)('ns', 'svc', 443);
  };
  const service = { type: 'ClusterIP', clusterIP: '10.96.0.9', ports: [{ name: 'https', port: 443 }] };

  it.each<[string, Parameters<typeof address>, string]>([
    ['an external name', [{ type: 'ExternalName', externalName: 'localhost' }], 'https://localhost:443'],
    ['an endpoint', [service, [slice({ endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: false } }, { addresses: ['192.0.2.7'] }] })]], 'https://192.0.2.7:9443'],
    ['an address of version 6', [service, [slice({ endpoints: [{ addresses: ['2001:db8::1'] }] })]], 'https://[2001:db8::1]:9443'],
    ['endpoints of the old kind', [service, [], { subsets: [{ addresses: [{ ip: '192.0.2.8' }], ports: [{ name: 'https', port: 1 }] }] }], 'https://192.0.2.8:1'],
  ])('finds %s', async (_what, given, expected) => {
    expect(await address(...given)).toBe(expected);
  });

  it.each<[string, Parameters<typeof address>, string]>([
    ['no service', [undefined], 'service "svc" not found'],
    ['no such port', [{ ...service, ports: [] }], 'no service port 443 found for service "svc"'],
    ['no address', [{ ...service, clusterIP: 'None' }], 'cannot route to service with ClusterIP "None"'],
    ['no endpoints', [service], 'dial tcp 10.96.0.9:443: connect: connection refused'],
    ['pods only, which listen nowhere', [service, [slice({ endpoints: [{ addresses: ['10.244.1.2'], targetRef: { kind: 'Pod' } }] })]], 'dial tcp 10.96.0.9:443: connect: no route to host'],
  ])('says that there is %s', (_what, given, message) => {
    expect(() => address(...given)).toThrow(message);
  });
});

describe('readReviewAnswer', () => {
  const shape = goStruct('Review', { kind: optional(goString) });
  const read = (body: string, status = 200, contentType = ''): Promise<Record<string, unknown>> => readReviewAnswer({ status, contentType, body: Buffer.from(body) }, shape);

  it('reads JSON, and YAML as well', async () => {
    expect(await read('{"kind":"a","other":1}')).toEqual({ kind: 'a' });
    expect(await read('kind: a')).toEqual({ kind: 'a' });
  });

  const type = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  it.each<[string, Parameters<typeof read>, string]>([
    ['a text', ['hello'], `couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type ${type}`],
    ['a list', ['[]'], `couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type ${type}`],
    ['nothing', ['', 200, 'application/json'], '0-length response with status code: 200 and content type: application/json'],
    ['a wrong type', ['{"kind":1}'], 'json: cannot unmarshal number into Go struct field Review.kind of type string'],
    ['a failure', ['broken', 500], 'an error on the server ("broken") has prevented the request from succeeding'],
    ['a failure that is no text', ['{}', 502, 'application/json'], 'an error on the server ("unknown") has prevented the request from succeeding'],
    ['a Status', ['{"kind":"Status","apiVersion":"v1","status":"Failure","message":"busy"}', 500, 'application/json'], 'busy'],
    ['a page that is not there', ['', 404], 'the server could not find the requested resource'],
    ['a refusal', ['go away', 403], 'go away'],
    ['a redirect', ['', 302], 'the server responded with the status code 302 but did not return more information'],
  ])('refuses %s', async (_what, given, message) => {
    await expect(read(...given)).rejects.toMatchObject({ name: 'WebhookCallError', message });
  });
});

describe('networkErrorText', () => {
  const error = (code: string, rest: object = {}): Error => Object.assign(new Error('message'), { code, ...rest });
  it.each<[unknown, string]>([
    [error('ECONNREFUSED', { address: '127.0.0.1', port: 1 }), 'dial tcp 127.0.0.1:1: connect: connection refused'],
    [new AggregateError([error('ECONNREFUSED', { address: '::1', port: 1 })]), 'dial tcp [::1]:1: connect: connection refused'],
    [error('ENOTFOUND'), 'dial tcp: lookup host: no such host'],
    [error('ECONNRESET'), 'EOF'],
    [error('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
    [error('ERR_TLS_CERT_ALTNAME_INVALID', { cert: { subjectaltname: 'DNS:a, DNS:b, IP Address:1.2.3.4' } }), 'tls: failed to verify certificate: x509: certificate is valid for a, b, not host'],
    [error('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls: failed to verify certificate: x509: certificate is not valid for any names, but wanted to match host'],
    [Object.assign(error('EPROTO'), { message: 'ssl3_get_record:wrong version number' }), 'http: server gave HTTP response to HTTPS client'],
    [error('ESOMETHING'), 'message'],
  ])('%s', (given, expected) => {
    expect(networkErrorText(given, 'host')).toBe(expected);
  });
});
