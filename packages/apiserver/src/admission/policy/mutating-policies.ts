import { ApiError, deepEqual, formatApiVersion, internalError, type KubeObject } from '@kubewright/api';
import type { Mutation } from '@kubewright/api/admissionregistration/v1';

import { BOOL, type CompiledExpression } from '../../expressions/compiled-expression.js';
import { Composition } from '../../expressions/composition.js';
import { convertWritten } from '../../registry/conversion.js';
import { builtinSchema } from '../../schemas/builtin-schemas.js';
import { copyJson } from '../../storage/immutable.js';
import type { AdmissionRequest } from '../admission.js';
import { Activation, type Subject } from '../cel/activation.js';
import { allHold } from '../cel/conditions.js';
import { Evaluator, POLICY_BUDGET } from '../cel/evaluator.js';
import { replaceContents } from '../object-contents.js';
import { readChanged } from '../read-changed.js';
import { refusal } from '../refusal.js';
import { Reinvocation } from '../reinvocation.js';
import { inVersionOf } from '../webhook/hook-caller.js';
import { Matcher, namespaceOf, type Match } from '../webhook/matching.js';
import { withConfiguration, withPatch } from './mutation.js';
import { collectParams } from './params.js';
import { paramResource, PolicySource, type Binding, type BoundPolicy, type PolicySpec, type PolicyTools } from './policy-source.js';
import { isBeyondPolicies, namespaceObjectOf } from './request-namespace.js';

interface CompiledMutations {
  readonly variables: Composition['variables'];
  readonly conditions: readonly CompiledExpression[];
  readonly mutations: readonly { readonly patchType: Mutation['patchType']; readonly expression: CompiledExpression }[];
}

/**
 * Changes writes by the MutatingAdmissionPolicies that are stored right now (k8s.io/apiserver/pkg/admission/plugin/policy/mutating): one after the
 * other, each sees what those before it have changed. What they set is owned by nobody.
 */
export class MutatingPolicies {
  readonly #source: PolicySource<CompiledMutations>;

  constructor(private readonly tools: PolicyTools) {
    this.#source = new PolicySource(tools.objects, 'mutatingadmissionpolicies', compileMutations);
  }

  /** @throws ApiError */
  async admit(request: AdmissionRequest): Promise<void> {
    if (request.operation === 'DELETE' || isBeyondPolicies(request)) return;
    const policies = this.#source.bound();
    if (policies.length > 0) await new MutatingRound(this.tools, request, this).run(policies);
  }
}

function compileMutations({ paramKind, variables = [], matchConditions = [], mutations = [] }: PolicySpec): CompiledMutations {
  const composition = new Composition(paramKind !== undefined, variables.length > 0);
  for (const { name, expression } of variables) composition.addVariable(name, expression);
  return {
    variables: composition.variables,
    conditions: matchConditions.map(({ expression }) => composition.compile(expression, BOOL)),
    mutations: mutations.map(({ patchType, applyConfiguration, jsonPatch }) => (patchType === 'JSONPatch'
      ? { patchType, expression: composition.compile(jsonPatch?.expression ?? '', ['list(JSONPatch)'], { patches: true }) }
      : { patchType, expression: composition.compile(applyConfiguration?.expression ?? '', ['Object'], { patches: true }) })),
  };
}

/** One policy for one binding and its parameter. */
interface Invocation {
  readonly policy: BoundPolicy<CompiledMutations>;
  readonly binding: Binding;
  readonly match: Match;
  readonly params: KubeObject | undefined;
  readonly id: string;
}

/** What one round leaves for the next. */
interface Memory {
  readonly called: Set<string>;
  readonly due: Set<string>;
  last: KubeObject | undefined;
}

class MutatingRound {
  readonly #reinvocation: Reinvocation;
  readonly #memory: Memory;
  readonly #matcher: Matcher;
  readonly #problems: { readonly message: string; readonly reason: 'Forbidden' | 'Invalid' }[] = [];

  constructor(private readonly tools: PolicyTools, private readonly request: AdmissionRequest, plugin: object) {
    this.#reinvocation = request.reinvocation ?? new Reinvocation();
    this.#memory = this.#reinvocation.notesOf<Memory>(plugin, () => ({ called: new Set(), due: new Set(), last: undefined }));
    this.#matcher = new Matcher(request, tools.objects, tools.served);
  }

