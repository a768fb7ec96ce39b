import { ApiError, goQuote, isRecord, pruneObject, type KubeObject, type TypedSchema } from '@kubewright/api';
import type { Random } from '@kubewright/platform';

import { labelValueProblems, qualifiedNameProblems } from '../registry/names.js';
import type { ResourceInfo } from '../registry/resource.js';
import { copyJson } from '../storage/immutable.js';
import { WebhookCallError, type WebhookCaller } from '../webhooks/webhook-caller.js';
import { CONVERSION_ANSWER, conversionReview, convertedObjects, shownKind } from './conversion-review.js';
import type { Definition } from './definition.js';

/** What conversion by a webhook needs. */
export interface ConversionTools {
  readonly caller: WebhookCaller;
  /** Gives the uids of reviews. */
  readonly random: Random;
}

/** The time that a conversion may take. */
const TIMEOUT_SECONDS = 30;

/**
 * Strategy Webhook: one call for all objects that are not in the wanted version. What comes back may differ in everything but identity and
 * metadata, of which only labels and annotations are taken over.
 * @param schemas of all versions, by apiVersion
 */
export function webhookConversion({ spec }: Definition, schemas: ReadonlyMap<string, TypedSchema>, { caller, random }: ConversionTools): NonNullable<ResourceInfo['convert']> {
  const { clientConfig = {}, conversionReviewVersions: versions = [] } = spec.conversion?.webhook ?? {};
  return async (objects, apiVersion) => {
    const others = objects.filter((object) => object.apiVersion !== apiVersion);
    const [first] = others;
    if (!first) return objects;
    const about = `conversion webhook for ${shownKind(first.apiVersion ?? '', first.kind ?? '')}`;
    const uid = random.uuid();
    const review = conversionReview(versions, uid, apiVersion, others);
    if (!review) throw failure(`${about} failed: webhook does not accept any of the supported conversion review versions: v1, v1beta1`);
    let converted: readonly unknown[];
    try {
      const answer = await caller.call({ clientConfig, review, timeoutSeconds: TIMEOUT_SECONDS, answer: CONVERSION_ANSWER });
      converted = convertedObjects(answer, review.apiVersion, uid);
    } catch (error) {
      if (error instanceof WebhookCallError || error instanceof Error) throw failure(`${about} failed: ${error.message}`);
      throw error;
    }
    if (converted.length !== others.length) throw failure(`${about} returned ${converted.length} objects, expected ${others.length}`);
    const schema = schemas.get(apiVersion);
    let index = 0;
    return objects.map((original) => {
      if (original.apiVersion === apiVersion) return original;
      const object = checked(original, converted[index], apiVersion, index++, about);
      if (schema) pruneObject(object, schema);
      return object;
    });
  };
}

function checked(original: KubeObject, converted: unknown, apiVersion: string, index: number, about: string): KubeObject {
  const { kind = '', apiVersion: received = '' } = isRecord(converted) ? (converted as Partial<KubeObject>) : {};
  if (!isRecord(converted)) throw failure(`${about} returned invalid object at index ${index}: json: cannot unmarshal ${Array.isArray(converted) ? 'array' : typeof converted} into Go value of type map[string]interface {}`);
  if (received !== apiVersion) throw failure(`${about} returned invalid object at index ${index}: invalid groupVersion (expected ${apiVersion}, received ${received})`);
  if (kind !== original.kind) throw failure(`${about} returned invalid object at index ${index}: invalid kind (expected ${original.kind ?? ''}, received ${kind})`);
  const object = converted as unknown as KubeObject;
  const mismatch = identityProblem(original, object);
  if (mismatch) throw failure(`${about} returned invalid object: ${mismatch}`);
  const { metadata, problem } = restoredMetadata(original, object);
  if (problem) throw failure(`${about} returned invalid metadata: ${problem}`);
  return { ...object, metadata };
}

function identityProblem(original: KubeObject, converted: KubeObject): string | undefined {
  const metadata: unknown = converted.metadata;
  const text = (field: 'name' | 'namespace' | 'uid'): string => (isRecord(metadata) && typeof metadata[field] === 'string' ? metadata[field] : '');
  for (const [field, shown] of [['name', 'name'], ['namespace', 'namespace'], ['uid', 'UID']] as const) {
    const expected = original.metadata[field] ?? '';
    if (text(field) !== expected) return `must have the same ${shown}: ${expected} != ${text(field)}`;
  }
  return undefined;
}

/** The metadata of the original with the labels and annotations of the converted object. */
function restoredMetadata(original: KubeObject, converted: KubeObject): { readonly metadata: KubeObject['metadata']; readonly problem?: string } {
  const metadata = copyJson(original.metadata);
  const given: unknown = converted.metadata;
  if (given === undefined) return { metadata, problem: 'missing metadata in converted object' };
  if (!isRecord(given)) return { metadata, problem: `invalid metadata of type ${goTypeOf(given)} in converted object` };
  for (const field of ['labels', 'annotations'] as const) {
    const values = given[field];
    if (values === undefined || values === null) {
      delete metadata[field];
      continue;
    }
    if (!isRecord(values)) return { metadata, problem: `invalid metadata.${field} of type ${goTypeOf(values)} in converted object` };
    for (const [key, value] of Object.entries(values)) {
      if (typeof value !== 'string') return { metadata, problem: `metadata.${field}[${key}] must be a string, but is ${goTypeOf(value)} in converted object` };
    }
    const texts = values as Record<string, string>;
    const before: Record<string, string> = metadata[field] ?? {};
    const isChanged = Object.keys(before).length !== Object.keys(texts).length || Object.entries(texts).some(([key, value]) => before[key] !== value);
    const problems = isChanged ? problemsOf(field, texts) : [];
    if (problems.length > 0) return { metadata, problem: problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]` };
    metadata[field] = texts;
  }
  return { metadata };
}

function problemsOf(field: 'labels' | 'annotations', values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const path = field === 'labels' ? 'metadata.labels' : 'metadata.annotation';
    const ofKey = qualifiedNameProblems(field === 'labels' ? key : key.toLowerCase()).map((problem) => `${path}: Invalid value: ${goQuote(key)}: ${problem}`);
    const ofValue = field === 'labels' ? labelValueProblems(value).map((problem) => `${path}: Invalid value: ${goQuote(value)}: ${problem}`) : [];
    return [...ofKey, ...ofValue];
  });
}

function goTypeOf(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'bool';
    case 'number': return Number.isInteger(value) ? 'int64' : 'float64';
    case 'bigint': return 'int64';
    default: return 'map[string]interface {}';
  }
}

/** A failure without a reason, as errors of this kind reach the client. */
function failure(message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}
