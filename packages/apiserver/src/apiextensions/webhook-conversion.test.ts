import { readAsGo, structuralSchema, type KubeObject } from '@kubewright/api';
import { SeededRandom } from '@kubewright/platform';
import { describe, expect, it } from 'vitest';

import { WebhookCallError, type WebhookCall } from '../webhooks/webhook-caller.js';
import type { Definition } from './definition.js';
import { webhookConversion } from './webhook-conversion.js';

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly KubeObject[] };
}

const V2 = 'example.com/v2';
const widget = (name: string, rest: object = {}, metadata: object = {}): KubeObject => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, namespace: 'ns', uid: `uid-${name}`, ...metadata }, ...rest });
const schema = structuralSchema({ type: 'object', properties: { spec: { type: 'object', properties: { width: { type: 'integer' } } } } });

/** A converter whose webhook answers what `respond` makes of the converted objects. */
function converter(respond: (converted: KubeObject[], review: Review) => object, versions = ['v1']): { convert: (objects: readonly KubeObject[]) => Promise<readonly KubeObject[]>; reviews: Review[]; calls: WebhookCall[] } {
  const [reviews, calls]: [Review[], WebhookCall[]] = [[], []];
  const caller = {
    call: (call: WebhookCall) => {
      const review = structuredClone(call.review) as Review;
      reviews.push(review);
      calls.push(call);
      const converted = review.request.objects.map((object) => ({ ...structuredClone(object), apiVersion: review.request.desiredAPIVersion }));
      const answer = { apiVersion: review.apiVersion, kind: review.kind, response: { uid: review.request.uid, convertedObjects: converted, result: { status: 'Success' } }, ...respond(converted, review) };
      return Promise.resolve(readAsGo(answer, call.answer).value as Record<string, unknown>);
    },
  };
  const definition = { spec: { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://hook' }, conversionReviewVersions: versions } } } } as unknown as Definition;
  const convert = webhookConversion(definition, new Map([[V2, schema]]), { caller, random: new SeededRandom(1) });
  return { convert: async (objects) => convert(objects, V2), reviews, calls };
}

describe('conversion by a webhook', () => {
  it('asks once for all objects that need it, and for none that do not', async () => {
    const { convert, reviews, calls } = converter(() => ({}));
    const done = { ...widget('b'), apiVersion: V2 };
    const result = await convert([widget('a'), done, widget('c')]);
    expect(result.map(({ metadata, apiVersion }) => [metadata.name, apiVersion])).toEqual([['a', V2], ['b', V2], ['c', V2]]);
    expect(result[1]).toBe(done);
    expect(reviews).toEqual([{ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1', request: { uid: expect.any(String) as string, desiredAPIVersion: V2, objects: [widget('a'), widget('c')] } }]);
    expect(calls[0]).toMatchObject({ timeoutSeconds: 30, clientConfig: { url: 'https://hook' } });
    expect(await convert([done])).toEqual([done]);
    expect(reviews).toHaveLength(1);
  });

  it('takes over everything but metadata, of which only labels and annotations may change; unknown fields go', async () => {
    const { convert } = converter((converted) => {
      Object.assign(converted[0]!, { spec: { width: 1, extra: 2 } });
      Object.assign(converted[0]!.metadata, { labels: { a: 'c' }, annotations: null, generation: 9, finalizers: ['x'], resourceVersion: '7' });
      return {};
    });
    const original = widget('a', { spec: { size: 1 } }, { labels: { a: 'b' }, annotations: { x: 'y' }, generation: 2, resourceVersion: '3' });
    const before = structuredClone(original);
    expect(await convert([original])).toEqual([{ ...widget('a', { spec: { width: 1 } }, { labels: { a: 'c' }, generation: 2, resourceVersion: '3' }), apiVersion: V2 }]);
    expect(original).toEqual(before);
  });

  const failed = 'conversion webhook for example.com/v1, Kind=Widget failed: ';
  const returned = 'conversion webhook for example.com/v1, Kind=Widget returned ';
  const response = (part: object) => (converted: KubeObject[], { request }: Review): object => ({ response: { uid: request.uid, convertedObjects: converted, result: { status: 'Success' }, ...part } });
  const changed = (change: (object: Record<string, unknown> & KubeObject) => void) => (converted: KubeObject[]): object => {
    change(converted[0] as Record<string, unknown> & KubeObject);
    return {};
  };
  it.each<[string, (converted: KubeObject[], review: Review) => object, string]>([
    ['of no kind', () => ({ apiVersion: undefined, kind: undefined }), `${failed}expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=`],
    ['without a response', () => ({ response: null }), `${failed}no response provided`],
    ['to another question', response({ uid: 'x' }), 'got "x"'],
    ['that failed, with a message', response({ result: { status: 'Failure', message: 'cannot' } }), `${failed}cannot`],
    ['that failed', response({ result: {} }), `${failed}response.result.status was '', not 'Success'`],
    ['with too few objects', response({ convertedObjects: [] }), `${returned}0 objects, expected 1`],
    ['with objects of another version', changed((object) => void (object.apiVersion = 'example.com/v1')), `${returned}invalid object at index 0: invalid groupVersion (expected example.com/v2, received example.com/v1)`],
    ['with objects of another kind', changed((object) => void (object.kind = 'Gadget')), `${returned}invalid object at index 0: invalid kind (expected Widget, received Gadget)`],
    ['with another name', changed(({ metadata }) => void (metadata.name = 'z')), `${returned}invalid object: must have the same name: a != z`],
    ['with another namespace', changed(({ metadata }) => void (metadata.namespace = 'z')), `${returned}invalid object: must have the same namespace: ns != z`],
    ['with another uid', changed(({ metadata }) => void (metadata.uid = 'z')), `${returned}invalid object: must have the same UID: uid-a != z`],
    ['with labels that are none', changed(({ metadata }) => void (metadata.labels = { a: 1 as unknown as string })), `${returned}invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object`],
    ['with labels of a wrong form', changed(({ metadata }) => void (metadata.labels = { 'a b': 'c' })), `${returned}invalid metadata: metadata.labels: Invalid value: "a b": name part must consist of`],
    ['that could not be had', () => { throw new WebhookCallError('Post "https://hook/?timeout=30s": EOF'); }, `${failed}Post "https://hook/?timeout=30s": EOF`],
  ])('an answer %s is refused', async (_what, respond, message) => {
    await expect(converter(respond).convert([widget('a')])).rejects.toMatchObject({ httpStatus: 500, reason: '', message: expect.stringContaining(message) as string });
  });

  it('speaks the older reviews, which are not compared as strictly', async () => {
    const { convert, reviews } = converter((converted) => ({ apiVersion: 'x', response: { uid: 'other', convertedObjects: converted, result: { status: 'Success' } } }), ['v1beta1', 'v1']);
    expect(await convert([widget('a')])).toHaveLength(1);
    expect(reviews[0]!.apiVersion).toBe('apiextensions.k8s.io/v1beta1');
  });
});
