import { ApiError, type KubeObject } from '@kubewright/api';

import type { AdmissionRequest } from '../admission.js';
import { refusal } from '../refusal.js';
import type { ReviewedObjects } from '../webhook/admission-review.js';
import { inVersionOf } from '../webhook/hook-caller.js';
import { Matcher, namespaceOf, type Match } from '../webhook/matching.js';
import { collectParams } from './params.js';
import { paramResource, PolicySource, type Binding, type BoundPolicy, type PolicyTools } from './policy-source.js';
import { isBeyondPolicies, namespaceObjectOf } from './request-namespace.js';
import { compileValidations, objections, type CompiledValidations, type Objection } from './validation.js';

/** Judges writes by the ValidatingAdmissionPolicies that are stored right now (k8s.io/apiserver/pkg/admission/plugin/policy/validating). */
export class ValidatingPolicies {
  readonly #source: PolicySource<CompiledValidations>;

  constructor(private readonly tools: PolicyTools) {
    this.#source = new PolicySource(tools.objects, 'validatingadmissionpolicies', compileValidations);
  }

  /** All policies are asked; the first refusal is told. @throws ApiError */
  async validate(request: AdmissionRequest): Promise<void> {
    if (isBeyondPolicies(request)) return;
    const policies = this.#source.bound();
    if (policies.length === 0) return;
    const judgement = new Judgement(this.tools, request);
    for (const policy of policies) await judgement.ask(policy);
    judgement.throwIfDenied();
  }
}

/** What policies say of one request. */
class Judgement {
  readonly #matcher: Matcher;
  #denial: { readonly message: string; readonly reason: string } | undefined;

  constructor(private readonly tools: PolicyTools, private readonly request: AdmissionRequest) {
    this.#matcher = new Matcher(request, tools.objects, tools.served);
  }

  async ask(policy: BoundPolicy<CompiledValidations>): Promise<void> {
    let match: Match | undefined;
    let params: ReturnType<typeof paramResource> | undefined;
    try {
      match = this.#matcher.match(policy.criteria);
      if (!match) return;
      params = policy.spec.paramKind && paramResource(policy.spec.paramKind, this.tools.served);
    } catch (error) {
      this.#misconfigured(policy, undefined, error);
      return;
    }
    let objects: ReviewedObjects | undefined;
    for (const binding of policy.bindings) {
      let found: readonly (KubeObject | undefined)[];
      try {
        if (binding.criteria && !this.#matcher.match(binding.criteria)) continue;
        found = await collectParams(params, binding.spec.paramRef, namespaceOf(this.request), this.tools.objects);
        if (found.length > 0) objects ??= { object: await inVersionOf(match, this.request.object), oldObject: await inVersionOf(match, this.request.oldObject) };
      } catch (error) {
        this.#misconfigured(policy, binding, error);
        continue;
      }
      if (found.length === 0) continue;
      const subject = { request: this.request, match, objects: objects!, namespaceObject: namespaceObjectOf(this.request, this.tools.objects), authorizer: this.tools.authorizer };
      for (const param of found) {
        for (const objection of objections(policy.compiled, policy.ignoresFailure, { ...subject, params: param })) this.#act(policy, binding, objection);
      }
    }
  }

  throwIfDenied(): void {
    if (!this.#denial) return;
    const { message, reason } = this.#denial;
    const { status } = refusal(this.request, message, [{ message }]);
    throw new ApiError({ ...status, reason, code: (Object.hasOwn(CODES, reason) && CODES[reason]) || 422 });
  }

  #misconfigured(policy: BoundPolicy<CompiledValidations>, binding: Binding | undefined, error: unknown): void {
    if (policy.ignoresFailure) return;
    this.#deny(policy, binding, { message: `failed to configure ${binding ? 'binding' : 'policy'}: ${error instanceof Error ? error.message : String(error)}` });
  }

  #act(policy: BoundPolicy<CompiledValidations>, binding: Binding, objection: Objection): void {
    const { validationActions } = binding.spec;
    if (objection.isUnconditional || validationActions.includes('Deny')) this.#deny(policy, binding, objection);
    if (objection.isUnconditional || !validationActions.includes('Warn')) return;
    const warning = `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}': ${objection.message}`;
    if (!this.request.warnings.includes(warning)) this.request.warnings.push(warning);
  }

  #deny(policy: BoundPolicy<CompiledValidations>, binding: Binding | undefined, { message, reason = 'Invalid' }: Objection): void {
    const by = binding ? ` with binding '${binding.name}'` : '';
    this.#denial ??= { message: `ValidatingAdmissionPolicy '${policy.name}'${by} denied request: ${message}`, reason };
  }
}

const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };
