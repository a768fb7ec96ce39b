import type { GoShape, KubeObject } from '@kubewright/api';

import { always, goString, goStatus, goStruct, goUid, optional, pointer } from '../webhooks/go-types.js';

/** The versions of reviews that the server speaks. */
const SPOKEN: readonly string[] = ['v1', 'v1beta1'];
const GROUP = 'apiextensions.k8s.io';

/** The Go type of a webhook's answer. */
export const CONVERSION_ANSWER: GoShape = goStruct('ConversionReview', {
  kind: optional(goString),
  apiVersion: optional(goString),
  response: pointer(goStruct('ConversionResponse', {
    uid: always(goUid),
    convertedObjects: always({ kind: 'list', of: () => ({ kind: 'any' }), type: '[]runtime.RawExtension' }),
    result: always(goStatus),
  })),
});

interface Answer {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly response?: { readonly uid: string; readonly convertedObjects: readonly unknown[] | null; readonly result: { readonly status?: string; readonly message?: string } };
}

/** The question, in the first version of reviews that both sides speak; undefined when there is none. */
export function conversionReview(versions: readonly string[], uid: string, desiredAPIVersion: string, objects: readonly KubeObject[]): { apiVersion: string } | undefined {
  const version = versions.find((each) => SPOKEN.includes(each));
  return version === undefined ? undefined : { kind: 'ConversionReview', apiVersion: `${GROUP}/${version}`, request: { uid, desiredAPIVersion, objects } } as { apiVersion: string };
}

/** The objects in an answer. @param asked apiVersion of the question @throws Error that says what is wrong with the answer */
export function convertedObjects(given: Record<string, unknown>, asked: string, uid: string): readonly unknown[] {
  const { kind = '', apiVersion = '', response } = given as Answer;
  const isStrict = asked === `${GROUP}/v1`;
  if (isStrict && (kind !== 'ConversionReview' || apiVersion !== asked)) {
    throw new Error(`expected webhook response of ${asked}, Kind=ConversionReview, got ${shownKind(apiVersion, kind)}`);
  }
  if (!response) throw new Error('no response provided');
  // The version before v1 compared neither.
  if (isStrict && response.uid !== uid) throw new Error(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`);
  const { status = '', message = '' } = response.result;
  if (status !== 'Success') throw new Error(message || `response.result.status was '${status}', not 'Success'`);
  return response.convertedObjects ?? [];
}

/** Group, version and kind as Go prints them; nothing at all is `/, Kind=`. */
export function shownKind(apiVersion: string, kind: string): string {
  return `${apiVersion === '' ? '/' : apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}
