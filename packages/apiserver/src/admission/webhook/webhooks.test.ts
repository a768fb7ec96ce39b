import { readAsGo, type KubeObject } from '@kubewright/api';
import type { MutatingWebhook } from '@kubewright/api/admissionregistration/v1';
import { noopLogger, SeededRandom } from '@kubewright/platform';
import { beforeEach, describe, expect, it } from 'vitest';

import type { ResourceInfo } from '../../registry/resource.js';
import type { ObjectSource } from '../../storage/object-source.js';
import { WebhookCallError, type WebhookCall, type WebhookCaller } from '../../webhooks/webhook-caller.js';
import type { AdmissionRequest } from '../admission.js';
import { AdmissionChain } from '../chain.js';
import { mutatingWebhooks } from './mutating-webhooks.js';
import { validatingWebhooks } from './validating-webhooks.js';

interface Review {
  readonly apiVersion: string;
  readonly request: Record<string, unknown> & { uid: string; object: KubeObject | null };
}

type Script = (review: Review) => object;

const MUTATING = 'mutatingwebhookconfigurations';
const VALIDATING = 'validatingwebhookconfigurations';
const scripts = new Map<string, Script>();
const calls: { url: string; review: Review; timeoutSeconds: number }[] = [];
const configurations = new Map<string, KubeObject[]>();
const namespaces = new Map<string, KubeObject>();

const caller: WebhookCaller = {
  call({ clientConfig, review, timeoutSeconds, answer }: WebhookCall) {
    const url = clientConfig.url ?? '';
    calls.push({ url, review: structuredClone(review) as Review, timeoutSeconds });
    const given = review as Review;
    const response = scripts.get(url)?.(given) ?? {};
    return Promise.resolve(readAsGo({ apiVersion: given.apiVersion, kind: 'AdmissionReview', response: { uid: given.request.uid, allowed: true, ...response } }, answer).value as Record<string, unknown>);
  },
};
const source: ObjectSource = {
  get: (_group, _plural, _namespace, name) => namespaces.get(name),
  list: (_group, plural) => configurations.get(plural) ?? [],
};

const widgets = (version: string): ResourceInfo => ({
  group: 'example.com', version, plural: 'widgets', kind: 'Widget', namespaced: true, subresources: [{ name: 'status', verbs: [], kind: 'Widget' }], storageVersion: 'v1',
  strategy: { prune: (object: KubeObject) => void delete (object as { unknown?: unknown }).unknown, applyDefaults: () => undefined },
}) as unknown as ResourceInfo;
const [v1, v2] = [widgets('v1'), widgets('v2')];
const plain = (group: string, plural: string, kind: string): ResourceInfo => ({ group, version: 'v1', plural, kind, namespaced: false, subresources: [], strategy: v1!.strategy }) as unknown as ResourceInfo;

const chain = new AdmissionChain([mutatingWebhooks, validatingWebhooks].map((plugin) => plugin({ caller, objects: source, served: { all: () => [v1!, v2!] }, random: new SeededRandom(1), log: noopLogger })));

/** Written down in any order, listed in that of their names, as the storage does. */
function configure(plural: string, name: string, ...webhooks: Partial<MutatingWebhook>[]): void {
  const all = configurations.get(plural) ?? [];
  const defaults = (webhook: Partial<MutatingWebhook>): Partial<MutatingWebhook> => ({
    clientConfig: { url: `https://hook/${webhook.name ?? ''}` }, admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 7,
    rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['widgets'] }], ...webhook,
  });
  all.push({ metadata: { name }, webhooks: webhooks.map(defaults) } as KubeObject);
  configurations.set(plural, all.sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1)));
}

const answer = (name: string, script: Script | object): unknown => scripts.set(`https://hook/${name}`, typeof script === 'function' ? (script as Script) : () => script);
const patch = (...operations: object[]): object => ({ patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(operations)).toString('base64') });
const append = (value: string): object => patch({ op: 'add', path: '/spec/list/-', value });
const widget = (rest: object = {}, metadata: object = {}): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a', namespace: 'ns', ...metadata }, ...rest });
const write = (part: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  operation: 'CREATE', resource: v1!, subresource: '', namespace: 'ns', name: 'a', object: widget({ spec: { list: [] } }), oldObject: undefined,
  user: { name: 'jane', groups: ['dev'], extra: { scope: ['x'] } }, dryRun: false, warnings: [], ...part,
});
const asked = (): string[] => calls.splice(0).map(({ url }) => url.slice('https://hook/'.length));
const specOf = ({ object }: AdmissionRequest): unknown => (object as unknown as { spec: unknown }).spec;

