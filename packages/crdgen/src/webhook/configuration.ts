import type { DeclaredWebhook } from './check.js';

/** A ValidatingWebhookConfiguration or MutatingWebhookConfiguration, as plain data. */
export interface WebhookConfiguration {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly webhooks: readonly object[];
}

/** Where webhooks are reached, and what their configurations are called. */
export interface WebhookSettings {
  /** @default 'webhook-service' */
  readonly serviceName?: string;
  /** @default 'system' */
  readonly serviceNamespace?: string;
  /** @default 'mutating-webhook-configuration' */
  readonly mutatingName?: string;
  /** @default 'validating-webhook-configuration' */
  readonly validatingName?: string;
  /** Annotations of both, such as the one that has a certificate injected. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** At most one configuration of each kind, mutating first, webhooks by name. */
export function webhookConfigurations(webhooks: readonly DeclaredWebhook[], settings: WebhookSettings = {}): WebhookConfiguration[] {
  const make = (type: DeclaredWebhook['type'], kind: WebhookConfiguration['kind'], name: string): WebhookConfiguration[] => {
    const own = webhooks.filter((one) => one.type === type).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    if (own.length === 0) return [];
    const metadata = { ...(settings.annotations ? { annotations: settings.annotations } : {}), name };
    return [{ apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata, webhooks: own.map((one) => entry(one, settings)) }];
  };
  return [
    ...make('mutating', 'MutatingWebhookConfiguration', settings.mutatingName ?? 'mutating-webhook-configuration'),
    ...make('validating', 'ValidatingWebhookConfiguration', settings.validatingName ?? 'validating-webhook-configuration'),
  ];
}

function entry({ name, options }: DeclaredWebhook, settings: WebhookSettings): object {
  const { path, url, caBundle, service, verbs = ['create', 'update'] } = options;
  const clientConfig = {
    ...(caBundle ? { caBundle } : {}),
    ...(url
      ? { url }
      : {
          service: {
            name: service?.name ?? settings.serviceName ?? 'webhook-service',
            namespace: service?.namespace ?? settings.serviceNamespace ?? 'system',
            path,
            ...(service?.port === undefined ? {} : { port: service.port }),
          },
        }),
  };
  const rule = {
    apiGroups: options.groups?.map((group) => (group === 'core' ? '' : group)),
    apiVersions: options.versions,
    operations: verbs.map((verb) => verb.toUpperCase()),
    resources: options.resources,
    ...(options.scope ? { scope: options.scope } : {}),
  };
  return {
    admissionReviewVersions: options.admissionReviewVersions ?? ['v1'],
    clientConfig,
    ...pick(options, ['failurePolicy', 'matchConditions', 'matchPolicy']),
    name,
    ...pick(options, ['namespaceSelector', 'objectSelector', 'reinvocationPolicy']),
    rules: [rule],
    sideEffects: options.sideEffects ?? 'None',
    ...pick(options, ['timeoutSeconds']),
  };
}

function pick<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Partial<T>;
}
