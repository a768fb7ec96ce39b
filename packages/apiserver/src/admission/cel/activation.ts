/**
 * @module admission/cel: what expressions of admission see and what they may spend. activation.ts has their variables, evaluator.ts runs them,
 * conditions.ts decides by several of them. What they are compiled with is ../../expressions.
 */
import type { KubeObject } from '@kubewright/api';
import { authorizerValue, fromJson, resourceCheckValue, type Value } from '@kubewright/cel';

import type { Authorizer } from '../../authz/authorizer.js';
import type { CompiledExpression } from '../../expressions/compiled-expression.js';
import type { AdmissionRequest } from '../admission.js';
import { describeRequest, type ReviewedObjects } from '../webhook/admission-review.js';
import { namespaceOf, type Match } from '../webhook/matching.js';
import { askAuthorizer } from './authorizer-questions.js';
import { LazyVariables } from './lazy-variables.js';

/** What an evaluation is about. */
export interface Subject {
  readonly request: AdmissionRequest;
  readonly match: Match;
  readonly objects: ReviewedObjects;
  /** Undefined for cluster-scoped objects, and for conditions, which are not told. */
  readonly namespaceObject?: KubeObject | undefined;
  readonly params?: KubeObject | undefined;
  readonly authorizer: Authorizer;
}

const NONE: ReadonlyMap<string, CompiledExpression> = new Map();

/** The variables of one run of expressions. Each is made when it is first asked for; what the policy's own variables cost adds up here. */
export class Activation {
  readonly #values = new Map<string, Value | undefined>();
  #cost = 0;

  constructor(private readonly subject: Subject, private readonly variables: ReadonlyMap<string, CompiledExpression> = NONE) {}

  readonly resolve = (name: string): Value | undefined => {
    if (!this.#values.has(name)) this.#values.set(name, this.#valueOf(name));
    return this.#values.get(name);
  };

  /** What variables have cost since this was last asked. */
  takeCost(): number {
    const cost = this.#cost;
    this.#cost = 0;
    return cost;
  }

  #valueOf(name: string): Value | undefined {
    const { request, match, objects, namespaceObject, params, authorizer } = this.subject;
    switch (name) {
      case 'object': return fromJson(objects.object ?? null);
      case 'oldObject': return fromJson(objects.oldObject ?? null);
      case 'params': return fromJson(params ?? null);
      case 'request': return fromJson(describeRequest(request, match));
      case 'namespaceObject': return fromJson(namespaceObject ? shownNamespace(namespaceObject) : null);
      case 'variables': return new LazyVariables(this.variables, this.resolve, (cost) => void (this.#cost += cost));
      case 'authorizer': return authorizerValue(askAuthorizer(authorizer, request.user));
      case 'authorizer.requestResource': return resourceCheckValue(askAuthorizer(authorizer, request.user), {
        group: request.resource.group, resource: request.resource.plural, subresource: request.subresource, namespace: namespaceOf(request), name: request.name,
      });
      default: return undefined;
    }
  }
}

/** Owners and managers of a namespace are not shown. */
function shownNamespace({ metadata, ...rest }: KubeObject & { spec?: unknown; status?: unknown }): object {
  const { managedFields: _managedFields, ownerReferences: _ownerReferences, selfLink: _selfLink, ...shown } = metadata;
  return { metadata: shown, ...(rest.spec !== undefined && { spec: rest.spec }), ...(rest.status !== undefined && { status: rest.status }) };
}

