import { requirementsOf, type KubeObject } from '@kubewright/api';
import type { MatchCondition, MutatingWebhook, RuleWithOperations } from '@kubewright/api/admissionregistration/v1';

import type { ObjectSource } from '../../storage/object-source.js';
import type { WebhookClientConfig } from '../../webhooks/webhook-caller.js';

type Requirements = ReturnType<typeof requirementsOf>;

/** One webhook of a configuration, ready to be matched. */
export interface Hook {
  /** Tells webhooks of one name in two configurations, or twice in one, apart. */
  readonly id: string;
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
  readonly rules: readonly RuleWithOperations[];
  readonly namespaceRequirements: Requirements;
  readonly objectRequirements: Requirements;
  readonly matchesEquivalents: boolean;
  /** Whether a call that fails lets the request pass. */
  readonly ignoresFailure: boolean;
  readonly sideEffects: string | undefined;
  readonly timeoutSeconds: number;
  readonly reviewVersions: readonly string[];
  readonly isReinvocable: boolean;
  readonly conditions: readonly MatchCondition[];
}

const GROUP = 'admissionregistration.k8s.io';
const DEFAULT_TIMEOUT = 10;

/** The webhooks of all configurations of a kind, those of one after those of another in the order of their names. */
export class Hooks {
  /** Stored objects never change, so that what was read of one holds as long as it is stored. */
  readonly #read = new WeakMap<KubeObject, readonly Hook[]>();

  constructor(private readonly objects: ObjectSource, private readonly plural: 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations') {}

  all(): Hook[] {
    const hooks: Hook[] = [];
    // What is stored is listed in the order of names.
    for (const configuration of this.objects.list(GROUP, this.plural)) {
      let read = this.#read.get(configuration);
      if (!read) this.#read.set(configuration, (read = readHooks(configuration)));
      hooks.push(...read);
    }
    return hooks;
  }
}

function readHooks(configuration: KubeObject & { webhooks?: readonly MutatingWebhook[] | null }): Hook[] {
  const seen = new Map<string, number>();
  return (configuration.webhooks ?? []).map((webhook) => {
    const count = seen.get(webhook.name) ?? 0;
    seen.set(webhook.name, count + 1);
    return {
      id: `${configuration.metadata.name ?? ''}/${webhook.name}/${count}`,
      name: webhook.name,
      clientConfig: webhook.clientConfig,
      rules: webhook.rules ?? [],
      namespaceRequirements: requirementsOf(webhook.namespaceSelector ?? {}),
      objectRequirements: requirementsOf(webhook.objectSelector ?? {}),
      matchesEquivalents: webhook.matchPolicy !== 'Exact',
      ignoresFailure: webhook.failurePolicy === 'Ignore',
      sideEffects: webhook.sideEffects,
      timeoutSeconds: webhook.timeoutSeconds ?? DEFAULT_TIMEOUT,
      reviewVersions: webhook.admissionReviewVersions,
      isReinvocable: webhook.reinvocationPolicy === 'IfNeeded',
      conditions: webhook.matchConditions ?? [],
    };
  });
}
