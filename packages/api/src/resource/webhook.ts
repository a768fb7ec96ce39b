import type { LabelSelector } from '../selector/label-selector.js';
import type { KindRef } from './resource-kind.js';

/** What an admission webhook is called for, and how. Arguments must be constant expressions: the generator reads, never runs them. */
export interface AdmissionWebhookOptions {
  /** The kind that the webhook judges; groups, resources, versions, name and path follow from it. @default the decorated class, if it is a resource */
  readonly for?: KindRef;
  /** At least three segments. @default v or m, the kind and its group: `vwidget.demo.example.com` */
  readonly name?: string;
  /** @default `/validate-` or `/mutate-`, group, version and kind, with dashes */
  readonly path?: string;
  /** A webhook outside the cluster; instead of `path` and `service`. */
  readonly url?: string;
  /** Base64 of the PEM certificates that the server trusts. @default left to whoever injects it */
  readonly caBundle?: string;
  /** @default webhook-service in namespace system, port 443 */
  readonly service?: { readonly name?: string; readonly namespace?: string; readonly port?: number };
  /** What happens when the webhook does not answer. @default 'Fail', by the server */
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /** @default 'Equivalent', by the server */
  readonly matchPolicy?: 'Exact' | 'Equivalent';
  /** @default 'None' */
  readonly sideEffects?: 'None' | 'NoneOnDryRun';
  /** Seconds, 1 to 30. @default 10, by the server */
  readonly timeoutSeconds?: number;
  /** `core` or the empty string name the core group. */
  readonly groups?: readonly string[];
  /** Plurals, with subresources after a slash. */
  readonly resources?: readonly string[];
  readonly versions?: readonly string[];
  /** @default ['create', 'update'] */
  readonly verbs?: readonly ('create' | 'update' | 'delete' | 'connect' | '*')[];
  /** @default '*', by the server */
  readonly scope?: 'Cluster' | 'Namespaced' | '*';
  /** @default ['v1'] */
  readonly admissionReviewVersions?: readonly string[];
  /** Conditions in CEL that must hold for the webhook to be called. */
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** As {@link AdmissionWebhookOptions}, for a webhook that may change objects. */
export interface MutatingWebhookOptions extends AdmissionWebhookOptions {
  /** Whether it is called again after later webhooks changed the object. @default 'Never', by the server */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
}

/** One declaration as it is recorded on the class. */
export interface WebhookDeclaration {
  readonly type: 'validating' | 'mutating';
  readonly options: MutatingWebhookOptions;
}

/** The declarations of a class are kept on it under a registered symbol: two installed copies of this package must agree. */
export const WEBHOOKS = Symbol.for('kubewright.webhooks');

type WebhookDecorator = (target: abstract new (...args: never[]) => unknown) => void;

/**
 * Declares that the decorated class answers a validating admission webhook. `kubewright generate` writes the ValidatingWebhookConfiguration.
 *
 * @example
 * @ValidatingWebhook({ for: Widget, failurePolicy: 'Fail' })
 * export class WidgetWebhook {}
 */
export function ValidatingWebhook(options: AdmissionWebhookOptions = {}): WebhookDecorator {
  return (target) => record(target, { type: 'validating', options });
}

/** Declares that the decorated class answers a mutating admission webhook. `kubewright generate` writes the MutatingWebhookConfiguration. */
export function MutatingWebhook(options: MutatingWebhookOptions = {}): WebhookDecorator {
  return (target) => record(target, { type: 'mutating', options });
}

/** The webhooks that a class declares, in source order. */
export function webhooksOf(target: object): readonly WebhookDeclaration[] {
  return Object.hasOwn(target, WEBHOOKS) ? ((target as Record<symbol, readonly WebhookDeclaration[]>)[WEBHOOKS] ?? []) : [];
}

/** Decorators run from the bottom up. */
function record(target: object, declaration: WebhookDeclaration): void {
  Object.defineProperty(target, WEBHOOKS, { value: Object.freeze([declaration, ...webhooksOf(target)]), configurable: true });
}
