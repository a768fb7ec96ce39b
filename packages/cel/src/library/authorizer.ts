import { overload, type Overload } from '../check/environment.js';
import { CelEvaluationError } from '../value/evaluation-error.js';
import { OpaqueValue } from '../value/value.js';

/** What an expression asks an {@link Authorizer}. Either a path, or a resource. */
export interface AuthorizationQuestion {
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Asks for this service account rather than for the user of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AuthorizationDecision {
  readonly allowed: boolean;
  readonly reason?: string;
  readonly error?: string;
}

/** Whoever can tell what the user of the request may do. */
export type Authorizer = (question: AuthorizationQuestion) => AuthorizationDecision;

type Builder = 'Authorizer' | 'PathCheck' | 'GroupCheck' | 'ResourceCheck';

/** A question in the making. */
class Check extends OpaqueValue {
  readonly typeName: string;

  constructor(readonly kind: Builder, readonly authorizer: Authorizer, readonly question: Omit<AuthorizationQuestion, 'verb'>) {
    super();
    this.typeName = `kubernetes.authorization.${kind}`;
  }

  with(kind: Builder, more: Omit<AuthorizationQuestion, 'verb'>): Check {
    return new Check(kind, this.authorizer, { ...this.question, ...more });
  }

  equals(other: OpaqueValue): boolean {
    return other === this;
  }
}

class Decision extends OpaqueValue {
  readonly typeName = 'kubernetes.authorization.Decision';

  constructor(readonly decision: AuthorizationDecision) {
    super();
  }

  equals(other: OpaqueValue): boolean {
    return other === this;
  }
}

/** The value of the variable `authorizer`. */
export function authorizerValue(authorizer: Authorizer): OpaqueValue {
  return new Check('Authorizer', authorizer, {});
}

/** The value of `authorizer.requestResource`: a check of the resource that the request is about. */
export function resourceCheckValue(authorizer: Authorizer, resource: Omit<AuthorizationQuestion, 'verb'>): OpaqueValue {
  return new Check('ResourceCheck', authorizer, resource);
}

/** `authorizer.group('').resource('pods').check('get').allowed()` */
export const AUTHORIZER: readonly Overload[] = [
  overload('Authorizer.path(string): PathCheck', (check: Check, path: string) => check.with('PathCheck', { path: notEmpty(path, 'path must not be empty') })),
  overload('Authorizer.group(string): GroupCheck', (check: Check, group: string) => check.with('GroupCheck', { group })),
  overload('Authorizer.serviceAccount(string, string): Authorizer', (check: Check, namespace: string, name: string) => {
    if (!/^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name)) throw new CelEvaluationError('Invalid service account name');
    if (!/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace)) throw new CelEvaluationError('Invalid service account namespace');
    return check.with('Authorizer', { serviceAccount: { namespace, name } });
  }),
  overload('GroupCheck.resource(string): ResourceCheck', (check: Check, resource: string) => check.with('ResourceCheck', { resource: notEmpty(resource, 'resource must not be empty') })),
  overload('ResourceCheck.subresource(string): ResourceCheck', (check: Check, subresource: string) => check.with('ResourceCheck', { subresource })),
  overload('ResourceCheck.namespace(string): ResourceCheck', (check: Check, namespace: string) => check.with('ResourceCheck', { namespace })),
  overload('ResourceCheck.name(string): ResourceCheck', (check: Check, name: string) => check.with('ResourceCheck', { name })),
  overload('ResourceCheck.fieldSelector(string): ResourceCheck', (check: Check, fieldSelector: string) => check.with('ResourceCheck', { fieldSelector })),
  overload('ResourceCheck.labelSelector(string): ResourceCheck', (check: Check, labelSelector: string) => check.with('ResourceCheck', { labelSelector })),
  overload('PathCheck.check(string): Decision', decide),
  overload('ResourceCheck.check(string): Decision', decide),
  overload('Decision.allowed(): bool', ({ decision }: Decision) => decision.allowed),
  overload('Decision.reason(): string', ({ decision }: Decision) => decision.reason ?? ''),
  overload('Decision.errored(): bool', ({ decision }: Decision) => decision.error !== undefined),
  overload('Decision.error(): string', ({ decision }: Decision) => decision.error ?? ''),
];

function decide({ authorizer, question }: Check, verb: string): Decision {
  return new Decision(authorizer({ ...question, verb }));
}

function notEmpty(text: string, message: string): string {
  if (text === '') throw new CelEvaluationError(message);
  return text;
}