beforeEach(() => {
  for (const map of [scripts, configurations, namespaces]) map.clear();
  calls.length = 0;
  namespaces.set('ns', { metadata: { name: 'ns', labels: { env: 'prod' } } });
});

describe('which requests a webhook is asked about', () => {
  const rule = (part: object): Partial<MutatingWebhook> => ({ rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], ...part }] });
  const namespace = { resource: plain('', 'namespaces', 'Namespace'), namespace: '', name: 'new', object: { metadata: { name: 'new', labels: { env: 'test' } } } };
  it.each<[string, Partial<MutatingWebhook>, Partial<AdmissionRequest>, boolean]>([
    ['the resource of the rule', {}, {}, true],
    ['not a subresource', {}, { subresource: 'status' }, false],
    ['a named subresource', rule({ resources: ['widgets/status'] }), { subresource: 'status' }, true],
    ['any subresource, and the resource', rule({ resources: ['widgets/*'] }), {}, true],
    ['a subresource of anything', rule({ resources: ['*/scale'] }), { subresource: 'scale' }, true],
    ['all resources, without subresources', rule({ resources: ['*'] }), { subresource: 'status' }, false],
    ['not another operation', rule({ operations: ['UPDATE'] }), {}, false],
    ['not another group', rule({ apiGroups: ['other'] }), {}, false],
    ['another version of the same objects', rule({ apiVersions: ['v1'] }), { resource: v2! }, true],
    ['not another version when it is exact', { ...rule({ apiVersions: ['v1'] }), matchPolicy: 'Exact' }, { resource: v2! }, false],
    ['namespaced objects only', rule({ scope: 'Namespaced' }), {}, true],
    ['cluster-scoped objects only', rule({ scope: 'Cluster' }), {}, false],
    ['a Namespace as cluster-scoped', rule({ scope: 'Cluster' }), namespace, true],
    ['a Namespace by the labels it is going to have', { ...rule({}), namespaceSelector: { matchLabels: { env: 'test' } } }, namespace, true],
    ['the labels of the namespace', { namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'In', values: ['prod'] }] } }, {}, true],
    ['not other labels of the namespace', { namespaceSelector: { matchLabels: { env: 'test' } } }, {}, false],
    ['cluster-scoped objects whatever the selector of namespaces', { ...rule({}), namespaceSelector: { matchLabels: { no: 'where' } } }, { namespace: '' }, true],
    ['the labels of the object', { objectSelector: { matchLabels: { a: 'b' } } }, { object: widget({}, { labels: { a: 'b' } }) }, true],
    ['the labels that the object has lost', { objectSelector: { matchLabels: { a: 'b' } } }, { operation: 'UPDATE', oldObject: widget({}, { labels: { a: 'b' } }) }, true],
    ['not objects without the labels', { objectSelector: { matchLabels: { a: 'b' } } }, {}, false],
    ['no configuration of webhooks', rule({}), { resource: plain('admissionregistration.k8s.io', VALIDATING, 'ValidatingWebhookConfiguration'), namespace: '' }, false],
  ])('%s', async (_what, webhook, request, isAsked) => {
    configure(VALIDATING, 'c', { name: 'a.b.c', ...webhook });
    await chain.validate(write(request));
    expect(asked()).toEqual(isAsked ? ['a.b.c'] : []);
  });

  it('is told that the namespace is missing only by webhooks that would be asked', async () => {
    configure(VALIDATING, 'c', { name: 'a.b.c', namespaceSelector: { matchLabels: { a: 'b' } } });
    await expect(chain.validate(write({ namespace: 'none' }))).rejects.toMatchObject({ httpStatus: 404, message: 'namespaces "none" not found' });
    await chain.validate(write({ namespace: 'none', subresource: 'status' }));
  });
});

