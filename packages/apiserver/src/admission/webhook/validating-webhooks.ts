import { internalError } from '@kubewright/api';

import type { AdmissionPlugin, AdmissionRequest } from '../admission.js';
import type { ReviewedObjects } from './admission-review.js';
import { callHook, inVersionOf, type WebhookTools } from './hook-caller.js';
import { FailedCall } from './hook-errors.js';
import { Hooks } from './hooks.js';
import { conditionsHold } from './match-conditions.js';
import { isExempt, Matcher, type Invocation } from './matching.js';

/** Webhooks that judge what is written (k8s.io/apiserver/pkg/admission/plugin/webhook/validating): all at once, and one refusal is told. */
export function validatingWebhooks(tools: WebhookTools): AdmissionPlugin {
  const hooks = new Hooks(tools.objects, 'validatingwebhookconfigurations');
  return {
    name: 'ValidatingAdmissionWebhook',
    async validate(request) {
      const all = hooks.all();
      if (all.length === 0 || isExempt(request)) return;
      const matcher = new Matcher(request, tools.objects, tools.served);
      const invocations = all.map((hook) => matcher.matchHook(hook)).filter((invocation) => invocation !== undefined);
      if (invocations.length > 0) await askAll(tools, request, invocations);
    },
  };
}

/**
 * Asks them in the order in which a real server's calls start (the last one first, then the others), and tells the first refusal and all
 * warnings in that order.
 */
async function askAll(tools: WebhookTools, request: AdmissionRequest, invocations: readonly Invocation[]): Promise<void> {
  const converted = new Map<string, Promise<ReviewedObjects>>();
  const objectsFor = (invocation: Invocation): Promise<ReviewedObjects> => {
    const { group, version, kind } = invocation.kind;
    const key = `${group}/${version}/${kind}`;
    let objects = converted.get(key);
    if (!objects) converted.set(key, (objects = bothInVersion(request, invocation)));
    return objects;
  };
  // All conversions and conditions come before the first call: one that fails ends the request.
  const concerned: Invocation[] = [];
  for (const invocation of invocations) {
    if (await conditionsHold(tools.conditions, request, invocation, await objectsFor(invocation))) concerned.push(invocation);
  }
  const inOrder = [...concerned.slice(-1), ...concerned.slice(0, -1)];
  const outcomes = await Promise.all(inOrder.map(async (invocation) => {
    const warnings: string[] = [];
    const error = await ask(tools, { ...request, warnings }, invocation, await objectsFor(invocation));
    return { warnings, error };
  }));
  for (const { warnings } of outcomes) request.warnings.push(...warnings);
  const refused = outcomes.find(({ error }) => error !== undefined);
  if (refused) throw refused.error;
}

async function bothInVersion(request: AdmissionRequest, invocation: Invocation): Promise<ReviewedObjects> {
  return { object: await inVersionOf(invocation, request.object), oldObject: await inVersionOf(invocation, request.oldObject) };
}

/** @returns why the request is refused */
async function ask(tools: WebhookTools, request: AdmissionRequest, invocation: Invocation, objects: ReviewedObjects): Promise<unknown> {
  const { hook } = invocation;
  try {
    await callHook(tools, request, invocation, objects, false);
    return undefined;
  } catch (error) {
    if (!(error instanceof FailedCall)) return error;
    if (!hook.ignoresFailure) return internalError(error.message);
    tools.log.warn('admission webhook failed and is ignored', { webhook: hook.name, error });
    return undefined;
  }
}