  async run(policies: readonly BoundPolicy<CompiledMutations>[]): Promise<void> {
    const { isSecondRound } = this.#reinvocation;
    if (isSecondRound && !deepEqual(this.#memory.last, this.request.object)) this.#makeDue();
    // Who is concerned is decided by what came in, not by what policies make of it.
    const invocations: Invocation[] = [];
    for (const policy of policies) invocations.push(...(await this.#invocationsOf(policy)));
    const namespaceObject = invocations.length > 0 ? namespaceObjectOf(this.request, this.tools.objects) : undefined;
    for (const invocation of invocations) await this.#invoke(invocation, namespaceObject);
    this.#memory.last = copyJson(this.request.object);
    this.#throwProblems();
  }

  async #invocationsOf(policy: BoundPolicy<CompiledMutations>): Promise<Invocation[]> {
    let match: Match | undefined;
    let resource: ReturnType<typeof paramResource> | undefined;
    try {
      match = this.#matcher.match(policy.criteria);
      if (!match) return [];
      resource = policy.spec.paramKind && paramResource(policy.spec.paramKind, this.tools.served);
    } catch (error) {
      this.#fail(policy, undefined, `failed to configure policy: ${textOf(error)}`, 'Forbidden');
      return [];
    }
    const found: Invocation[] = [];
    for (const binding of policy.bindings) {
      try {
        if (binding.criteria && !this.#matcher.match(binding.criteria)) continue;
        for (const params of await collectParams(resource, binding.spec.paramRef, namespaceOf(this.request), this.tools.objects)) {
          const id = JSON.stringify([policy.name, binding.name, params?.metadata.namespace ?? '', params?.metadata.name ?? '']);
          found.push({ policy, binding, match, params, id });
        }
      } catch (error) {
        this.#fail(policy, binding, `failed to configure binding: ${textOf(error)}`, 'Forbidden');
      }
    }
    return found;
  }

  async #invoke(invocation: Invocation, namespaceObject: KubeObject | undefined): Promise<void> {
    const { policy, binding, match, params, id } = invocation;
    const { request, tools: { authorizer } } = this;
    const oldObject = await inVersionOf(match, request.oldObject);
    let object = await inVersionOf(match, request.object);
    const subject = (): Subject => ({ request, match, objects: { object, oldObject }, params, authorizer });
    try {
      const asked = { ...subject(), match: { ...match, resource: request.resource } };
      if (policy.compiled.conditions.length > 0 && !allHold(policy.compiled.conditions, new Activation(asked, policy.compiled.variables))) return;
    } catch (error) {
      this.#fail(policy, binding, textOf(error), 'Invalid');
      return;
    }
    if (this.#reinvocation.isSecondRound && !this.#memory.due.has(id)) return;
    const before = object;
    for (const mutation of object && request.object ? policy.compiled.mutations : []) {
      try {
        object = this.#mutate(mutation, object!, { ...subject(), namespaceObject }, policy.compiled.variables);
      } catch (error) {
        if (error instanceof ApiError) throw error;
        this.#fail(policy, binding, textOf(error), 'Invalid');
      }
    }
    if (object && object !== before && !deepEqual(object, before)) {
      const { resource } = request;
      const isConverted = match.resource !== resource && object.apiVersion !== request.object!.apiVersion;
      replaceContents(request.object!, isConverted ? await convertWritten(resource, object, formatApiVersion(resource.group, resource.version)) : object);
      this.#makeDue();
      this.#reinvocation.request();
    }
    if (policy.spec.reinvocationPolicy === 'IfNeeded') this.#memory.called.add(id);
  }

  /** @throws Error that counts as a failure of the policy */
  #mutate({ patchType, expression }: CompiledMutations['mutations'][number], object: KubeObject, subject: Subject, variables: Composition['variables']): KubeObject {
    if (!expression.program) throw new Error(expression.problem);
    const outcome = new Evaluator(new Activation(subject, variables), POLICY_BUDGET).run(expression);
    if (outcome.error !== undefined) throw new Error(outcome.error);
    const changed = patchType === 'JSONPatch' ? withPatch(object, outcome.value) : withConfiguration(object, outcome.value, schemaOf(subject.match));
    const { resource, kind } = subject.match;
    const unknown = readChanged(resource, kind, changed);
    if (unknown.length > 0 && !resource.custom) throw internalError(`strict decoding error: ${unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(', ')}`);
    return changed;
  }

  #makeDue(): void {
    for (const id of this.#memory.called) this.#memory.due.add(id);
    this.#memory.called.clear();
  }

  #fail(policy: BoundPolicy<CompiledMutations>, binding: Binding | undefined, problem: string, reason: 'Forbidden' | 'Invalid'): void {
    if (policy.ignoresFailure) return;
    const who = binding ? `policy '${policy.name}' with binding '${binding.name}'` : `policy ${JSON.stringify(policy.name)}`;
    this.#problems.push({ message: `${who} denied request: ${problem}`, reason });
  }

  #throwProblems(): void {
    const [first] = this.#problems;
    if (!first) return;
    const { status } = refusal(this.request, '', this.#problems.map(({ message }) => ({ message })));
    throw new ApiError({ ...status, message: first.message, reason: first.reason });
  }
}

function schemaOf({ resource, kind }: Match): ReturnType<typeof builtinSchema> {
  const isOwn = kind.group === resource.group && kind.kind === resource.kind;
  return isOwn ? resource.schema : builtinSchema(kind.group, kind.version, kind.kind);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
