import { applyJsonPatch, decodeJson, deepEqual, formatApiVersion, internalError, JsonPatchError, type JsonPatchOperation, type KubeObject } from '@kubewright/api';

import { convertWritten } from '../../registry/conversion.js';
import { copyJson } from '../../storage/immutable.js';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.js';
import { replaceContents } from '../object-contents.js';
import { readChanged } from '../read-changed.js';
import { Reinvocation } from '../reinvocation.js';
import type { ReviewedObjects } from './admission-review.js';
import { callHook, inVersionOf, type WebhookTools } from './hook-caller.js';
import { FailedCall } from './hook-errors.js';
import { Hooks, type Hook } from './hooks.js';
import { conditionsHold } from './match-conditions.js';
import { isExempt, Matcher, type Invocation } from './matching.js';

/**
 * Webhooks that change what is written (k8s.io/apiserver/pkg/admission/plugin/webhook/mutating): one after the other, each sees what those
 * before it have changed. In the second round only those are called again that want it and have been called before the last change.
 */
export function mutatingWebhooks(tools: WebhookTools): AdmissionPlugin {
  const hooks = new Hooks(tools.objects, 'mutatingwebhookconfigurations');
  return {
    name: 'MutatingAdmissionWebhook',
    async admit(request) {
      const all = hooks.all();
      if (all.length === 0 || isExempt(request)) return;
      await new MutatingRound(tools, request).run(all);
    },
  };
}

/** What one round leaves for the next. */
interface Memory {
  /** Webhooks that have been called since the last change and want to be called again after one. */
  readonly called: Set<string>;
  readonly due: Set<string>;
  last: KubeObject | undefined;
}

class MutatingRound {
  readonly #reinvocation: Reinvocation;
  readonly #memory: Memory;
  readonly #matcher: Matcher;

  constructor(private readonly tools: WebhookTools, private readonly request: AdmissionRequest) {
    this.#reinvocation = request.reinvocation ?? new Reinvocation();
    this.#memory = this.#reinvocation.notesOf<Memory>(tools, () => ({ called: new Set(), due: new Set(), last: undefined }));
    this.#matcher = new Matcher(request, tools.objects, tools.served);
  }

  async run(hooks: readonly Hook[]): Promise<void> {
    const { isSecondRound } = this.#reinvocation;
    // Plugins of the server itself have changed the object once more: all who want to see it do.
    if (isSecondRound && !deepEqual(this.#memory.last, this.request.object)) this.#makeDue();
    for (const hook of hooks) {
      const invocation = this.#matcher.matchHook(hook);
      if (!invocation || (isSecondRound && !this.#memory.due.has(hook.id))) continue;
      const objects = { object: await inVersionOf(invocation, this.request.object), oldObject: await inVersionOf(invocation, this.request.oldObject) };
      if (await conditionsHold(this.tools.conditions, this.request, invocation, objects)) await this.#call(invocation, objects);
    }
    this.#memory.last = copyJson(this.request.object);
  }

  async #call(invocation: Invocation, objects: ReviewedObjects): Promise<void> {
    const { hook } = invocation;
    try {
      if (await this.#change(invocation, objects)) {
        this.#makeDue();
        this.#reinvocation.request();
      }
    } catch (error) {
      if (!(error instanceof FailedCall)) throw error;
      if (!hook.ignoresFailure) throw internalError(error.message);
      this.tools.log.warn('admission webhook failed and is ignored', { webhook: hook.name, error });
    }
    if (hook.isReinvocable) this.#memory.called.add(hook.id);
  }

  #makeDue(): void {
    for (const id of this.#memory.called) this.#memory.due.add(id);
    this.#memory.called.clear();
  }

  /** @returns whether the webhook has changed the object */
  async #change(invocation: Invocation, objects: ReviewedObjects): Promise<boolean> {
    const { request } = this;
    const { patch, patchType } = await callHook(this.tools, request, invocation, objects, true);
    if (patch === '') return false;
    const operations = readPatch(patch);
    if (operations.length === 0) return false;
    const { name } = invocation.hook;
    if (!objects.object || !request.object) throw internalError(`admission webhook ${JSON.stringify(name)} attempted to modify the object, which is not supported for this operation`);
    if (patchType !== 'JSONPatch') throw new FailedCall(name, `unsupported patch type ${JSON.stringify(patchType)}`);
    const patched = patchedObject(objects.object, operations);
    readChanged(invocation.resource, invocation.kind, patched);
    if (deepEqual(patched, objects.object)) return false;
    const { resource } = request;
    const isConverted = invocation.resource !== resource && patched.apiVersion !== request.object.apiVersion;
    const result = isConverted ? await convertWritten(resource, patched, formatApiVersion(resource.group, resource.version)) : patched;
    replaceContents(request.object, result);
    return true;
  }
}

function readPatch(text: string): readonly JsonPatchOperation[] {
  let value: unknown;
  try {
    value = decodeJson(text);
  } catch (error) {
    throw internalError(error instanceof Error ? error.message : String(error));
  }
  if (value === null) return [];
  if (!Array.isArray(value)) throw internalError(`json: cannot unmarshal ${typeof value === 'object' ? 'object' : typeof value} into Go value of type jsonpatch.Patch`);
  return value as JsonPatchOperation[];
}

/** The caller's own copy, patched. @throws ApiError InternalError */
function patchedObject(object: KubeObject, operations: readonly JsonPatchOperation[]): KubeObject {
  try {
    const patched = copyJson(applyJsonPatch(object, operations));
    if (typeof patched === 'object' && patched !== null && !Array.isArray(patched)) return patched as KubeObject;
    throw internalError(`json: cannot unmarshal ${Array.isArray(patched) ? 'array' : typeof patched} into Go value of type map[string]interface {}`);
  } catch (error) {
    throw error instanceof JsonPatchError ? internalError(error.message) : error;
  }
}