describe('what a webhook is told', () => {
  it('the request, in the version that it asked for', async () => {
    configure(VALIDATING, 'c', { name: 'a.b.c' });
    const object = { ...widget({ spec: {} }), apiVersion: 'example.com/v2' };
    await chain.validate(write({ resource: v2!, operation: 'UPDATE', object, oldObject: { ...object }, options: { fieldManager: 'kubectl' }, dryRun: true }));
    const [{ review, timeoutSeconds }] = calls as [(typeof calls)[number]];
    expect(timeoutSeconds).toBe(7);
    expect(review).toMatchObject({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' });
    expect(review.request).toEqual({
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, name: 'a', namespace: 'ns', operation: 'UPDATE', dryRun: true,
      kind: { group: 'example.com', version: 'v1', kind: 'Widget' }, resource: { group: 'example.com', version: 'v1', resource: 'widgets' },
      requestKind: { group: 'example.com', version: 'v2', kind: 'Widget' }, requestResource: { group: 'example.com', version: 'v2', resource: 'widgets' },
      userInfo: { username: 'jane', groups: ['dev'], extra: { scope: ['x'] } }, object: widget({ spec: {} }), oldObject: widget({ spec: {} }),
      options: { kind: 'UpdateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl' },
    });
  });

  it('no object of a deletion, and a review of the version that it knows', async () => {
    configure(VALIDATING, 'c', { name: 'a.b.c', admissionReviewVersions: ['v0', 'v1beta1', 'v1'] });
    await chain.validate(write({ operation: 'DELETE', object: undefined, oldObject: widget() }));
    expect(calls[0]!.review).toMatchObject({ apiVersion: 'admission.k8s.io/v1beta1', request: { object: null, oldObject: widget(), options: { kind: 'DeleteOptions' } } });
  });
});

describe('webhooks that refuse or fail', () => {
  const deniedBy = 'admission webhook "a.b.c" denied the request';
  it.each<[string, object, object]>([
    ['nothing', {}, { code: 400, message: `${deniedBy} without explanation` }],
    ['a message', { status: { message: 'no' } }, { code: 400, message: `${deniedBy}: no` }],
    ['a code', { status: { message: 'no', code: 418 } }, { code: 418 }],
    ['a code of success', { status: { message: 'no', code: 200, status: 'Success' } }, { code: 400, status: 'Failure' }],
    ['a reason', { status: { reason: 'Invalid', code: 422, details: { name: 'x' } } }, { code: 422, reason: 'Invalid', message: `${deniedBy}: Invalid`, details: { name: 'x' } }],
  ])('refusing with %s', async (_what, response, status) => {
    configure(VALIDATING, 'c', { name: 'a.b.c' });
    answer('a.b.c', { allowed: false, ...response });
    await expect(chain.validate(write())).rejects.toMatchObject({ status });
  });

  const invalid = 'failed calling webhook "a.b.c": received invalid webhook response: ';
  it.each<[string, 'mutating' | 'validating', Script, string]>([
    ['that can not be reached', 'validating', () => { throw new WebhookCallError('Post "https://x": EOF'); }, 'failed calling webhook "a.b.c": failed to call webhook: Post "https://x": EOF'],
    ['whose configuration is of no use', 'validating', () => { throw new WebhookCallError('no PEM', true); }, 'failed calling webhook "a.b.c": could not get REST client: no PEM'],
    ['that answers another question', 'validating', () => ({ uid: 'x' }), `${invalid}expected response.uid=`],
    ['that patches while it validates', 'validating', () => append('x'), `${invalid}validating webhook may not return response.patch`],
    ['that patches in no known way', 'mutating', () => ({ ...append('x'), patchType: 'Merge' }), 'failed calling webhook "a.b.c": unsupported patch type "Merge"'],
    ['that does not say how it patches', 'mutating', () => ({ ...append('x'), patchType: null }), `${invalid}webhook returned response.patch but not response.patchType`],
    ['that patches nothing in some way', 'mutating', () => ({ patchType: 'JSONPatch' }), `${invalid}webhook returned response.patchType but not response.patch`],
  ])('one %s ends the request, unless it ignores failures', async (_what, kind, script, message) => {
    const plural = kind === 'mutating' ? MUTATING : VALIDATING;
    const run = (): Promise<void> => (kind === 'mutating' ? chain.admit(write()) : chain.validate(write()));
    configure(plural, 'c', { name: 'a.b.c' });
    answer('a.b.c', script);
    await expect(run()).rejects.toMatchObject({ httpStatus: 500, reason: 'InternalError', message: expect.stringContaining(message) as string });
    configurations.clear();
    configure(plural, 'c', { name: 'a.b.c', failurePolicy: 'Ignore' });
    await run();
  });

  it('a refusal is not a failure: nobody ignores it', async () => {
    configure(VALIDATING, 'c', { name: 'a.b.c', failurePolicy: 'Ignore' });
    answer('a.b.c', { allowed: false });
    await expect(chain.validate(write())).rejects.toThrow('without explanation');
  });

  it.each([['Some', true], ['Unknown', true], ['NoneOnDryRun', false], ['None', false]])('a dry run and side effects %s', async (sideEffects, isRefused) => {
    configure(VALIDATING, 'c', { name: 'a.b.c', sideEffects, failurePolicy: 'Ignore' });
    await chain.validate(write());
    const dry = chain.validate(write({ dryRun: true }));
    if (isRefused) await expect(dry).rejects.toMatchObject({ httpStatus: 400, reason: 'BadRequest', message: 'admission webhook "a.b.c" does not support dry run' });
    else await dry;
    expect(asked()).toHaveLength(isRefused ? 1 : 2);
  });

  it('conditions are not evaluated: the request is refused, or the webhook left out', async () => {
    configure(VALIDATING, 'c', { name: 'a.b.c', matchConditions: [{ name: 'x', expression: 'true' }] });
    await expect(chain.validate(write())).rejects.toMatchObject({ httpStatus: 403, message: expect.stringContaining('does not evaluate the matchConditions') as string });
    configurations.clear();
    configure(VALIDATING, 'c', { name: 'a.b.c', failurePolicy: 'Ignore', matchConditions: [{ name: 'x', expression: 'true' }] });
    await chain.validate(write());
    expect(asked()).toEqual([]);
  });
});

describe('webhooks that change', () => {
  it('are asked one after the other, by the names of their configurations, and see what others have changed', async () => {
    configure(MUTATING, 'z', { name: 'last.b.c' });
    configure(MUTATING, 'a', { name: 'first.b.c' }, { name: 'second.b.c' });
    for (const name of ['first', 'second', 'last']) answer(`${name}.b.c`, append(name));
    const request = write();
    const { object } = request;
    await chain.admit(request);
    expect(specOf(request)).toEqual({ list: ['first', 'second', 'last'] });
    expect(request.object).toBe(object);
    expect(calls.map(({ review }) => (review.request.object as unknown as { spec: { list: string[] } }).spec.list.length)).toEqual([0, 1, 2]);
  });

  it('are asked again when they want it and others have changed something since', async () => {
    configure(MUTATING, 'c', { name: 'first.b.c', reinvocationPolicy: 'IfNeeded' }, { name: 'never.b.c' }, { name: 'second.b.c' });
    for (const name of ['first', 'never', 'second']) answer(`${name}.b.c`, append(name));
    const request = write();
    await chain.admit(request);
    expect(specOf(request)).toEqual({ list: ['first', 'never', 'second', 'first'] });
    asked();
    for (const name of ['never', 'second']) answer(`${name}.b.c`, {});
    await chain.admit(write());
    expect(asked()).toEqual(['first.b.c', 'never.b.c', 'second.b.c']);
  });

  it('change objects in their own version; unknown fields go', async () => {
    configure(MUTATING, 'c', { name: 'a.b.c' });
    answer('a.b.c', patch({ op: 'add', path: '/unknown', value: 1 }, { op: 'add', path: '/spec/hooked', value: true }));
    const request = write({ resource: v2!, object: { ...widget({ spec: {} }), apiVersion: 'example.com/v2' } });
    await chain.admit(request);
    expect(request.object).toEqual({ ...widget({ spec: { hooked: true } }), apiVersion: 'example.com/v2' });
  });

  it.each<[string, Script | object, Partial<AdmissionRequest>, string]>([
    ['does not fit', patch({ op: 'remove', path: '/spec/zzz' }), {}, "error in remove for path: '/spec/zzz': Unable to remove nonexistent key: zzz: missing value"],
    ['is no patch', { patchType: 'JSONPatch', patch: Buffer.from('{}').toString('base64') }, {}, 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    ['has no object', append('x'), { operation: 'DELETE', object: undefined, oldObject: widget() }, 'admission webhook "a.b.c" attempted to modify the object, which is not supported for this operation'],
  ])('a patch that %s ends the request', async (_what, script, request, message) => {
    configure(MUTATING, 'c', { name: 'a.b.c', failurePolicy: 'Ignore' });
    answer('a.b.c', script);
    await expect(chain.admit(write(request))).rejects.toMatchObject({ httpStatus: 500, message: `Internal error occurred: ${message}` });
  });
});

it('validating webhooks are all asked at once; one refusal and all warnings are told', async () => {
  configure(VALIDATING, 'c', { name: 'one.b.c' }, { name: 'two.b.c' }, { name: 'three.b.c' });
  answer('one.b.c', { allowed: false, warnings: ['one'] });
  answer('two.b.c', { warnings: ['two'] });
  answer('three.b.c', { warnings: ['three'] });
  const request = write();
  await expect(chain.validate(request)).rejects.toThrow('"one.b.c" denied');
  expect(asked()).toEqual(['three.b.c', 'one.b.c', 'two.b.c']);
  expect(request.warnings).toEqual(['three', 'one', 'two']);
});
