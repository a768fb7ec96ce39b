import { formatApiVersion, internalError, type KubeObject } from '@kubewright/api';
import type { Logger, Random } from '@kubewright/platform';

import { convertWritten } from '../../registry/conversion.js';
import type { ObjectSource } from '../../storage/object-source.js';
import { WebhookCallError, type WebhookCaller } from '../../webhooks/webhook-caller.js';
import type { AdmissionRequest } from '../admission.js';
import { ADMISSION_ANSWER, admissionReview, verdictOf, type ReviewedObjects, type Verdict } from './admission-review.js';
import { denial, dryRunUnsupported, FailedCall } from './hook-errors.js';
import type { ConditionEvaluator } from './match-conditions.js';
import type { Invocation, Match, ServedResources } from './matching.js';

/** What the two plugins of webhooks work with. */
export interface WebhookTools {
  readonly caller: WebhookCaller;
  readonly objects: ObjectSource;
  readonly served: ServedResources;
  /** Gives the uids of reviews. */
  readonly random: Random;
  readonly log: Logger;
  /** Without it a webhook with matchConditions counts as one whose conditions can not be evaluated. */
  readonly conditions?: ConditionEvaluator;
}

const HARMLESS: readonly string[] = ['None', 'NoneOnDryRun'];

/**
 * Asks one webhook about a request. Its warnings are told whatever it decides.
 * @throws FailedCall when there is no answer
 * @throws ApiError when it refuses, or can not be asked in a dry run
 */
export async function callHook({ caller, random }: WebhookTools, request: AdmissionRequest, invocation: Invocation, objects: ReviewedObjects, isMutating: boolean): Promise<Verdict> {
  const { hook } = invocation;
  if (request.dryRun && !HARMLESS.includes(hook.sideEffects ?? '')) throw dryRunUnsupported(hook.name);
  const uid = random.uuid();
  const review = admissionReview(request, invocation, objects, uid);
  if (!review) throw new FailedCall(hook.name, 'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  let answer: Record<string, unknown>;
  try {
    answer = await caller.call({ clientConfig: hook.clientConfig, review, timeoutSeconds: hook.timeoutSeconds, answer: ADMISSION_ANSWER });
  } catch (error) {
    if (!(error instanceof WebhookCallError)) throw error;
    throw new FailedCall(hook.name, `${error.isConfiguration ? 'could not get REST client' : 'failed to call webhook'}: ${error.message}`);
  }
  const verdict = readVerdict(hook.name, answer, review.apiVersion, uid, isMutating);
  request.warnings.push(...verdict.warnings);
  if (!verdict.allowed) throw denial(hook.name, verdict.status);
  return verdict;
}

function readVerdict(name: string, answer: Record<string, unknown>, asked: string, uid: string, isMutating: boolean): Verdict {
  try {
    return verdictOf(answer, asked, uid, isMutating);
  } catch (error) {
    throw new FailedCall(name, `received invalid webhook response: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** An object in the version that a webhook or a policy asked for. @throws ApiError InternalError when it can not be converted */
export async function inVersionOf({ resource, kind }: Match, object: KubeObject | undefined): Promise<KubeObject | undefined> {
  if (!object) return undefined;
  // A Scale or a Binding is the same whatever version it is about.
  if (kind.group !== resource.group || kind.version !== resource.version || kind.kind !== resource.kind) return object;
  try {
    return await convertWritten(resource, object, formatApiVersion(kind.group, kind.version));
  } catch (error) {
    throw internalError(error instanceof Error ? error.message : String(error));
  }
}
